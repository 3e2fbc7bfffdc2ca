"""``codefree smoke``: the whole promise, proved in one's own account."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from operate.packed_template import BUILT, TemplateFile, said_parameters, template_text
from operate.place import Place, in_place
from operate.stack_commands import event_shown
from operate.terminal import console, fail, told


@in_place
def smoke(
    place: Place,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    out: Annotated[Path, typer.Option(help="A new folder for AWS's answers.")] = Path(
        "smoke-answers"
    ),
    param: Annotated[
        list[str] | None,
        typer.Option(help="A template parameter to try as well, KEY=VALUE; repeat for more."),
    ] = None,
    template: TemplateFile = BUILT,
) -> None:
    """Prove it all in a stack of its own, called STACK-NAME-smoke, for a few cents."""
    # What reads tables takes a second to load, which the other commands need not wait for.
    from operate.smoke.estimate import estimate
    from operate.smoke.own_stack import OwnStack, bucket_name, parameters
    from operate.smoke.proof import Proof

    text, wanted = template_text(template), said_parameters(param)
    _refuse_used(out)
    place = replace(place, stack=f"{place.stack}-smoke")
    account = place.account
    stack = OwnStack(place.deployment, bucket_name(), place.options)
    stack.refuse_if_there()
    most = estimate(account)
    given = parameters(most, wanted)
    told(
        f"Made and deleted again {account.place}: the stack {place.stack} with the bucket "
        f"{stack.bucket}. It takes about an hour on AWS.\n{most.in_words()}"
    )
    if not yes:
        typer.confirm("Go on?", abort=True)
    _make(out)
    proof = Proof(account, stack, most, out, told, event_shown)
    with _ended_as_by_ctrl_c():
        proof.run(text, given)
    console.print(proof.findings.table())
    told(proof.in_words())
    if not proof.findings.all_fit:
        raise typer.Exit(1)


def _refuse_used(out: Path) -> None:
    """Another smoke's answers are not mixed with these."""
    if out.exists() and not (out.is_dir() and not any(out.iterdir())):
        fail(f"{out} is there already. Move it away, or choose another folder with --out.")


def _make(out: Path) -> None:
    """Makes the folder before anything costs money."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as reason:
        fail(f"The folder {out} can't be made ({reason.strerror}). Choose another with --out.")


@contextmanager
def _ended_as_by_ctrl_c() -> Iterator[None]:
    """Has other ways of being told to end leave time for the clean-up, as Ctrl-C does."""

    def end(*_: Any) -> None:
        raise KeyboardInterrupt

    # A terminal that is closed sends SIGHUP, which not every system has.
    signals = [signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)]
    before = {number: signal.signal(number, end) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
