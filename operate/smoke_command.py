"""``codefree smoke``: the whole promise, proved in one's own account."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import Annotated, NoReturn

import typer

from operate.packed_template import BUILT, TemplateFile, codefree_template, said_parameters
from operate.place import Place, in_place
from operate.stack.deployment import refuse_name
from operate.stack_commands import event_shown
from operate.terminal import console, fail, told

# AWS KMS pricing.
_KEY = (
    "OwnKey=true creates a KMS key, which costs 1 USD a month, billed by the hour, until it is "
    "deleted with the stack."
)


@in_place
def smoke(
    place: Place,
    yes: Annotated[bool, typer.Option("--yes", help="Skip the confirmation.")] = False,
    out: Annotated[Path, typer.Option(help="A new folder for AWS's answers.")] = Path(
        "smoke-answers"
    ),
    param: Annotated[
        list[str] | None,
        typer.Option(help="A template parameter to test with, KEY=VALUE; repeatable."),
    ] = None,
    template: TemplateFile = BUILT,
) -> None:
    """Test in your account for a few cents, in a stack of its own, STACK-NAME-smoke."""
    # What reads tables takes a second to load, which the other commands need not wait for.
    from operate.smoke.estimate import estimate
    from operate.smoke.own_stack import OwnStack, bucket_name, parameters
    from operate.smoke.proof import Proof

    wanted = said_parameters(param)
    place = replace(place, stack=f"{place.stack}-smoke")
    refuse_name(place.stack)
    parsed = codefree_template(template, wanted)
    account = place.account
    _refuse_region(account.cloudformation.meta.region_name, parsed.regions)
    _refuse_unusable(out)
    stack = OwnStack(place.deployment, bucket_name(), place.options)
    stack.refuse_if_there()
    most = estimate(account)
    given = parameters(most, wanted)
    told(
        f"This creates and then deletes the stack {place.stack} with the bucket {stack.bucket} "
        f"{account.place}. It takes about an hour on AWS.\n{most.in_words()}"
    )
    if given.get("OwnKey") == "true":
        told(_KEY)
    if not yes:
        typer.confirm("Continue?", abort=True)
    stack.refuse_if_there()  # somebody may have begun another smoke meanwhile
    _make(out)
    proof = Proof(account, stack, most, out, told, event_shown)
    with _ended_as_by_ctrl_c():
        proof.run(parsed.text, given)
    console.print(proof.findings.table())
    told(proof.in_words())
    if not proof.findings.all_fit:
        raise typer.Exit(1)


def _refuse_region(region: str, known: list[str]) -> None:
    if region not in known:
        fail(f"The template does not support {region}. Choose a --region: {', '.join(known)}.")


def _refuse_unusable(out: Path) -> None:
    """Makes sure that the answers can be kept there, and are not mixed with another smoke's."""
    try:
        if out.exists() and not (out.is_dir() and not any(out.iterdir())):
            fail(f"{out} already exists. Move it, or choose another folder with --out.")
        there = next(folder for folder in (out, *out.absolute().parents) if folder.exists())
        with TemporaryFile(dir=there) as probe:
            probe.write(b"Can something be kept here?")
    except OSError as reason:
        _fail_for(out, reason)


def _make(out: Path) -> None:
    """Makes the folder before anything costs money."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as reason:
        _fail_for(out, reason)


def _fail_for(out: Path, reason: OSError) -> NoReturn:
    fail(f"The folder {out} can't be used ({reason.strerror}). Choose another with --out.")


@contextmanager
def _ended_as_by_ctrl_c() -> Iterator[None]:
    """Has other ways of being told to end leave time for the clean-up, as Ctrl-C does."""

    # A terminal that is closed sends SIGHUP, which not every system has; its shell sends it again,
    # which is not to end the clean-up.
    hang_up = getattr(signal, "SIGHUP", None)

    def end(number: int, _: object) -> None:
        if number == hang_up:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    signals = [signal.SIGTERM, *([hang_up] if hang_up else [])]
    before = {number: signal.signal(number, end) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
