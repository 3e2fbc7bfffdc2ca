"""Loading of what takes long to load."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Lets the garbage collector rest while many objects are made that stay.

    It would look through all of them each time that there are some hundred more, which takes as
    long as to make them.
    """
    was_at_work = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_at_work:
            gc.enable()


@contextmanager
def loading() -> Iterator[None]:
    """The same for modules, which stay for ever: the collector does not look at them later."""
    with uncollected():
        try:
            yield
        finally:
            gc.freeze()
