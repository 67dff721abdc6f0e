"""An execution that has ended, as the emulator shows it to the history of this computer."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from functions.runs.history import HistoryRecord


class Ended(NamedTuple):
    """An execution that has ended, after its end was delivered.

    Parameters
    ----------
    described
        What DescribeExecution answers.
    events
        The events of its history, as GetExecutionHistory returns them.
    record
        What the history keeps of it; None where its end could not be processed.
    log
        The file with the log of all functions so far, a line of JSON each; ``correlation_id`` is the execution's ARN.
    items
        Of a batch that began: a line for each item, as in its output, which a failed one does not have.
    after
        Of a batch that began: the items that each item names, of those that name some.
    """

    described: dict[str, Any]
    events: list[dict[str, Any]]
    record: HistoryRecord | None
    log: Path
    items: Sequence[dict[str, Any]] = ()
    after: Mapping[str, Sequence[str]] = MappingProxyType({})


AtTheEnd = Callable[[Ended], None]
