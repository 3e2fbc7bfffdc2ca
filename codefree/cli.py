"""The command ``codefree``: all of its commands, in the order in which people meet them."""

import atexit
import gc
from typing import Annotated

import typer

from codefree.package_command import package
from console.console_command import console_command
from local.run_command import run
from local.up_command import up
from operate.doctor_command import doctor
from operate.models_command import models
from operate.plan_command import plan
from operate.predict_command import predict_command
from operate.run_commands import rerun, status, stop
from operate.serve_command import serve
from operate.smoke_command import smoke
from operate.stack_commands import deploy, destroy
from operate.terminal import told
from operate.upload_command import upload_command
from workflow.version import VERSION

# At its end Python would look for garbage in all that is loaded, for a tenth of a second.
atexit.register(gc.freeze)

COMMANDS = {
    command.__name__.removesuffix("_command"): command
    for command in (
        plan,
        run,
        up,
        console_command,
        package,
        doctor,
        deploy,
        smoke,
        upload_command,
        predict_command,
        status,
        rerun,
        stop,
        models,
        serve,
        destroy,
    )
}

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for _name, _command in COMMANDS.items():
    app.command(_name)(_command)


def _told_version(wanted: bool) -> None:
    if wanted:
        told(f"codefree {VERSION}")
        raise typer.Exit


@app.callback()
def _codefree(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Show the version and exit.", is_eager=True, callback=_told_version
        ),
    ] = False,
) -> None:
    """Codefree: upload two CSV files, get a trained model and an evaluation report."""
