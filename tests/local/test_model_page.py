"""docs/model.md: its lines for AWS's command line do what it says, word for word."""

from pathlib import Path

from local.aws import LocalAws
from tests.local.aws_lines import aws_lines, run_aws
from tests.local.served_models import ROWS, Served, predictions
from tests.local.stacks import client, stack_with_stand_in

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "model.md"
RUN = "20260301-120000-aaaaaa"


def test_the_lines_for_an_endpoint_and_a_batch_transform_work(
    aws: LocalAws, packed_template: str, tmp_path: Path
) -> None:
    stack = stack_with_stand_in(aws, packed_template)
    served = Served(aws, stack, "titanic")
    key = served.finish_run(RUN)
    [described] = aws.cloudformation.describe_stacks(StackName=served.stack_name)["Stacks"]
    outputs = {told["OutputKey"]: told["OutputValue"] for told in described["Outputs"]}
    meant = {
        "IMAGE": outputs["InferenceImage"],
        "ROLE": outputs["ServeRole"],
        "BUCKET": stack.bucket,
        "NAME": served.dataset,
        "RUN": RUN,
        "JOB": key.split("/")[3],
    }
    (tmp_path / "new.csv").write_text(ROWS)
    (tmp_path / "rows.jsonl").write_text('{"size": 1}\n{"size": 2}\n')
    lines = aws_lines(PAGE.read_text(), meant)
    # The page deletes the endpoint and its model before it comes to the batch transform.
    deleted = [line for line in lines if line[2].startswith("delete-")]
    assert len(deleted) == 3 and len(lines) == 12
    for line in [*(line for line in lines if line not in deleted), *deleted]:
        run_aws(line, lambda service: client(aws, service), tmp_path)
    assert (tmp_path / "answer.csv").read_text() == predictions(RUN)
    told = (tmp_path / "predictions.jsonl").read_text()
    assert told == 2 * f'{{"prediction": "{RUN}"}}\n'
    assert aws.sagemaker.list_models(NameContains="codefree-my-model")["Models"] == []
