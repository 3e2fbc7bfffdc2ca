"""The console as ``codefree up`` starts it: on a socket of its own, until its input ends.

A process that is killed can't tell its children: that the other end of the pipe is gone does.
"""

import socket
import sys
import threading
from pathlib import Path

from console.kept_address import kept_token
from operate.language import Language
from operate.loading import loading
from operate.place import place_at_home


def main(listener: int, home: Path, language: Language | None) -> None:
    """Serves the console of the local mode in ``home`` on the socket whose number it was given."""
    with loading():
        from console.server import ConsoleServer
    place = place_at_home(home)
    server = ConsoleServer(place, socket.socket(fileno=listener), kept_token(home), language)

    def end_with_input() -> None:
        sys.stdin.buffer.read()
        server.stop()

    threading.Thread(target=end_with_input, daemon=True).start()
    server.run()


if __name__ == "__main__":
    number, folder, *spoken = sys.argv[1:]
    main(int(number), Path(folder), "ko" if spoken == ["ko"] else None)
