"""Loading of what takes long to load."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Lets the garbage collector rest for as long as a command loads what it needs, and spare that
    later.

    Modules are many objects that stay. The collector looks through all of them again each time
    that there are some hundred more, which took as long as to load them.
    """
    was_at_work = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_at_work:
            gc.enable()
