"""Runs the models of endpoints: each in a folder and a process of its own, as long as it is asked.

A model is fetched once, with its role's rights. What becomes of the archive in the bucket after
that changes nothing, neither for the running process nor for one that is started again.
"""

import contextlib
import shutil
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import psutil
from botocore.exceptions import BotoCoreError, ClientError

from local.access.clients import RoleClients
from local.access.control import AccessControl, Denied, NotAssumable, Session
from local.access.needs import needs_of_an_image
from local.disk import lacks_room, words_for
from local.hosting.archive import BadArchive, fetch_model
from local.hosting.deployment import Deployment, NotServing
from local.jobs.log import JobLog
from local.own_folder import end_all_in

# What a server and its model take before any request: below that the machine would only swap.
_LEAST_FREE_MIB = 512
_MIB = 1024**2


class NotDeployed(Exception):
    """The model does not run; the text says why, as far as it is known in AWS's words."""


@dataclass(frozen=True)
class Hosted:
    """A model as a variant of an endpoint runs it; all that is needed to start it again.

    Args:
        endpoint: the endpoint's ARN.
        variant: the variant's name.
        weight: its share of the requests, beside the other variants' weights.
        role: the ARN of the role that the model was made with.
        image: the container's image.
        url: where the archive was when the endpoint was made.
        environment: the container's variables.
        memory_mb: how much memory the process may hold.
        most_bytes: how large a request or an answer may be.
        ready_seconds: how long it may take to get ready.
        folder: the name of its folder.
    """

    endpoint: str
    variant: str
    weight: float
    role: str
    image: str
    url: str
    environment: Mapping[str, str] = field(default_factory=dict)
    memory_mb: float = float("inf")
    most_bytes: int = 0
    ready_seconds: float = 0
    folder: str = ""

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """What was written down."""
        return cls(**kept)

    @property
    def name(self) -> str:
        """The endpoint's name."""
        return self.endpoint.rpartition("/")[2]


class ModelHost:
    """The models that run, each in a folder below ``folder``."""

    def __init__(
        self, home: Path, folder: Path, access: AccessControl, clients: RoleClients
    ) -> None:
        self._home = home
        self._folder = folder
        self._access = access
        self._clients = clients
        self._running: dict[str, tuple[Deployment, JobLog]] = {}
        self._lock = threading.Lock()
        self._is_stopped = False

    def deployed(self, model: Hosted) -> Deployment:
        """Fetches the model and runs it, once it serves.

        Raises:
            NotDeployed: it does not come to that; nothing is left of it.
        """
        try:
            self._fetch(model)
            return self.revived(model)
        except NotDeployed:
            self._remove_folder(model.folder)
            raise

    def revived(self, model: Hosted) -> Deployment:
        """Runs a model whose folder is there.

        Raises:
            NotDeployed: it does not serve.
        """
        if not (self._folder / model.folder / "model").is_dir():
            raise NotDeployed(f"What {model.name} ran is not in {self._folder} any more.")
        if psutil.virtual_memory().available < _LEAST_FREE_MIB * _MIB:
            raise NotDeployed(
                f"Local mode needs {_LEAST_FREE_MIB} MB of free memory for an endpoint. Delete "
                "another endpoint, or close other programs."
            )
        log = self._log(model)
        deployment = Deployment(
            self._folder / model.folder, model.environment, model.memory_mb, log.write
        )
        with self._lock:
            if self._is_stopped:
                raise NotDeployed("Local mode ends.")
            self._running[model.folder] = (deployment, log)
        try:
            deployment.start(model.ready_seconds)
        except NotServing as error:
            self._end(model.folder)
            raise NotDeployed(
                f"The primary container for production variant {model.variant} {error}. Please "
                "check CloudWatch logs for this endpoint."
            ) from None
        return deployment

    def retire(self, model: Hosted) -> None:
        """Ends a model once the requests that it has are answered, and removes its folder."""
        with self._lock:
            running = self._running.get(model.folder)
        if running:
            running[0].retire()
        self._end(model.folder)
        self._remove_folder(model.folder)

    def keep_only(self, folders: Iterable[str]) -> None:
        """Clears up after a local mode that was killed: other folders go, and all processes."""
        self._folder.mkdir(parents=True, exist_ok=True)
        end_all_in(self._folder)
        for left in {path.name for path in self._folder.iterdir()} - set(folders):
            self._remove_folder(left)

    def session(self, role: str, source: str) -> Session:
        """The session in which SageMaker acts for ``source``, an ARN.

        Raises:
            NotAssumable: the role is not there, or does not trust SageMaker.
        """
        return self._access.assumed(role, "sagemaker", "SageMaker", source)

    def client(self, session: Session, service: str, source: str) -> Any:
        """A client whose calls are the session's, in the region of ``source``, an ARN."""
        return self._clients.client(session, service, source.split(":")[3])

    def check_image(self, session: Session, image: str) -> None:
        """Makes sure that the session may pull the image.

        Raises:
            Denied: it may not.
        """
        self._access.check(session, needs_of_an_image(image, session.partition))

    def stop_all(self, *, keep_folders: bool) -> None:
        """Ends all processes at once; no process is left, and with ``keep_folders`` the models."""
        with self._lock:
            self._is_stopped = True
        for folder in tuple(self._running):
            self._end(folder)
        if not keep_folders:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _fetch(self, model: Hosted) -> None:
        try:
            session = self.session(model.role, model.endpoint)
        except NotAssumable as role:
            raise NotDeployed(
                f"Could not assume role {role}. Please ensure that the role exists and allows "
                "principal 'sagemaker.amazonaws.com' to assume the role."
            ) from None
        try:
            self.check_image(session, model.image)
        except Denied as denied:
            raise NotDeployed(f"The image can't be pulled: {denied}") from None
        try:
            s3 = self.client(session, "s3", model.endpoint)
            fetch_model(s3, model.url, self._folder / model.folder)
        except (BadArchive, BotoCoreError, ClientError, OSError) as error:
            if lacks_room(error):
                raise NotDeployed(f"{words_for(self._home)}, and try again.") from error
            raise NotDeployed(
                f'Failed to download model data for container "primary" from URL: "{model.url}". '
                "Please ensure that there is an object located at the URL and that the role passed "
                f"to CreateModel has permissions to download the object. ({error})"
            ) from error

    def _log(self, model: Hosted) -> JobLog:
        logs = None
        with contextlib.suppress(NotAssumable):  # its role need not be there any more
            session = self.session(model.role, model.endpoint)
            logs = self.client(session, "logs", model.endpoint)
        path = self._home / "logs" / f"endpoint-{model.name}.log"
        stream = f"{model.variant}/i-{int(time.time()):x}"
        return JobLog(path, logs, f"/aws/sagemaker/Endpoints/{model.name}", stream)

    def _end(self, folder: str) -> None:
        with self._lock:
            running = self._running.pop(folder, None)
        if running:
            deployment, log = running
            deployment.end()
            log.close()

    def _remove_folder(self, name: str) -> None:
        shutil.rmtree(self._folder / name, ignore_errors=True)
