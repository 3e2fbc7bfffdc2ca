"""``codefree console``: the page in the browser for a stack."""

from typing import Annotated

import typer

from console.language import spoken
from operate.language_option import in_language
from operate.place import Place, in_place
from operate.terminal import told

DEFAULT_PORT = 8321


@in_language
@in_place
def console_command(
    place: Place,
    console_port: Annotated[int, typer.Option(help="The port on 127.0.0.1.")] = DEFAULT_PORT,
) -> None:
    """Serve the console for a stack in your browser, until Ctrl-C."""
    from console.guard.access import new_token
    from console.server import ConsoleServer

    place.state_machine  # noqa: B018 - there must be such a stack
    server = ConsoleServer(place, console_port, new_token())
    told(spoken("The console: {address}", address=server.address))
    told(spoken("Only this machine can open it. Ctrl-C stops it."))
    server.run()
