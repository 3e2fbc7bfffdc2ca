"""AWS clients that act in a session: what a service does under a role."""

import threading
from typing import Any

import boto3
from botocore import UNSIGNED
from botocore.config import Config

from local.access.control import Session
from local.boto_session import botocore_session
from local.door.inside import Inside


class RoleClients:
    """Makes clients, each once: it takes long, and threads may share a client.

    They call ``endpoint``, which is in this process.
    """

    def __init__(self, endpoint: str, config: Config, inside: Inside) -> None:
        self._endpoint = endpoint
        self._config = config.merge(Config(signature_version=UNSIGNED))
        self._inside = inside
        # To make one for each client would take longer than the client.
        self._boto = boto3.Session(botocore_session=botocore_session())
        self._made: dict[tuple[str, str, str], Any] = {}
        self._lock = threading.Lock()

    def client(self, session: Session, service: str, region: str) -> Any:
        """A client whose calls are the session's."""
        key = (session.access_key, service, region)
        with self._lock:
            if key not in self._made:
                self._made[key] = self._new(session, service, region)
            return self._made[key]

    def _new(self, session: Session, service: str, region: str) -> Any:
        client: Any = self._boto.client(  # type: ignore[call-overload]
            service,
            region,
            endpoint_url=self._endpoint,
            aws_access_key_id=session.access_key,
            aws_secret_access_key=session.secret_key,
            aws_session_token=session.token,
            config=self._config,
        )
        self._inside.lead(client, session.access_key)
        return client
