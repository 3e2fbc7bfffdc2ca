"""The built template, deployed through CloudFormation: what it makes, what it refuses."""

import time
from collections import Counter

import pytest

from local.aws import LocalAws
from local.stack import BadParameter, Stack, StackNotCreated, deploy


def test_the_bucket_has_the_properties_of_the_template(aws: LocalAws, stack: Stack) -> None:
    name = stack.bucket
    assert aws.s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
    block = aws.s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
    assert set(block.values()) == {True}
    rules = aws.s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
    assert {rule["ID"] for rule in rules} == {
        *("frozen-inputs", "what-predictions-leave", "drafts", "old-versions")
    }
    assert aws.s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]


def test_the_outputs_tell_where_to_upload_and_where_to_look(aws: LocalAws, stack: Stack) -> None:
    name = stack.state_machine.rpartition(":")[2]
    [described] = aws.cloudformation.describe_stacks(StackName=name)["Stacks"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in described["Outputs"]}
    assert described["StackStatus"] == "CREATE_COMPLETE"
    assert outputs["UploadTo"] == f"s3://{stack.bucket}/data/"
    assert outputs["Results"] == f"s3://{stack.bucket}/results/"
    assert stack.state_machine in outputs["Watch"]


def test_the_definition_is_deployed_with_everything_filled_in(aws: LocalAws, stack: Stack) -> None:
    definition = aws.states.describe_state_machine(stateMachineArn=stack.state_machine)[
        "definition"
    ]
    assert "${" not in definition
    assert "arn:aws:states:::sagemaker:createTrainingJob.sync" in definition


def test_deploying_puts_codefrees_own_training_code_into_the_bucket(
    aws: LocalAws, packed_template: str
) -> None:
    deploy(aws, packed_template, {"BucketName": "code-bucket"}, name="code-stack")
    head = aws.s3.head_object(Bucket="code-bucket", Key="source/sourcedir.tar.gz")
    assert head["Metadata"]["codefree-version"]


def test_the_code_is_unpacked_once_and_nothing_overwrites_what_a_user_puts_there_afterwards(
    aws: LocalAws, packed_template: str
) -> None:
    deploy(aws, packed_template, {"BucketName": "once-bucket"}, name="once-stack")
    aws.s3.put_object(Bucket="once-bucket", Key="source/sourcedir.tar.gz", Body=b"the user's own")
    time.sleep(1)  # a second unpacking would be done by then
    versions = aws.s3.list_object_versions(Bucket="once-bucket")["Versions"]
    written = Counter(version["Key"].rpartition("/")[2].partition("-")[0] for version in versions)
    assert written == {"lambdas": 1, "sourcedir.tar.gz": 2}
    body = aws.s3.get_object(Bucket="once-bucket", Key="source/sourcedir.tar.gz")["Body"].read()
    assert body == b"the user's own"


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"EvalMetric": "f2"}, "EvalMetric can't be 'f2': it must be one of auto, f1"),
        ({"TrainingMinutes": "0"}, "at least 0.1"),
        ({"TrainingCost": "much"}, "it must be a number"),
        ({"BucketName": "Not A Bucket"}, "lower-case letters"),
        ({"BucketName": "a..b"}, "no two dots in a row"),
        ({"BucketName": "192.168.1.1"}, "no IP address"),
        ({"BucketName": "mine-s3alias"}, "S3's reserved prefixes and suffixes"),
        ({"TargetVariable": ""}, "1 to 250 characters"),
        ({"Colour": "blue"}, "no parameter Colour. It has: BucketName"),
    ],
)
def test_a_parameter_that_cloudformation_would_refuse_is_explained(
    aws: LocalAws, packed_template: str, parameters: dict[str, str], words: str
) -> None:
    with pytest.raises(BadParameter, match=words.replace("(", r"\(")):
        deploy(aws, packed_template, {"BucketName": "b-1"} | parameters, name="refused")


def test_a_stack_that_cloudformation_does_not_create_is_told_in_words(aws: LocalAws) -> None:
    bucket = "{Type: 'AWS::S3::Bucket', Properties: {BucketName: !Ref BucketName}}"
    twice = f"Resources: {{One: {bucket}, Two: {bucket}}}"
    answers_no = f"Parameters: {{BucketName: {{Type: String}}}}\nMappings: {{}}\n{twice}"
    with pytest.raises(StackNotCreated, match="The stack refused could not be created"):
        deploy(aws, answers_no, {"BucketName": "b-1"}, name="refused")


def test_a_parameter_that_was_never_said_keeps_its_default_in_an_update(aws: LocalAws) -> None:
    template = """
        Parameters:
          Said: {Type: String, Default: first}
          Unsaid: {Type: String, Default: first}
        Resources: {Queue: {Type: AWS::SQS::Queue}}
        Outputs: {Both: {Value: !Sub "${Said} ${Unsaid}"}}
    """
    cloudformation = aws.cloudformation
    cloudformation.create_stack(StackName="defaults", TemplateBody=template)
    cloudformation.update_stack(
        StackName="defaults",
        UsePreviousTemplate=True,
        Parameters=[
            {"ParameterKey": "Said", "ParameterValue": "second"},
            {"ParameterKey": "Unsaid", "UsePreviousValue": True},
        ],
    )
    [stack] = cloudformation.describe_stacks(StackName="defaults")["Stacks"]
    assert [output["OutputValue"] for output in stack["Outputs"]] == ["second first"]
