"""AWS clients that act in a session: what a service does under a role."""

import threading
from typing import Any

import boto3
from botocore.config import Config

from local.access.control import Session


class RoleClients:
    """Makes clients for ``endpoint``, each once: it takes long, and threads may share a client."""

    def __init__(self, endpoint: str, config: Config) -> None:
        self._endpoint = endpoint
        self._config = config
        # One for all, for each would read the services' models anew.
        self._session = boto3.Session()
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
        return self._session.client(  # type: ignore[call-overload]
            service,
            region,
            endpoint_url=self._endpoint,
            aws_access_key_id=session.access_key,
            aws_secret_access_key=session.secret_key,
            aws_session_token=session.token,
            config=self._config,
        )
