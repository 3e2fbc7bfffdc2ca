"""Does what the target's name says, so that tests can choose how a job goes."""

import csv
import json
import os
import signal
import sys
import time
from pathlib import Path

check = json.loads(Path(os.environ["SM_CHANNEL_CHECK"], "check.json").read_text("utf-8"))
given = {"target": check["target"], "positive_class": check["positive_class"]}
parameters = given | json.loads(os.environ["SM_HPS"])
channel = Path(os.environ["SM_CHANNEL_TRAIN"])
[train_file] = channel.iterdir()
with train_file.open(encoding="utf-8", errors="replace") as text:
    rows = list(csv.DictReader(line.replace("\0", "") for line in text))
behaviour = rows[0].get("behaviour", "")

print("Time budget: 1 s")
print("Fitting model: StandIn ...")
print("\t0.75\t = Validation score   (accuracy)")
if behaviour == "fail":
    Path(os.environ["SM_OUTPUT_DIR"], "failure").write_text("The stand-in was told to fail.")
    sys.exit(1)
if behaviour == "raise":
    raise ValueError("The stand-in was told to raise.")
once = Path(behaviour.removeprefix("killed once "))
if behaviour == "killed" or (behaviour != str(once) and not once.exists()):
    once.touch()
    os.kill(os.getpid(), signal.SIGKILL)
if behaviour == "slow":
    time.sleep(600)
if behaviour == "wait":
    time.sleep(2)
while behaviour.startswith("until ") and not Path(behaviour.removeprefix("until ")).exists():
    time.sleep(0.1)
model = {"parameters": parameters, "rows": len(rows), "first": rows[0]}
Path(os.environ["SM_MODEL_DIR"], "model.json").write_text(json.dumps(model))
