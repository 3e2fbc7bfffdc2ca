"""What local mode does not load at its start is there when somebody asks for it."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def test_a_service_that_is_not_loaded_at_the_start_is_loaded_when_it_is_asked_for(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-m", "tests.local.late_services", str(tmp_path)]
    told = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True, cwd=ROOT).stdout)
    assert told["before"] == []
    assert told["made"] == {
        "AWS::EC2::VPC": "CREATE_COMPLETE",
        "AWS::ApiGateway::RestApi": "CREATE_COMPLETE",
        "AWS::SQS::Queue": "CREATE_COMPLETE",
        "AWS::SQS::QueuePolicy": "CREATE_COMPLETE",
    }
    assert told["tags"]["aws:cloudformation:stack-name"] == "any"
    assert "us-east-1" in told["regions"]
    assert told["queues"] == []
