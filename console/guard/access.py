"""The token in the printed address, and the cookie that it becomes."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

_TOKEN_BYTES = 24


def new_token() -> str:
    """A token that nobody can guess."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


@dataclass(frozen=True)
class Access:
    """What opens the console at one ``port`` of this machine.

    A browser sends a cookie to every port of a host: its name tells the port, so that two consoles
    do not log each other out, and its value is not the token, so that it opens no address.
    """

    port: int
    token: str = field(repr=False)

    @property
    def hosts(self) -> frozenset[str]:
        """What the header Host may say, in small letters."""
        return frozenset(f"{name}:{self.port}" for name in ("127.0.0.1", "localhost", "[::1]"))

    @property
    def address(self) -> str:
        """What to open in a browser of this machine."""
        return f"{self.page}?token={self.token}"

    @property
    def page(self) -> str:
        """The first page, for a browser that was there before."""
        return f"http://127.0.0.1:{self.port}/"

    @property
    def cookie_name(self) -> str:
        """The cookie of this console."""
        return f"codefree-{self.port}"

    @property
    def cookie(self) -> str:
        """The value of the cookie of who has shown the token; it holds as long as the token."""
        return hmac.new(self.token.encode(), b"codefree console", hashlib.sha256).hexdigest()

    def is_token(self, given: str) -> bool:
        """Whether the token is the right one."""
        return hmac.compare_digest(given.encode(), self.token.encode())

    def is_cookie(self, given: str) -> bool:
        """Whether the cookie is of who has shown the token."""
        return hmac.compare_digest(given.encode(), self.cookie.encode())
