"""What somebody else's page may do that is shown in a frame: nothing but be read."""

from typing import Final

# The report and the other pages have their styles and pictures in themselves, and no script.
FRAMED: Final = {
    "Content-Security-Policy": (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
        "frame-ancestors 'self'"
    )
}
