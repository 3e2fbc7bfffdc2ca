"""``codefree serve`` against local mode: models that really answer, swapped and taken down."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer.testing
from botocore.exceptions import ClientError

from codefree.cli import app
from lambdas.endpoints.name import endpoint_name
from lambdas.endpoints.tags import UNTIL, read_tags, time_text
from local.aws import LocalAws
from local.gaps.events import scheduled_rules
from local.stack import Stack
from operate import run_commands
from operate.serving import endpoint as serving_endpoint
from tests.korean import english_in, hangul_in
from tests.local.served_models import ROWS, Served, predictions
from tests.local.stacks import client, rules_of, stack_with_stand_in
from tests.local.uploads import put_past_policy
from tests.waiting import wait_until

FIRST, SECOND, BROKEN = "20260301-120000-aaaaaa", "20260302-120000-bbbbbb", "20260303-120000-cccccc"
NOTHING: dict[str, list[str]] = {"endpoints": [], "endpoint_configs": [], "models": []}


@pytest.fixture(scope="module", autouse=True)
def no_pauses() -> Iterator[None]:
    before, serving_endpoint.POLL_SECONDS = serving_endpoint.POLL_SECONDS, 0.1
    yield
    serving_endpoint.POLL_SECONDS = before


@pytest.fixture(scope="module")
def serving_stack(aws: LocalAws, packed_template: str) -> Stack:
    return stack_with_stand_in(aws, packed_template)


@pytest.fixture
def served(aws: LocalAws, serving_stack: Stack, request: pytest.FixtureRequest) -> Iterator[Served]:
    made = Served(aws, serving_stack, f"고객 {request.node.name[:40]}")
    made.finish_run(FIRST)
    yield made
    made.serve("--stop")
    assert made.made() == NOTHING


def ask(served: Served, body: str = ROWS) -> str:
    runtime = client(served.aws, "sagemaker-runtime")
    answer = runtime.invoke_endpoint(
        EndpointName=endpoint_name(served.stack_name, served.dataset),
        ContentType="text/csv",
        Accept="text/csv",
        Body=body,
    )
    return str(answer["Body"].read().decode())


def test_the_approved_model_answers_and_what_is_shown_works(served: Served, tmp_path: Path) -> None:
    started = served.serve()
    assert started.exit_code == 0, started.output
    assert "Serverless with 2 GB of memory: it costs nothing while it is idle" in started.output
    assert f"is served by the run {FIRST}." in started.output
    assert ask(served) == predictions(FIRST)

    shown = served.serve("--show")
    for line in ("State: InService", f"Model: run {FIRST}", "On: serverless, 2 GB", "Until: –"):
        assert line in shown.output
    (tmp_path / "new.csv").write_text(ROWS)
    curl = shown.output[shown.output.index("curl --aws-sigv4") :].partition("\n\n")[0]
    python = shown.output[shown.output.index("import boto3") :]
    environment = os.environ | {"AWS_SESSION_TOKEN": ""}
    for command in (["bash", "-c", f"{curl} --silent"], [sys.executable, "-c", python]):
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, text=True, capture_output=True, check=False
        )
        assert done.stdout.strip() == predictions(FIRST).strip(), (done.stdout, done.stderr)

    korean = served.serve("--show", "--language", "ko").output.partition("curl --aws")[0]
    name, stack = endpoint_name(served.stack_name, served.dataset), served.stack_name
    data = (
        f"{name} {served.dataset} InService {FIRST} GB codefree serve {served.aws.endpoint} {stack}"
    )
    assert hangul_in(korean) and english_in(korean, [data, "curl new.csv"]) == []

    again = served.serve()
    assert again.exit_code == 0 and "is served already" in again.output
    with pytest.raises(ClientError, match="The row is bad"):
        ask(served, "size\nbad\n")
    assert ask(served) == predictions(FIRST)


def test_another_model_takes_over_and_back_while_every_request_is_answered(served: Served) -> None:
    assert served.serve().exit_code == 0
    served.finish_run(SECOND)
    answers: list[str] = []
    failures: list[Exception] = []
    is_over = threading.Event()

    def load() -> None:
        while not is_over.wait(0.02):
            try:
                answers.append(ask(served))
            except ClientError as error:
                failures.append(error)

    threads = [threading.Thread(target=load) for _ in range(3)]
    for thread in threads:
        thread.start()
    swapped = served.serve()
    second = ask(served)
    back = served.serve("--model", "1")  # a version in the registry is as good as a run
    first = ask(served)
    is_over.set()
    for thread in threads:
        thread.join()
    assert (swapped.exit_code, back.exit_code) == (0, 0), (swapped.output, back.output)
    assert f"Replacing the model of the run {FIRST}; requests are answered." in swapped.output
    assert (second, first) == (predictions(SECOND), predictions(FIRST))
    assert not failures and set(answers) == {predictions(FIRST), predictions(SECOND)}
    made = served.made()
    assert [len(made[kind]) for kind in NOTHING] == [1, 1, 1]


def test_a_model_that_does_not_load_changes_nothing_and_says_why(served: Served) -> None:
    served.finish_run(BROKEN, load='raise RuntimeError("no such version")')
    failed = served.serve()
    assert failed.exit_code == 1
    words = " ".join(failed.output.split())
    assert "could not be started" in words and "was taken down again" in words
    assert "/aws/sagemaker/Endpoints/codefree-" in words and "Traceback" not in words
    assert served.made() == NOTHING
    assert served.serve("--model", FIRST).exit_code == 0
    before = served.made()
    failed = served.serve("--hours", "3")
    assert failed.exit_code == 1
    assert f"It goes on with the model of the run {FIRST}." in failed.output
    assert served.made() == before and ask(served) == predictions(FIRST)
    assert "Until: –" in served.serve("--show").output


def test_an_instance_needs_an_end_and_a_yes_to_what_it_costs(served: Served) -> None:
    endless = served.serve("--instance", "ml.m5.large")
    assert endless.exit_code == 1 and "so it needs an end: --hours 2" in endless.output
    refused = served.serve("--instance", "ml.m5.large", "--hours", "8", answer="n\n")
    assert refused.exit_code == 1 and "Aborted." in refused.output
    assert re.search(r"One ml\.m5\.large: 0\.116 USD an hour \(AWS price list", refused.output)
    assert "at most 0.96 USD; a whole month would be 84.68 USD" in refused.output
    assert served.made() == NOTHING
    unknown = served.serve("--instance", "ml.m99.large", "--hours", "8", "--yes")
    assert unknown.exit_code == 1 and "There is no price for an endpoint on" in unknown.output

    accepted = served.serve("--instance", "ml.m5.large", "--hours", "8", answer="y\n")
    assert accepted.exit_code == 0, accepted.output
    assert "On: ml.m5.large, 0.116 USD an hour; so far about 0.00 USD" in accepted.output
    # Another model keeps the instance and its end, and costs no more: nothing is asked.
    served.finish_run(SECOND)
    swapped = served.serve()
    assert swapped.exit_code == 0, swapped.output
    assert "Continue?" not in swapped.output and "On: ml.m5.large" in swapped.output
    assert ask(served) == predictions(SECOND)
    later = served.serve("--hours", "24", "--yes")
    assert "Its new end is" in later.output
    made = served.made()
    tags = read_tags(served.aws.sagemaker, served.arn)
    assert datetime.fromisoformat(tags[UNTIL]) > datetime.now(UTC) + timedelta(hours=23)
    stopped = served.serve("--stop")
    assert "was taken down. It has cost about 0.00 USD." in stopped.output
    assert made != NOTHING and served.made() == NOTHING
    assert "there is nothing that costs money" in served.serve("--stop").output
    assert "has no endpoint. Start one: codefree serve" in served.serve("--show").output


def test_an_endpoint_that_has_passed_its_end_goes_while_nobody_looks(served: Served) -> None:
    assert served.serve("--hours", "1").exit_code == 0
    rule = rules_of(served.aws, served.stack)["StopEndpointsRule"]
    assert rule.scheduled_expression == "rate(15 minutes)"
    scheduled_rules.fire(rule, datetime.now(UTC))
    assert ask(served) == predictions(FIRST)
    served.tag(until=time_text(datetime.now(UTC) - timedelta(minutes=1)))
    scheduled_rules.fire(rule, datetime.now(UTC))
    wait_until_gone(served)


def wait_until_gone(served: Served) -> None:
    wait_until(lambda: served.made() == NOTHING)


def test_a_model_that_somebody_has_replaced_is_not_served(served: Served) -> None:
    key = served.finish_run(SECOND)
    s3, bucket = served.aws.s3, served.stack.bucket
    body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    put_past_policy(s3, bucket, key, b"another")
    refused = served.serve()
    assert refused.exit_code == 1
    assert "is not the model that the training made: its SHA-256 is not" in refused.output
    put_past_policy(s3, bucket, key, body)  # the same bytes again are the same model
    assert served.serve().exit_code == 0
    served.serve("--stop")
    s3.delete_object(Bucket=bucket, Key=key)
    assert "is no longer in the bucket" in served.serve().output
    assert served.made() == NOTHING


def test_what_can_t_be_served_is_told(aws: LocalAws, serving_stack: Stack) -> None:
    nobody = Served(aws, serving_stack, "nobody's")
    assert "nobody's has no model yet." in nobody.serve().output
    nobody.finish_run(FIRST, approve=False)
    waiting = nobody.serve()
    assert "No model of nobody's is approved. Choose one with --model RUN" in waiting.output
    assert "codefree models 'nobody'\"'\"'s'" in waiting.output
    unknown = nobody.serve("--model", "no-such-run")
    assert f"has no model no-such-run. The newest are of the runs: {FIRST}." in unknown.output
    both = nobody.serve("--hours", "1", "--until", "2062-01-01")
    assert "Choose --hours or --until, not both." in both.output
    assert [r.exit_code for r in (waiting, unknown, both)] == [1, 1, 1]


def test_with_the_stack_its_endpoints_go(aws: LocalAws, packed_template: str) -> None:
    stack = stack_with_stand_in(aws, packed_template)
    one, other = Served(aws, stack, "one"), Served(aws, stack, "other")
    for served in (one, other):
        served.finish_run(FIRST)
        assert served.serve("--hours", "5").exit_code == 0
    assert len(one.made()["endpoints"]) == 2
    aws.cloudformation.delete_stack(StackName=one.stack_name)
    wait_until_gone(one)


def test_an_endpoint_changed_by_hand_is_shown_replaced_and_taken_down(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert served.serve("--instance", "ml.m5.large", "--hours", "1", "--yes").exit_code == 0
    served.tag(since="yesterday")
    shown = served.serve("--show")
    assert shown.exit_code == 0, shown.output
    assert "On: ml.m5.large; its tags don't tell what it costs" in shown.output
    sagemaker, [model] = served.aws.sagemaker, served.made()["models"]
    by_hand: Any = [
        {
            "VariantName": name,
            "ModelName": model,
            "InstanceType": "ml.m5.large",
            "InitialInstanceCount": 1,
        }
        for name in ("one", "two")
    ]
    sagemaker.create_endpoint_config(EndpointConfigName="by-hand", ProductionVariants=by_hand)
    name = endpoint_name(served.stack_name, served.dataset)
    sagemaker.update_endpoint(EndpointName=name, EndpointConfigName="by-hand")
    replaced = served.serve("--hours", "2", "--yes")
    assert replaced.exit_code == 0, replaced.output
    assert "Replacing what is behind the endpoint; requests are answered." in replaced.output
    assert ask(served) == predictions(FIRST)
    sagemaker.delete_endpoint_config(EndpointConfigName="by-hand")

    def unreadable(_: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "ListTags")

    with monkeypatch.context() as patched:
        patched.setattr(serving_endpoint.Endpoint, "now", unreadable)
        stopped = served.serve("--stop")
    assert stopped.exit_code == 0, stopped.output
    assert stopped.output.strip().endswith("was taken down.")


def status(aws: LocalAws, stack: str, *words: str) -> str:
    place = ("--endpoint-url", aws.endpoint, "--stack-name", stack)
    done = typer.testing.CliRunner().invoke(
        app, ["status", *words, *place], env={"COLUMNS": "200"}, catch_exceptions=False
    )
    assert done.exit_code == 0, done.output
    return done.output.partition("Endpoints:" if "ko" not in words else "엔드포인트:")[2]


def test_status_tells_what_each_endpoint_costs_and_until_when(served: Served) -> None:
    aws, stack = served.aws, served.stack_name
    command = f"codefree serve '{served.dataset}' --stop --endpoint-url {aws.endpoint}"
    command += f" --stack-name {stack}"
    assert status(aws, stack) == ""
    assert served.serve("--instance", "ml.m5.large", "--hours", "1", "--yes").exit_code == 0
    told = status(aws, stack)
    assert f"{served.dataset}: 0.116 USD an hour, with or without requests; a month" in told
    assert "would be 84.68 USD. It is taken down at 20" in told and command in told
    korean = status(aws, stack, "--language", "ko")
    data = f"{served.dataset} {command} {aws.endpoint} {stack}"
    assert hangul_in(korean) and english_in(korean, [data]) == []

    late = time_text(datetime.now(UTC) - timedelta(minutes=16))
    served.tag(until=late)
    assert "It should have been taken down at" in status(aws, stack)
    served.tag(until="tomorrow", **{"usd-per-hour": "much"})
    told = status(aws, stack)
    assert "Its tags don't tell what it costs" in told
    assert "is 'tomorrow', and no time such as" in told

    served.serve("--stop")
    assert served.serve().exit_code == 0
    told = status(aws, stack)
    assert "Serverless, costs nothing while it is idle." in told
    assert "It has no end: it stays until somebody takes it down." in told
    bucket, folder = served.stack.bucket, f"results/{served.dataset}/"
    for version in aws.s3.list_object_versions(Bucket=bucket, Prefix=folder)["Versions"]:
        aws.s3.delete_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])
    name = endpoint_name(stack, served.dataset)
    told = status(aws, stack)
    assert f"aws sagemaker delete-endpoint --endpoint-name {name}" in told
    assert served.dataset not in told


def test_status_without_the_right_to_see_endpoints_shows_the_rest(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "ListEndpoints")

    monkeypatch.setattr(run_commands, "listed_endpoints", denied)
    place = ("--endpoint-url", served.aws.endpoint, "--stack-name", served.stack_name)
    done = typer.testing.CliRunner().invoke(app, ["status", *place])
    assert done.exit_code == 0
    assert "requires sagemaker:ListEndpoints" in " ".join(done.output.split())


def test_what_is_stopped_is_of_a_stack_that_there_is(aws: LocalAws, served: Served) -> None:
    place = ("--endpoint-url", aws.endpoint, "--stack-name", "mistyped")
    for option in ("--stop", "--show"):
        done = typer.testing.CliRunner().invoke(app, ["serve", served.dataset, option, *place])
        assert done.exit_code == 1 and "There is no stack mistyped" in done.output


def test_a_private_stack_serves_on_an_instance_that_is_as_private(
    aws: LocalAws, packed_template: str
) -> None:
    stack = stack_with_stand_in(
        aws,
        packed_template,
        OwnKey="true",
        NetworkIsolation="true",
        Subnets="subnet-1",
        SecurityGroups="sg-1",
    )
    served = Served(aws, stack, "private")
    served.finish_run(FIRST)
    refused = served.serve()
    assert refused.exit_code == 1
    assert "a serverless endpoint can't be kept so. Use an instance" in refused.output
    until = (datetime.now().astimezone() + timedelta(hours=2)).isoformat(timespec="minutes")
    done = served.serve("--instance", "ml.m5.large", "--until", until, "--yes")
    assert done.exit_code == 0, done.output
    [model], [config] = served.made()["models"], served.made()["endpoint_configs"]
    described: Any = aws.sagemaker.describe_model(ModelName=model)
    assert described["EnableNetworkIsolation"] is True
    assert described["VpcConfig"] == {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
    assert "KmsKeyId" in aws.sagemaker.describe_endpoint_config(EndpointConfigName=config)
    assert ask(served) == predictions(FIRST)
    served.serve("--stop")
    assert served.made() == NOTHING


def test_what_was_interrupted_is_cleared_up_by_the_next_command(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    for next_command in (["--stop"], []):
        with monkeypatch.context() as patched:
            patched.setattr(serving_endpoint.Endpoint, "_start", interrupted)
            assert served.serve().exit_code != 0
        made = served.made()
        assert [len(made[kind]) for kind in NOTHING] == [0, 1, 1]
        done = served.serve(*next_command)
        assert done.exit_code == 0, done.output
        each = 1 if not next_command else 0
        assert [len(names) for names in served.made().values()] == [each] * 3
