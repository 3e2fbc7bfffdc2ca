"""Writes a prediction for each row, and does what the first row's behaviour says."""

import csv
import hashlib
import json
import os
import signal
import sys
import time
from pathlib import Path

name, dataset = os.environ["CODEFREE_NAME"], os.environ["CODEFREE_DATASET"]
inputs, output = Path(os.environ["CODEFREE_INPUT"]), Path(os.environ["CODEFREE_OUTPUT"])
message = Path(os.environ["SM_OUTPUT_DIR"], "message")
packed = inputs / "model" / "model.tar.gz"
if hashlib.sha256(packed.read_bytes()).hexdigest() != os.environ["CODEFREE_MODEL_SHA256"]:
    message.write_text("The model was replaced.")
    sys.exit(1)
check = json.loads((inputs / "check" / "check.json").read_text("utf-8"))
[rows_file] = (inputs / "rows").iterdir()
rows = list(csv.DictReader(rows_file.read_text("utf-8").splitlines()))
behaviour = rows[0].get("behaviour", "")
if behaviour == "slow":
    time.sleep(60)
if behaviour == "killed":
    os.kill(os.getpid(), signal.SIGKILL)
if behaviour == "nothing":
    sys.exit(0)
if behaviour == "fail":
    message.write_text("The stand-in can't predict.")
    sys.exit(1)
while behaviour.startswith("until ") and not Path(behaviour.removeprefix("until ")).exists():
    time.sleep(0.1)
lines = ["size,prediction", *(f"{row['size']},{i % 2}" for i, row in enumerate(rows))]
(output / f"{name}.csv").write_text("\n".join(lines) + "\n")
(output / f"{name}.html").write_text(
    "<h1>Predictions</h1><!-- run --><!-- /run --><!-- cost --><!-- /cost -->"
)
told = {
    "file": f"{name}.csv",
    "page": f"{name}.html",
    "rows": len(rows),
    "target": check["target"],
    "problem_type": check["problem_type"],
    "model_run": os.environ["CODEFREE_RUN"],
    "predictions": {"0": 1, "1": 1},
    "score": None,
    "warnings": [],
    "seconds": 1,
    "headline": f"{len(rows)} rows of {dataset} are predicted.",
}
(output / "prediction.json").write_text(json.dumps(told))
print("Predicted")
