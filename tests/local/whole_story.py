"""Everything that can become of a pair and of new rows, for the rights that this takes."""

import json
import time
from datetime import UTC, datetime, timedelta

from lambdas.bucket.layout import LEDGER
from lambdas.endpoints.tags import time_text
from lambdas.models.registry import reject_model
from local.aws import LocalAws
from local.faults import FunctionFault, JobFault
from local.gaps.events import scheduled_rules
from local.stack import Stack
from tests.local.predictions import Rows, approve, new_rows
from tests.local.served_models import Served
from tests.local.stacks import client, resources, rules_of
from tests.local.test_failures import page
from tests.local.test_limits import spend
from tests.local.uploads import Uploader, put_past_policy, table


def play_everything(aws: LocalAws, stack: Stack) -> None:
    """Pairs that are done, fail, are stopped, redriven, lost or wait; predictions; an endpoint."""

    def uploader(name: str, train: str, test: str) -> Uploader:
        made = Uploader(aws, stack, name)
        made.upload_pair(train, test)
        return made

    def stopped(name: str, train: str, test: str, kind: str) -> Uploader:
        slow = uploader(name, train, test)
        slow.wait({"training": slow.training_jobs, "evaluation": slow.evaluation_jobs}[kind])
        [running] = [e for e in slow.described() if e["status"] == "RUNNING"]
        aws.states.stop_execution(executionArn=running["executionArn"])
        return slow

    good = table()
    done = uploader("done", good, table(12, "report"))
    rejected = uploader("re+jected", "a,b\n1,2\n", good)
    empty = uploader("empty", good, table(12, "no results"))
    poor = uploader("poor", good, table(12, "fail evaluation"))

    # An event whose key is URL-encoded.
    again = json.loads(rejected.failed()["input"]) | {"force": True}
    again["detail"]["object"]["key"] = "data/re%2Bjected_train.csv"
    rejected.start(again)
    done.start(json.loads(done.worked()["input"]))
    failure = poor.failed()["executionArn"]
    # Else one of them writes the ledger anew before the redriven one misses it.
    for other in (done, rejected, empty):
        other.executions()
    aws.s3.delete_object(Bucket=stack.bucket, Key=LEDGER)  # by somebody, by mistake
    aws.states.redrive_execution(executionArn=failure)
    for fault in (
        JobFault("unlucky", "Training", "crash"),
        FunctionFault("unpicked", "PickInstance", "timeout", times=3),
        FunctionFault("unreserved", "ReserveBudget", "timeout", times=3),
    ):
        aws.faults.plan([fault])
        taken_over = uploader(fault.about, good, table(6))
        failure = taken_over.failed()["executionArn"]
        taken_over.upload("train", good)
        assert taken_over.worked()
        aws.states.redrive_execution(executionArn=failure)
        assert taken_over.executions()
    # A digest that is there already, as the answer was lost.
    aws.faults.plan([FunctionFault("resealed", "SealModel", "crash")])
    uploader("resealed", good, table(6)).executions()
    aws.faults.plan([FunctionFault("unsealed", "SealModel", "timeout", times=3)])
    lose_model(uploader("unsealed", good, table(6)))
    failed = [
        empty,
        poor,
        stopped("stopped", table(12, "slow"), good, "training"),
        stopped("late", good, table(12, "slow evaluation"), "evaluation"),
    ]
    lost = Uploader(aws, stack, "lost")
    lose(lost)
    predict(aws, stack, done)
    done.start({"dataset": "done", "force": True})  # beside its approved model
    for each in [done, rejected, lost, *failed]:
        each.executions()
    wait_in_line(aws, stack).executions()
    for each in failed:
        page(each)
    unpack_again(aws, stack)
    serve(aws, stack)


def serve(aws: LocalAws, stack: Stack) -> None:
    """A model behind an endpoint that passes its end, and in a batch transform."""
    served = Served(aws, stack, "served")
    served.finish_run("20260301-120000-aaaaaa")
    assert not served.serve("--instance", "ml.m5.large", "--hours", "1", "--yes").exit_code
    [model], sagemaker = served.made()["models"], client(aws, "sagemaker")
    aws.s3.put_object(Bucket=stack.bucket, Key="transform/in/rows.csv", Body=b"size\n1\n")
    source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{stack.bucket}/transform/in/"}
    sagemaker.create_transform_job(
        TransformJobName=f"codefree-{stack.bucket}",
        ModelName=model,
        TransformInput={"DataSource": {"S3DataSource": source}, "ContentType": "text/csv"},
        TransformOutput={"S3OutputPath": f"s3://{stack.bucket}/transformed/out/"},
        TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 1},
    )
    waiter = sagemaker.get_waiter("transform_job_completed_or_stopped")
    waiter.config.delay = 0.2
    waiter.wait(TransformJobName=f"codefree-{stack.bucket}")
    rule = rules_of(aws, stack)["StopEndpointsRule"]
    served.tag(until=time_text(datetime.now(UTC) - timedelta(minutes=1)))
    scheduled_rules.fire(rule, datetime.now(UTC))
    Uploader(aws, stack, "").wait(lambda: not any(served.made().values()))


def predict(aws: LocalAws, stack: Stack, trained: Uploader) -> None:
    """New rows for a run's model: what waits for it, fails, is taken over, lost and misnamed."""
    rows, rules = Rows(aws, stack, trained.name), rules_of(aws, stack)
    summary = json.loads(trained.worked()["output"])
    reject_model(client(aws, "sagemaker"), approve(aws, stack, summary), "A test says so.")
    rows.put("early.csv", new_rows())
    rows.predicted("early.csv")
    approve(aws, stack, summary)
    scheduled_rules.fire(rules["SweepRule"], datetime.now(UTC))
    rows.predicted("early.csv", executions=2)
    rows.put("early.csv", new_rows())
    for fault in (
        JobFault("unlucky", "Processing", "crash"),
        FunctionFault("unpicked", "PickInstance", "timeout", times=3),
        FunctionFault("unreserved", "ReserveBudget", "timeout", times=3),
    ):
        name = f"{fault.about}.csv"
        aws.faults.plan([fault])
        rows.put(name, new_rows())
        [failure] = rows.predicted(name)
        rows.failure_page(fault.about)
        time.sleep(1)  # another upload, at another second
        rows.put(name, new_rows())
        rows.predicted(name, executions=2)
        aws.states.redrive_execution(executionArn=failure["executionArn"])
        rows.ended(failure["executionArn"])
    rows.put("slow.csv", new_rows(3, "slow"))
    trained.wait(lambda: [j for j in rows.jobs() if j["Environment"]["CODEFREE_NAME"] == "slow"])
    trained.wait(lambda: "Predict" in rows.states_entered(rows.running()))
    slow = rows.running()
    time.sleep(1)
    with aws.jobs.more_slots(3):
        rows.put("slow.csv", new_rows())
        trained.wait(lambda: "slow.csv" in rows.results("slow"))
        # It fails beside the results of a newer upload, and leaves no page there.
        aws.states.stop_execution(executionArn=slow)
        rows.predicted("slow.csv", executions=2)
    rules["RowsUploadRule"].disable()
    rows.put("lost.csv", new_rows())
    rules["RowsUploadRule"].enable()
    rows.ended(rows.start({"detail": {"object": {"key": "predict/mis%2Bnamed.csv"}}}))
    scheduled_rules.fire(rules["SweepRule"], datetime.now(UTC) + timedelta(hours=1))
    rows.predicted("lost.csv")


def unpack_again(aws: LocalAws, stack: Stack) -> None:
    """What an update to another version does: the code that it finds is its own or the user's."""
    name = resources(aws, stack, "AWS::Lambda::Function")["UnpackFunction"]
    event = {"RequestType": "Update", "ResourceProperties": {"Bucket": stack.bucket}}
    event |= {"LogicalResourceId": "Code", "ResponseURL": aws.endpoint}
    client(aws, "lambda").invoke(FunctionName=name, Payload=json.dumps(event))


def lose_model(uploader: Uploader) -> None:
    """The model of a run is deleted before SealModel comes to it, when it is redriven."""
    aws = uploader.aws
    failure = uploader.failed()["executionArn"]
    for key in uploader.keys(f"results/{uploader.name}/"):
        if key.endswith("model.tar.gz"):
            aws.s3.delete_object(Bucket=uploader.stack.bucket, Key=key)
    aws.states.redrive_execution(executionArn=failure)
    uploader.executions()


def wait_in_line(aws: LocalAws, stack: Stack) -> Uploader:
    """Pairs for which there is no money, before and after their check; one has a turn in vain."""
    sweep_rule = rules_of(aws, stack)["SweepRule"]
    late, unlucky = Uploader(aws, stack, "late pair"), Uploader(aws, stack, "unlucky pair")

    def swept(uploader: Uploader, *ends: str) -> None:
        scheduled_rules.fire(sweep_rule, datetime.now(UTC))
        uploader.wait(lambda: [e for e in uploader.executions() if e["name"].startswith("waited-")])
        uploader.wait(lambda: set(ends) <= set(uploader.ends()))

    spend(aws, stack, 1_000_000)
    unlucky.upload_pair(table(), table(6))
    unlucky.wait(lambda: unlucky.keys("waiting/"))
    aws.faults.plan([FunctionFault("unlucky pair", "CheckPair", "timeout", times=3)])
    spend(aws, stack, 1_000_000 - 0.01)
    swept(unlucky, "CheckPair")
    scheduled_rules.fire(sweep_rule, datetime.now(UTC))
    unlucky.wait(lambda: not unlucky.keys("waiting/"))
    late.upload_pair(table(), table(6))
    late.wait(lambda: late.keys("waiting/"))
    # Nobody has said that this run has ended.
    arn = late.executions()[0]["executionArn"]
    silent = {"run": "r", "execution": arn, "day": "2026-01-01", "usd": 0.0, "open": True}
    body = json.dumps({"reservations": [silent], "days": {}})
    put_past_policy(aws.s3, stack.bucket, LEDGER, body)
    swept(late, "Publish")
    return late


def lose(uploader: Uploader) -> None:
    """A pair whose events are lost, so that a sweep starts it."""
    aws, stack = uploader.aws, uploader.stack
    rules = rules_of(aws, stack)
    rules["UploadRule"].disable()
    uploader.upload_pair(table(), table(6))
    rules["UploadRule"].enable()
    uploader.start({"dataset": "no/such"})  # what else has begun since is looked at
    scheduled_rules.fire(rules["SweepRule"], datetime.now(UTC) + timedelta(hours=1))
    uploader.wait(lambda: [e for e in uploader.described() if e["name"].startswith("lost-")])
