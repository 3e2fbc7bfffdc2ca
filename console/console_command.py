"""``codefree console``: the page in the browser for a stack."""

from typing import Annotated

import typer

from console.kept_address import kept_access
from console.language import spoken
from console.listening import listening
from operate.account import CannotDo
from operate.language import spoken_language
from operate.language_option import in_language
from operate.place import Place, in_place
from operate.terminal import told

ConsolePort = Annotated[
    int | None,
    typer.Option(help="The console's port on 127.0.0.1; 8321, or a free one.", show_default=False),
]


@in_language
@in_place
def console_command(place: Place, console_port: ConsolePort = None) -> None:
    """Serve the console, a page in your browser for the stack, until Ctrl-C."""
    if address := _of_local_mode(place):
        told(spoken("codefree up serves the console: {address}", address=address))
        return
    from console.guard.access import new_token
    from console.server import ConsoleServer

    place.require_stack()
    language = spoken_language()
    listener = listening(console_port)
    server = ConsoleServer(place, listener, new_token(), language if language != "en" else None)
    told(spoken("The console: {address}", address=server.access.address))
    told(spoken("Open it on this machine; nobody else can. Ctrl-C stops it."))
    server.run()


def _of_local_mode(place: Place) -> str | None:
    """The address of the console that local mode serves itself, if it does."""
    kept = kept_access(place.home) if place.is_at_home else None
    if kept is None:
        return None
    try:
        listening(kept.port).close()
    except CannotDo:  # somebody serves there
        return kept.address
    return None
