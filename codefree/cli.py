"""The command ``codefree``: all of its commands, in the order in which people meet them."""

import typer

from codefree.package_command import package
from local.run_command import run
from local.up_command import up
from operate.doctor_command import doctor
from operate.plan_command import plan
from operate.run_commands import rerun, status, stop
from operate.smoke_command import smoke
from operate.stack_commands import deploy, destroy

COMMANDS = (plan, run, up, package, doctor, deploy, smoke, status, rerun, stop, destroy)

app = typer.Typer(
    help="Codefree: upload two CSV files, get a trained model and its evaluation.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for _command in COMMANDS:
    app.command()(_command)
