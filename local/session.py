"""Local mode for as long as one command needs it.

The imitation takes seconds to load and is imported where it is used, so that the other commands
start at once.
"""

import contextlib
import ctypes
import gc
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from local.disk import is_out_of_room, lacks_room, reason_of, words_for
from local.fork_server import ForkServers
from operate.home import HomeUnusable
from operate.language import spoken
from operate.loading import loading, uncollected
from operate.terminal import fail
from workflow.package import PACKED, cached_template

if TYPE_CHECKING:
    from local.aws import LocalAws
    from local.stack import Stack

HOME = Path(".codefree")
HomeFolder = Annotated[
    Path, typer.Option(help="The folder for logs and for the data of codefree up.")
]

told_to_stop = threading.Event()

_PRIVATE = 0o077
_USUAL = os.umask(_PRIVATE)
os.umask(_USUAL)  # it can't be asked for without being changed

# Python's own number is 700.
_NEW_OBJECTS_PER_COLLECTION = 10_000
# mallopt's name for the most arenas (malloc.h of glibc), and how many are enough for threads that
# Python lets go on one at a time.
_M_ARENA_MAX, _ARENAS = -8, 2
# Nothing is billed here, so what runs may cost holds nobody up unless a limit is asked for.
_FREE = {"DailyCostLimit": "1000000", "MonthlyCostLimit": "1000000"}


@contextlib.contextmanager
def local_aws(
    home: Path,
    port: int,
    parameters: dict[str, str],
    *,
    keeping: bool = False,
    jobs_at_once: int | None = None,
    soon_invoked: Sequence[str] = (),
) -> Iterator[tuple["LocalAws", "Stack"]]:
    """Local mode with the packed template deployed; stopped on the way out, whatever happens.

    The functions in ``soon_invoked`` are loaded as soon as the stack has made them.
    """
    servers = ForkServers(soon_invoked)
    servers.server(has_layer=bool(soon_invoked))  # on a processor that is free meanwhile
    from local.moto_loading import load_moto

    with loading():
        load_moto()
        from local.aws import LocalAws, PortUnusable
        from local.kept.damage import HomeDamaged
        from local.stack import BadParameter, StackNotCreated, declared_parameters, deploy

    signal.signal(signal.SIGTERM, _stop)
    _share_memory()
    # What is made here, and by the functions and jobs, is nobody else's to read.
    os.umask(_PRIVATE)
    aws = None
    try:
        with uncollected():
            aws = LocalAws(home, port, keeping=keeping, jobs_at_once=jobs_at_once, servers=servers)
            aws.start()
            template = _template(home)
            kept = aws.kept.parameters() if aws.kept else {}
            known = {name: kept[name] for name in declared_parameters(template) if name in kept}
            wanted = {"BucketName": "codefree"} | _FREE | known | parameters
            stack = deploy(aws, template, wanted)
            if aws.kept:
                aws.kept.keep_parameters(wanted)
                aws.kept.resume()
        # What is there now stays. To look through it for garbage, again and again while runs make
        # new objects, took a tenth of all computing.
        gc.freeze()
        gc.set_threshold(_NEW_OBJECTS_PER_COLLECTION)
        yield aws, stack
    except (BadParameter, HomeDamaged, HomeUnusable, PortUnusable, StackNotCreated) as error:
        fail(str(error))
    except typer.Exit:  # it was told what is wrong
        raise
    except Exception as error:
        if lacks_room(error) or is_out_of_room(home):
            what = words_for(home)
            fail(spoken("{what}, and start again. Acknowledged uploads are kept.", what=what))
        raise
    finally:
        if aws:
            aws.stop()
        servers.stop()


def _share_memory() -> None:
    """Has threads take memory from the same places. glibc gives each of many a place of its own,
    where what one once needed stays: a third of local mode's memory."""
    with contextlib.suppress(AttributeError):  # other C libraries have no arenas
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS)


def _template(home: Path) -> str:
    """The packed template. It is kept beside the sources, for all homes; in this one alone where
    the person may not write there."""
    if PACKED:
        with contextlib.suppress(OSError):
            return cached_template(PACKED)
    return cached_template(home / "packed")


@contextlib.contextmanager
def written_for_the_person(out: Path, *said: str) -> Iterator[None]:
    """What is made meanwhile in ``out`` is for whom the person usually lets read: it is no home."""
    os.umask(_USUAL)
    try:
        yield
    except OSError as error:
        not_copied = spoken("The results could not be copied.")
        what = spoken(
            "{folder} is not writable ({why}). Fix that, or choose another folder with --out, and "
            "run again.",
            folder=out,
            why=reason_of(error),
        )
        if lacks_room(error):
            what = spoken(
                "{what}, or choose another folder with --out, and run again.", what=words_for(out)
            )
        fail("\n".join([*said, f"{not_copied} {what}"]))
    finally:
        os.umask(_PRIVATE)


def _stop(*_: object) -> None:
    """Interrupts the command; where that is swallowed, as moto's clean-up does, it is noted."""
    told_to_stop.set()
    raise KeyboardInterrupt
