"""AWS on this machine: moto's server with its gaps closed, on 127.0.0.1."""

import errno
import logging
import os
import socket
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from moto.server import ThreadedMotoServer

from local.access.clients import RoleClients
from local.access.control import AccessControl
from local.boto_session import boto_session
from local.door.door import Door
from local.door.inside import Inside
from local.faults import Faults
from local.fork_server import ForkServers
from local.gaps.events.scheduled_rules import Clock
from local.gaps.sagemaker.hosting import Hosting
from local.gaps.sagemaker.jobs import Jobs
from local.hosting.host import ModelHost
from local.jobs.runner import JobRunner
from local.kept import Kept
from local.lambda_process import LambdaProcesses
from local.own_folder import own_folder
from local.patched_moto import patch_moto
from operate.home import make_private
from operate.home_key import kept_credentials, new_credentials
from operate.language import spoken

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sagemaker import SageMakerClient
    from mypy_boto3_stepfunctions import SFNClient

REGION = "us-east-1"
_HOST = "127.0.0.1"
_LAST_PORT = 65535
_CONFIG = Config(retries={"max_attempts": 2})
_STACK_SECONDS = 3600


class PortUnusable(Exception):
    """The port that was asked for can't be had; the text says why."""


class LocalAws:
    """A running imitation of AWS. One a process: moto keeps its state in the process.

    Args:
        home: folder for the Lambda code, the jobs' folders and all logs.
        port: where to listen; 0 takes any free port.
        keeping: whether what it holds stays in ``home``, which must then be this process's alone.
        jobs_at_once: how many jobs may run at once, if not as many as the machine bears.
        servers: what functions are forked from, where it is loaded already.

    ``credentials`` are the person's, the account's root; nobody else comes in but the roles.
    Custom resources answer below the address ``answers``.
    ``faults`` is what is to go wrong; nothing, unless somebody plans it.

    Raises:
        HomeUnusable: the folder can't hold a local mode.
        PortUnusable: the port can't be had.
    """

    def __init__(
        self,
        home: Path,
        port: int = 0,
        *,
        keeping: bool = False,
        jobs_at_once: int | None = None,
        servers: ForkServers | None = None,
    ) -> None:
        self.home = home.resolve()
        make_private(self.home)
        make_private(self.home / "logs")
        self.port = _free_port(port)
        self.endpoint = f"http://{_HOST}:{self.port}"
        self.credentials = kept_credentials(self.home) if keeping else new_credentials()
        self.access = AccessControl()
        self._door = Door(self.port, self.credentials, self.access)
        self.answers = f"{self.endpoint}/{self._door.answers}"
        self.faults = Faults()
        self._servers = servers or ForkServers()
        self._lambdas = LambdaProcesses(self.home, self.endpoint, self.faults, self._servers)
        self.inside = Inside(self._door)
        clients = RoleClients(self.endpoint, _CONFIG, self.inside)
        self.jobs = JobRunner(self.home, self.access, clients, self.faults, jobs_at_once)
        # What an endpoint runs stays with the endpoint.
        models = self.home / "endpoints"
        models = models / "kept" if keeping else own_folder(models / "passing")
        self._hosting = Hosting(ModelHost(self.home, models, self.access, clients))
        self._sagemaker_jobs = Jobs(self.jobs, self._hosting.models)
        self._server = ThreadedMotoServer(_HOST, self.port, verbose=False)
        self._is_up = False
        self._clock = Clock()
        self.kept = Kept(self.home, self._sagemaker_jobs, self._hosting) if keeping else None

    def start(self) -> None:
        """Starts to listen."""
        # The interpreter and custom resources find the server by this variable.
        os.environ["MOTO_PORT"] = str(self.port)
        # The stack's custom resources will ask for it.
        self._servers.server(has_layer=False)
        _log_to(self.home / "logs" / "aws.log")
        patch_moto(
            self._lambdas,
            self._sagemaker_jobs,
            self._hosting,
            self.access,
            self.inside,
            self.endpoint,
            self.answers,
        )
        self.faults.strike_requests()
        if self.kept:
            self.kept.attach()
        self._door.put_before_the_server()
        self._server.start()
        self._is_up = True
        self._clock.start()

    def lead_browsers_to(self, page: str) -> None:
        """Sends a browser that was pointed at this port by mistake to the console's ``page``."""
        self._door.page = page

    def stop(self) -> None:
        """Stops every job, endpoint and function, then the server; no process is left behind."""
        if self.kept:
            self.kept.freeze()
        self._clock.stop()
        self.jobs.stop_all()
        self._hosting.endpoints.stop(keep=self.kept is not None)
        self._lambdas.stop()
        if self._is_up:  # else its start has failed, which is what is to be told
            self._server.stop()
            self._door.close()

    @cached_property
    def s3(self) -> "S3Client":
        """A client for S3 here."""
        client: S3Client = self._client("s3")
        return client

    @cached_property
    def logs(self) -> "CloudWatchLogsClient":
        """A client for CloudWatch Logs here."""
        client: CloudWatchLogsClient = self._client("logs")
        return client

    @cached_property
    def states(self) -> "SFNClient":
        """A client for Step Functions here."""
        client: SFNClient = self._client("stepfunctions")
        return client

    @cached_property
    def sagemaker(self) -> "SageMakerClient":
        """A client for SageMaker here."""
        client: SageMakerClient = self._client("sagemaker")
        return client

    @cached_property
    def cloudformation(self) -> "CloudFormationClient":
        """A client for CloudFormation here."""
        # A stack is made while the client waits for the answer, which takes as long as it takes; to
        # ask once more would be to ask for a second one.
        patient = Config(read_timeout=_STACK_SECONDS, retries={"total_max_attempts": 1})
        client: CloudFormationClient = self._client("cloudformation", patient)
        return client

    def _client(self, service: str, config: Config = _CONFIG) -> Any:
        # Local mode never touches a real account, whatever the machine's credentials are.
        own = self.credentials
        session = boto_session(own.access_key, own.secret_key, None, REGION)
        client: Any = session.client(  # type: ignore[call-overload]
            service, endpoint_url=self.endpoint, config=config
        )
        self.inside.lead(client, own.access_key)
        return client


def _log_to(path: Path) -> None:
    """Keeps what moto and its interpreter log out of the terminal."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(path, delay=True)
    for name in ("moto", "werkzeug", "local"):
        logger = logging.getLogger(name)
        logger.addHandler(handler)
        logger.propagate = False
    # On a full disk nothing can be logged, which need not be told beside what is told of it.
    logging.raiseExceptions = False
    # A line for each of the many requests that a run makes would help nobody.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)


def _free_port(wanted: int) -> int:
    if not 0 <= wanted <= _LAST_PORT:
        raise PortUnusable(
            spoken(
                "{port} is not a valid port. Choose one from 1024 to {last} with --port.",
                port=wanted,
                last=_LAST_PORT,
            )
        )
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, wanted))
        except OSError as error:
            raise PortUnusable(_why_not(wanted, error)) from error
        return int(probe.getsockname()[1])


def _why_not(port: int, error: OSError) -> str:
    if error.errno == errno.EACCES:
        return spoken(
            "Port {port} is reserved for system services. Choose one above 1023 with --port.",
            port=port,
        )
    return spoken("Port {port} is in use. Choose another with --port.", port=port)
