"""How long items took by the records of a history, in the form in which the run table keeps it for batches."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from functions.runs.batches.durations import Durations, KnownDurations, key_of_datamart, with_loads
from functions.runs.history import HistoryRecord


class Loads(NamedTuple):
    """Loads, oldest first, a key and its seconds each: of each named batch by item, and of all by what was loaded."""

    of_batches: dict[str, list[tuple[str, float]]]
    of_all: list[tuple[str, float]]

    def known_of(self, batch: str | None) -> KnownDurations:
        """What a named batch, or one without a name, knows of its items by them."""
        of_names: Durations = {} if batch is None else with_loads({}, self.of_batches.get(batch, ()))
        return KnownDurations(of_names, with_loads({}, self.of_all))


def loads_in(records: Iterable[HistoryRecord]) -> Loads:
    """The loads among the records, which come newest first."""
    found = Loads({}, [])
    for record in reversed(list(records)):
        if record.kind != "run" or record.loaded != "yes" or record.duration_seconds is None:
            continue
        found.of_all.extend((key, record.duration_seconds) for key in _keys(record))
        if record.item is not None and record.batch not in (None, record.batch_run):
            found.of_batches.setdefault(str(record.batch), []).append((record.item, record.duration_seconds))
    return found


def _keys(record: HistoryRecord) -> Iterator[str]:
    """What was loaded, as requests may call it: the record does not say by which of them it was."""
    if record.connection is None or record.project is None:
        return
    for called in {record.datamart, record.datamart_id} - {None}:
        yield key_of_datamart(record.connection, record.project, str(called))
