"""Which account and which stack a command means: the options that the commands share."""

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from lambdas.bucket.bucket import Bucket
from operate.account import Account, CannotDo, explained
from operate.home import HomeUnusable, endpoint_of
from operate.home_key import credentials_in
from operate.language import spoken
from operate.stack.deployment import Deployment
from operate.terminal import end_unread, fail

_STACK = "codefree"
_HOME = Path(".codefree")


@dataclass(frozen=True)
class Place:
    """The account, or the local mode with its home, and the stack in it."""

    account: Account
    stack: str
    home: Path

    @functools.cached_property
    def state_machine(self) -> str:
        """The ARN of the stack's state machine.

        Raises:
            CannotDo: there is no such stack, or it is not one of Codefree's.
        """
        return self.account.state_machine(self.stack)

    def require_stack(self) -> None:
        """Raises CannotDo where there is no such stack, or it is not one of Codefree's."""
        self.account.state_machine(self.stack)

    @functools.cached_property
    def prediction_machine(self) -> str | None:
        """The ARN of the state machine that predicts; None for a stack of before there was one."""
        try:
            return self.account.prediction_machine(self.stack)
        except CannotDo:
            return None

    @functools.cached_property
    def bucket(self) -> Bucket:
        """The stack's bucket.

        Raises:
            CannotDo: there is no such stack, or it is not one of Codefree's.
        """
        return Bucket(self.account.bucket(self.stack), self.account.s3)

    @property
    def state_machines(self) -> list[str]:
        """Both state machines, as far as the stack has them."""
        return [self.state_machine, *filter(None, [self.prediction_machine])]

    @property
    def deployment(self) -> Deployment:
        """The stack as something that is made, changed and deleted."""
        account = self.account
        return Deployment(self.stack, account.cloudformation, account.s3, account.states)

    @property
    def is_at_home(self) -> bool:
        """Whether it is the local mode that is up on the home."""
        return bool(self.account.endpoint) and self.account.endpoint == endpoint_of(self.home)

    @property
    def options(self) -> str:
        """What has to be said again so that the next command means the same stack."""
        if self.is_at_home:
            where = "" if self.home == _HOME else f" --home {self.home}"
        else:
            where = self.account.cli_options
        return where + (f" --stack-name {self.stack}" if self.stack != _STACK else "")


def place_at_home(home: Path) -> Place:
    """The local mode that is up on ``home``.

    Raises:
        CannotDo: none is.
    """
    endpoint = endpoint_of(home)
    if endpoint is None:
        raise CannotDo(spoken("Local mode is not up on {home}.", home=home))
    return Place(Account(endpoint=endpoint, key=credentials_in(home)), _STACK, home)


def in_place(command: Callable[..., None]) -> Callable[..., None]:
    """The command, which takes a :class:`Place`, with the options that tell the place instead.

    They are those of :func:`_place`, behind its own. What can't be done there is said in words.
    """
    own = list(inspect.signature(command, eval_str=True).parameters.values())[1:]
    shared = list(inspect.signature(_place, eval_str=True).parameters.values())

    @functools.wraps(command)
    def with_options(**given: Any) -> None:
        where = {option.name: given.pop(option.name) for option in shared}
        try:
            with _place(**where) as place:
                command(place, **given)
        except CannotDo as reason:
            fail(str(reason))
        end_unread()

    # Typer makes the options from what it sees here.
    parameters = [*own, *shared]
    with_options.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    with_options.__annotations__ = {option.name: option.annotation for option in parameters}
    return with_options


@contextmanager
def _place(
    profile: Annotated[str | None, typer.Option(help="The AWS profile to use.")] = None,
    region: Annotated[str | None, typer.Option(help="The AWS region of the stack.")] = None,
    endpoint_url: Annotated[
        str | None,
        typer.Option(help="Use this endpoint instead of AWS.", envvar="AWS_ENDPOINT_URL"),
    ] = None,
    stack_name: Annotated[str, typer.Option(help="The stack's name.")] = _STACK,
    home: Annotated[
        Path, typer.Option(help="The folder of local mode, which is used if it is up.")
    ] = _HOME,
) -> Iterator[Place]:
    """What the options mean; local mode when nothing else is said and it is up."""
    try:
        here = endpoint_of(home) if not (profile or region) else None
    except HomeUnusable as reason:
        raise CannotDo(str(reason)) from reason
    endpoint_url = endpoint_url or here
    key = credentials_in(home) if endpoint_url and endpoint_url == here else None
    account = Account(profile, region, endpoint_url, key)
    with explained(account):
        yield Place(account, stack_name, home)
