"""How a training's program is started and its failure told: as AWS's toolkit does, without it.

AWS's package, ``sagemaker-training`` on PyPI, starts the program inside the container. It is made
for Linux with a C compiler and brings much that AutoGluon's machine does not need, so it is not
asked of everybody. tests/local/test_toolkit.py runs the same jobs through the package itself, in
the version of AWS's image and in the newest, and holds this to both, value by value.
"""

import builtins
import json
import shlex
import sys
import tarfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from local.jobs.program import Program

HOST = "algo-1"
_FAILED = 1
# 128 + 9: the shell between the toolkit and the program tells a program that was killed so.
_KILLED = 137
_NAMES_OF_ERRORS = (
    *(name for name in dir(builtins) if "Error" in name or "Exception" in name),
    *("ExecuteUserScriptError", "ResourceExhaustedError", "OutOfRangeError"),
    *("InvalidArgumentError", "Invalid requirement", "mpirun.real", "ORTE"),
)
# SageMaker reads 1,024 characters of the failure; what a program says may never end.
_MOST_LINES_KEPT = 1000


@dataclass
class ErrorLines:
    """What a program says from the first line on that names one of Python's errors."""

    _kept: list[str] = field(default_factory=list)

    def add(self, line: str) -> None:
        """Looks at one more line of the program's."""
        if self._kept or any(name in line for name in _NAMES_OF_ERRORS):
            self._kept.append(line.strip(" :"))
            del self._kept[_MOST_LINES_KEPT:]

    def text(self) -> str:
        """The lines as the toolkit puts them together, each of them once."""
        return "\n ".join(dict.fromkeys(self._kept)).strip()


@dataclass(frozen=True)
class ScriptMode:
    """Script mode as sagemaker-training has it in one of its versions."""

    version: Literal["5.1.1", "5.1.4"] = "5.1.1"

    def unpack(self, archive: Path, folder: Path) -> None:
        """Unpacks the training code to where the program runs."""
        with tarfile.open(archive) as packed:
            packed.extractall(folder / "code", filter="data")

    def program(self, folder: Path, environment: dict[str, str]) -> Program:
        """What is started in the job's ``folder``, whose input/config has been written.

        ``environment`` is the container's own.
        """
        given = {
            name: _decoded(value) for name, value in _config(folder, "hyperparameters").items()
        }
        own = {name: value for name, value in given.items() if not name.startswith("sagemaker_")}
        arguments = [word for name in sorted(own) for word in (f"--{name}", str(own[name]))]
        name = str(given["sagemaker_program"])
        variables = _variables(folder, given, own, arguments)
        environment = environment | {
            "CURRENT_HOST": HOST,
            "SAGEMAKER_JOB_NAME": "",
            "SAGEMAKER_REGION": str(given.get("sagemaker_region", "")),
            "PYTHONPATH": str(folder / "code"),
            **{f"SM_{name.upper()}": _encoded(value) for name, value in variables.items()},
        }
        if self.version == "5.1.1":
            # The words are joined as they are, and a shell takes them apart again. The interpreter
            # alone may lie in a folder here that the container does not have.
            words = " ".join([shlex.quote(sys.executable), name, *arguments])
            return Program(["/bin/sh", "-c", words], environment, folder / "code", words)
        command = [sys.executable, "--", name, *arguments]
        return Program(command, environment, folder / "code", " ".join(command))

    def exit_code(self, folder: Path, program: Program, code: int, said: ErrorLines) -> int:
        """The container's exit code, once the program has ended with ``code`` (-N for signal N).

        What a program leaves in the failure file itself is kept.
        """
        if code == 0:
            return 0
        failure = folder / "output" / "failure"
        if not failure.exists():
            lines = ["ExecuteUserScriptError:", f"ExitCode {code}", f'ErrorMessage "{said.text()}"']
            if code == _KILLED:
                lines.append('ExtraInfo "OutOfMemory: Process killed by SIGKILL (signal 9)"')
            failure.write_text("\n".join([*lines, f'Command "{program.words}"']), encoding="utf-8")
        return _FAILED


def _variables(
    folder: Path, given: dict[str, Any], own: dict[str, Any], arguments: list[str]
) -> dict[str, Any]:
    """Every variable that the toolkit sets but SM_TRAINING_ENV, which repeats all the others."""
    program, inputs = str(given["sagemaker_program"]), _config(folder, "inputdataconfig")
    resources = _config(folder, "resourceconfig")
    groups = {group["instance_group_name"]: group for group in resources["instance_groups"]}
    output = folder / "output"
    return {
        "hosts": resources["hosts"],
        "network_interface_name": resources["network_interface_name"],
        "hps": own,
        "user_entry_point": program,
        "framework_params": {},
        "resource_config": resources,
        "input_data_config": inputs,
        "output_data_dir": str(output / "data"),
        "channels": sorted(inputs),
        "current_host": resources["current_host"],
        "current_instance_type": resources["current_instance_type"],
        "current_instance_group": resources["current_group_name"],
        "current_instance_group_hosts": groups[resources["current_group_name"]]["hosts"],
        "instance_groups": list(groups),
        "instance_groups_dict": groups,
        "distribution_instance_groups": [],
        "is_hetero": False,
        "module_name": program.removesuffix(".py"),
        "log_level": given.get("sagemaker_container_log_level", 20),
        "framework_module": "sagemaker_pytorch_container.training:main",
        "input_dir": str(folder / "input"),
        "input_config_dir": str(folder / "input" / "config"),
        "output_dir": str(output),
        "num_gpus": 0,
        "num_neurons": 0,
        "model_dir": str(folder / "model"),
        "module_dir": str(given["sagemaker_submit_directory"]),
        "user_args": arguments,
        "output_intermediate_dir": str(output / "intermediate"),
        **{f"channel_{name}": str(folder / "input" / "data" / name) for name in inputs},
        **{f"hp_{name}": value for name, value in own.items()},
    }


def _config(folder: Path, name: str) -> dict[str, Any]:
    path = folder / "input" / "config" / f"{name}.json"
    return dict(json.loads(path.read_text(encoding="utf-8")))


def _decoded(value: str) -> Any:
    """A hyperparameter as the toolkit reads it: JSON where it is JSON, else plain text."""
    try:
        return json.loads(value)
    except ValueError:
        return value


def _encoded(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
