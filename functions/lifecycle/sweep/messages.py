"""Messages with failures that nobody was notified of, because the end of one of their runs never came."""

from functions import clock
from functions.limits import END_REPEATED_FOR
from functions.notifications.message_failures import MessageFailures
from functions.notifications.sweep_notice import Thing
from functions.runs.run_table import Item, run_table

FIELDS = ("failures", "since", "told", "run")
"""What tells whether a message has to be looked at."""


def is_suspect(item: Item) -> bool:
    """Whether people have to be notified of what is there.

    No end comes any more by then, but that of a run that takes longer: it has a notification of its own.
    """
    is_old = clock.now() > item["since"] + END_REPEATED_FOR
    return bool(item["failures"] and "notice" not in item["told"] and is_old)


def tell(key: str) -> list[Thing]:
    """Tell of the failures that are there."""
    table = run_table()
    item = table.load(key)
    if item is None or not is_suspect(item):
        return []
    failures = MessageFailures(table, item)
    if not failures.tell():
        return []
    told, missing = len(failures.failed), failures.missing
    what = f"{told} failure(s) of one message had been told to nobody: the ends of {missing} run(s) of it are missing"
    return [Thing(item["run"], key.split("/")[1], what, "told now")]
