"""What the collector of garbage need not look at.

The libraries make half a million objects that stay until the end. While they are loaded the
collector looks at all of them again and again, and once more at the end, when nobody needs the
memory; AutoGluon has it look before it loads a model, and after it has trained one. So a program
switches it off before it loads anything, and calls :func:`collect_from_now_on` once it has.
"""

import gc


def collect_from_now_on() -> None:
    """Switches the collector on, for what is not there yet."""
    gc.freeze()
    gc.enable()
