"""A model that is no model: it tells what it got, and does what a row says."""

import json
import os
import time
from pathlib import Path
from typing import Any


def model_fn(model_dir: str) -> Path:
    folder = Path(model_dir)
    with (folder / "loads").open("a") as loads:
        loads.write(".")
    if (folder / "slow").exists():
        time.sleep(float((folder / "slow").read_text()))
    if (folder / "broken").exists():
        raise RuntimeError("The model is broken.")
    return folder


def transform_fn(model: Path, body: bytes | str, content_type: str, accept: str) -> Any:
    text = body if isinstance(body, str) else body.decode("latin-1")
    if text == "bad":
        raise ValueError("Row 1 is bad: süß.")
    if text == "crash":
        raise KeyError("no such thing")
    if text == "die":
        os._exit(7)
    if text == "die once" and len((model / "loads").read_text()) == 1:
        os._exit(7)
    if text == "large":
        held = b"x" * 200 * 1024**2
        time.sleep(60)
        return held, accept
    if text.startswith("slow"):
        time.sleep(float(text.removeprefix("slow")))
    if text == "twice":
        return {"not": "text"}
    if accept == "text/csv":
        return "".join(f"{line},{len(line)}\n" for line in text.splitlines()), accept
    told = {
        "version": (model / "version").read_text(),
        "loads": len((model / "loads").read_text()),
        "type": type(body).__name__,
        "content_type": content_type,
        "length": len(text),
        "pid": os.getpid(),
    }
    return json.dumps(told), "application/json"
