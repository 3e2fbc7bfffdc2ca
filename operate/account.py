"""The AWS account, or the imitation of one, in which a stack is looked at."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

from lambdas.instances.price_list import PRICING_REGION
from operate.error_answer import error_answer, reason_of
from operate.home_key import Credentials
from operate.language import spoken, to_speak

if TYPE_CHECKING:
    import boto3
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_pricing import PricingClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sagemaker import SageMakerClient
    from mypy_boto3_service_quotas import ServiceQuotasClient
    from mypy_boto3_stepfunctions import SFNClient

_LOCAL_REGION = "us-east-1"
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
EXPIRED = {
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "RequestExpired",
    "UnrecognizedClientException",
}
_REFUSED = EXPIRED | {"InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidSignatureException"}
DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}
_SIGN_IN = to_speak(
    "Sign in again (aws sso login, or aws configure), or choose another with --profile."
)
_IS_IT_UP = to_speak("Is codefree up running there?")
_ARE_YOU_ONLINE = to_speak("Are you online?")


class CannotDo(Exception):
    """What was asked for can't be done; the text says why, and what to do."""


@dataclass(frozen=True)
class Account:
    """Where to look: a profile and region of one's own, or an endpoint that imitates AWS.

    ``key`` is the local mode's own, where it is known.
    """

    profile: str | None = None
    region: str | None = None
    endpoint: str | None = None
    key: Credentials | None = None
    _clients: dict[tuple[str, str | None], Any] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def is_local(self) -> bool:
        """Whether it is a local mode on this machine."""
        return bool(self.endpoint) and urlsplit(self.endpoint).hostname in _LOOPBACK

    @property
    def place(self) -> str:
        """The place in words."""
        if self.endpoint:
            return spoken("at {endpoint}", endpoint=self.endpoint)
        return spoken("in {region}", region=self._session().region_name)

    @property
    def cli_options(self) -> str:
        """What takes another command to the same place."""
        options = {"profile": self.profile, "region": self.region, "endpoint-url": self.endpoint}
        return "".join(f" --{name} {value}" for name, value in options.items() if value)

    @property
    def states(self) -> "SFNClient":
        """A client for Step Functions there."""
        client: SFNClient = self.client("stepfunctions")
        return client

    @property
    def cloudformation(self) -> "CloudFormationClient":
        """A client for CloudFormation there."""
        client: CloudFormationClient = self.client("cloudformation")
        return client

    @property
    def s3(self) -> "S3Client":
        """A client for S3 there."""
        client: S3Client = self.client("s3")
        return client

    @property
    def sagemaker(self) -> "SageMakerClient":
        """A client for SageMaker there."""
        client: SageMakerClient = self.client("sagemaker")
        return client

    @property
    def quotas(self) -> "ServiceQuotasClient":
        """A client for Service Quotas there."""
        client: ServiceQuotasClient = self.client("service-quotas")
        return client

    @property
    def pricing(self) -> "PricingClient":
        """A client for the price list, which few regions serve for all of them."""
        client: PricingClient = self.client("pricing", PRICING_REGION)
        return client

    @property
    def secrets(self) -> list[str]:
        """The parts of the credentials in use, for what is written down to be free of them."""
        found = self._session().get_credentials()
        if found is None:
            return []
        frozen = found.get_frozen_credentials()
        return [part for part in (frozen.access_key, frozen.secret_key, frozen.token) if part]

    def state_machine(self, stack: str) -> str:
        """The ARN of the stack's state machine.

        Raises:
            CannotDo: there is no such stack, or it is not one of Codefree's.
        """
        return self._output(stack, "StateMachineArn")

    def prediction_machine(self, stack: str) -> str:
        """The ARN of the state machine that predicts.

        Raises:
            CannotDo: there is no such stack, or it is one of before there were predictions.
        """
        return self._output(stack, "PredictionMachineArn")

    def bucket(self, stack: str) -> str:
        """The name of the stack's bucket.

        Raises:
            CannotDo: there is no such stack, or it is not one of Codefree's.
        """
        return self._output(stack, "BucketName")

    def _output(self, stack: str, key: str) -> str:
        try:
            [described] = self.cloudformation.describe_stacks(StackName=stack)["Stacks"]
        except ClientError as error:
            if "does not exist" not in error_answer(error).message:
                raise
            raise CannotDo(
                spoken(
                    "There is no stack {stack} {place}. Choose another with --stack-name, "
                    "--region or --profile.",
                    stack=stack,
                    place=self.place,
                )
            ) from error
        for output in described.get("Outputs", []):
            if output["OutputKey"] == key:
                return str(output["OutputValue"])
        raise CannotDo(
            spoken(
                "The stack {stack} {place} is {status} and has no Codefree state machine. Choose "
                "another with --stack-name.",
                stack=stack,
                place=self.place,
                status=described["StackStatus"],
            )
        )

    def client(self, service: str, region: str | None = None) -> Any:
        """A client for any service there, or in another ``region`` of the same place.

        It is made once, for that takes long.
        """
        if (service, region) not in self._clients:
            self._clients[service, region] = self._new_client(service, region)
        return self._clients[service, region]

    def _new_client(self, service: str, region: str | None) -> Any:
        from botocore.config import Config

        config = Config(connect_timeout=5, retries={"max_attempts": 3, "mode": "standard"})
        return self._session().client(  # type: ignore[call-overload]
            service, region_name=region, endpoint_url=self.endpoint, config=config
        )

    def _session(self) -> "boto3.Session":
        # It takes a while to load, which no command's help need wait for.
        import boto3

        if self.is_local and not self.profile:
            key = self.key or _pasted_key()
            region = self.region or _LOCAL_REGION
            return boto3.Session(key.access_key, key.secret_key, region_name=region)
        return boto3.Session(profile_name=self.profile, region_name=self.region)


def _pasted_key() -> Credentials:
    """The key from the lines that ``codefree up`` prints.

    Nobody's real credentials, such as those of a profile, are shown to an imitation of AWS.
    """
    named = (os.environ.get(n, "none") for n in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"))
    return Credentials(*named)


@contextmanager
def explained(account: Account) -> Iterator[None]:
    """Turns what AWS and its client raise into words.

    Raises:
        CannotDo: instead of any error of boto3's.
    """
    try:
        yield
    except (BotoCoreError, ClientError, ValueError) as error:
        raise CannotDo(_in_words(error, account)) from error


def _in_words(error: Exception, account: Account) -> str:
    match error:
        case ProfileNotFound():
            from botocore.session import get_session

            known = ", ".join(get_session().available_profiles) or spoken("none")
            wanted = account.profile or os.environ.get("AWS_PROFILE")
            return spoken(
                "There is no AWS profile {wanted}. Profiles: {known}.", wanted=wanted, known=known
            )
        case NoRegionError():
            return spoken("No region is set. Use --region, or set AWS_DEFAULT_REGION.")
        case NoCredentialsError() | PartialCredentialsError():
            return spoken(
                "No AWS credentials were found, and local mode is not up. Sign in to AWS "
                "(aws configure, or aws sso login), or start local mode with: codefree up"
            )
        case SSOError() | TokenRetrievalError():
            return " ".join((spoken("The sign-in to AWS has expired."), spoken(_SIGN_IN)))
        case EndpointConnectionError() | ConnectTimeoutError() | HTTPClientError():
            nothing = spoken("Nothing answers {place}.", place=account.place)
            return f"{nothing} {spoken(_IS_IT_UP if account.endpoint else _ARE_YOU_ONLINE)}"
        case ClientError() if account.is_local and error_answer(error).code in _REFUSED:
            return spoken(
                "The local mode at {endpoint} does not accept this key. Set its folder with "
                "--home, or run the export lines that codefree up printed.",
                endpoint=account.endpoint,
            )
        case ClientError() if error_answer(error).code in EXPIRED:
            refused = spoken("AWS does not accept these credentials, or they have expired.")
            return f"{refused} {spoken(_SIGN_IN)}"
        case ClientError() if error_answer(error).code in DENIED:
            return spoken(
                "These credentials do not allow that: {why}", why=error_answer(error).message
            )
    return reason_of(error)
