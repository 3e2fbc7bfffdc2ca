"""What a job that is told to go wrong runs in its program's place."""

import os
from dataclasses import replace

from local.faults import JobFault
from local.jobs.program import Program

NO_CAPACITY = (
    "CapacityError: Unable to provision requested ML compute capacity. "
    "Please retry using a different ML instance type."
)
_SCRIPTS = {
    "crash": """
        cd "$SM_OUTPUT_DIR"
        echo "The program was told to crash." | tee failure message
        exit 1
    """,
}
_SCRIPTS |= dict.fromkeys(("hang", "over time", "stopped"), "sleep 3600")
_SCRIPTS |= dict.fromkeys(("killed", "capacity lost", "internal error"), "kill -KILL $$")
# How SageMaker tells that it lost the job's machine.
LOST = {
    "capacity lost": NO_CAPACITY,
    "internal error": "InternalServerError: We encountered an internal error. Please try again.",
}


def struck(program: Program, fault: JobFault | None, kind: str) -> Program:
    """The program, or what ends as the fault says in its place."""
    script = _SCRIPTS.get(fault.how) if fault else None
    if not script:
        return program
    if kind == "Training":
        # As the toolkit has it: a shell waits for the program, and outlives it.
        return replace(program, command=["/bin/sh", "-c", f"bash -c '{script}'; exit $?"])
    # The entry point stays, and finds this under the interpreter's name.
    interpreter = program.folder / "struck" / "python3"
    interpreter.parent.mkdir()
    interpreter.write_text(f"#!/bin/bash\n{script}")
    interpreter.chmod(0o755)
    path = f"{interpreter.parent}{os.pathsep}{program.environment['PATH']}"
    return replace(program, environment=program.environment | {"PATH": path})
