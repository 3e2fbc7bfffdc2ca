"""What somebody else's page may do that is shown in a frame: be read, and lead to the run's files.

It has no script, whatever it holds. Being of the same origin it is sent the cookie with a file that
somebody chooses in it; without script that tells it nothing.
"""

from typing import Final

# The report and the other pages have their styles and pictures in themselves, and no script.
FRAMED: Final = {
    "Content-Security-Policy": (
        "sandbox allow-same-origin allow-downloads; default-src 'none'; "
        "style-src 'unsafe-inline'; img-src data:; font-src data:; frame-ancestors 'self'"
    )
}
