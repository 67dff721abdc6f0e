"""Lets the collector of garbage search less while the emulator runs: each full search goes through all of moto.

Without it a seventh of the CPU of 200 runs at once goes into such searches.
"""

import contextlib
import gc
from collections.abc import Iterator

OBJECTS_BETWEEN_SEARCHES = 20_000
"""Python's own default is 700."""


@contextlib.contextmanager
def searched_less() -> Iterator[None]:
    """Until the end of the block what is there now is not searched, and what comes less often.

    Where objects are excepted already, or the interval is longer, that stays.
    """
    first, *others = gc.get_threshold()
    excepts = gc.get_freeze_count() == 0
    gc.set_threshold(max(first, OBJECTS_BETWEEN_SEARCHES) if first else 0, *others)
    if excepts:
        gc.freeze()
    try:
        yield
    finally:
        gc.set_threshold(first, *others)
        if excepts:
            gc.unfreeze()
