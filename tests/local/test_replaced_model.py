"""Nobody gets another model loaded, nor a digest written that would fit it."""

import io
import tarfile
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from local.aws import LocalAws
from local.faults import JobFault
from local.stack import Stack
from tests.local.stacks import stack_with_stand_in
from tests.local.uploads import Uploader, put_past_policy, table
from tests.training.replaced_model import replaced_model

TRAINING = Path(__file__).resolve().parent.parent.parent / "training"
_STARTS = 'if __name__ == "__main__":\n    main()\n'


@pytest.fixture(scope="module")
def evaluating_stack(aws: LocalAws, packed_template: str) -> Stack:
    """A stack with the real evaluation, and a training that only leaves a file."""
    stack = stack_with_stand_in(aws, packed_template)
    leaves_a_file = 'Path(os.environ["SM_MODEL_DIR"], "model").write_text("made")'
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as packed:
        for path in sorted(TRAINING.rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            if path.name == "train.py":
                assert _STARTS in text
                text = text.replace(_STARTS, _STARTS.replace("main()", leaves_a_file))
            member = tarfile.TarInfo(path.relative_to(TRAINING.parent).as_posix())
            member.size = len(text.encode())
            packed.addfile(member, io.BytesIO(text.encode()))
    aws.s3.put_object(Bucket=stack.bucket, Key="source/sourcedir.tar.gz", Body=buffer.getvalue())
    return stack


@pytest.mark.parametrize(
    "key",
    [
        "digests/run/job.json",
        "results/a/run/job/output/model.tar.gz",
        "runs/run/pair.json",
        "waiting/a",
        "spending/ledger.json",
        "source/codefree/code.tar.gz",
    ],
)
def test_the_persons_own_upload_to_what_is_the_workflows_is_denied(
    aws: LocalAws, stack: Stack, key: str
) -> None:
    with pytest.raises(ClientError, match=r"AccessDenied.*an explicit deny in a resource-based"):
        aws.s3.put_object(Bucket=stack.bucket, Key=key, Body=b"{}")
    aws.s3.put_object(Bucket=stack.bucket, Key=f"elsewhere/{key}", Body=b"{}")


def test_a_model_replaced_before_its_evaluation_is_refused_before_it_is_loaded(
    aws: LocalAws, evaluating_stack: Stack, tmp_path: Path
) -> None:
    uploader = Uploader(aws, evaluating_stack, "replaced")
    aws.faults.plan([JobFault("replaced", "Processing", "crash")])
    uploader.upload_pair(table(), table(6))
    failed = uploader.failed()
    [model] = [key for key in uploader.keys("results/replaced/") if key.endswith("model.tar.gz")]
    proof = tmp_path / "ran"
    replaced = replaced_model(tmp_path / "model.tar.gz", proof).read_bytes()
    put_past_policy(aws.s3, evaluating_stack.bucket, model, replaced)
    aws.states.redrive_execution(executionArn=failed["executionArn"])

    refused = uploader.failed()
    assert refused["redriveCount"] == 1
    assert "RecoverEvaluation" in uploader.states_entered(refused)[-1]
    assert "not the one that the training made, so it was not loaded" in refused["cause"]
    assert "Find out who may write to results/ in the bucket" in refused["cause"]
    assert not proof.exists()
