"""What has repeated an earlier run or batch since: one that loaded nothing may have been loaded by its repetition."""

from collections.abc import Iterator
from itertools import islice

from functions.requests.event_shapes import without_added
from functions.requests.named_jobs import named_in
from functions.requests.started import started_in
from functions.runs.executions import input_in
from functions.runs.history import HistoryRecord
from local.cli.earlier import Earlier
from local.history.history import History, Selection
from local.report.events import seconds_of

MOST_RECORDS = 5_000
"""Records of the same job, batch or datamart that are looked at: the newest."""

MOST_STEPS_BACK = 50
"""Repetitions of repetitions that are followed back to the first run."""


def loaded_by_repeat(earlier: Earlier, history: History) -> HistoryRecord | None:
    """The newest later run of the same request that has loaded, may have, or still runs; None where there is none.

    Runs of the same request are those that ``rerunOf`` and ``restartOf`` join, in rows of any length. One that started
    before ``earlier`` does not count: ``earlier`` was started although it was known. Of a batch it is a restart that
    has loaded more items, or may have.
    """
    first, begun = _first(earlier, history), _begun(earlier)
    records = _records(earlier, history, begun if first is None else min(begun, seconds_of(first.started_at)))
    same = {earlier.id, earlier.id if first is None else first.id}
    while more := {each.id for each in records if each.rerun_of in same or each.restart_of in same} - same:
        same |= more
    return next(
        (
            each
            for each in records
            if each.id in same
            and each.execution != earlier.execution
            and seconds_of(each.started_at) >= begun
            and _may_have_loaded(each, earlier)
        ),
        None,
    )


def records_since(earlier: Earlier, history: History) -> list[HistoryRecord]:
    """The records of its job or datamart since it began, newest first."""
    return _records(earlier, history, _begun(earlier))


def said_of(repeat: HistoryRecord, earlier: Earlier) -> str:
    """That another run has repeated it, as a clause."""
    if repeat.status == "RUNNING":
        return f"{repeat.id} runs {earlier.id} once more and has not ended, so that it may load"
    known = "may have loaded (nobody knows)" if repeat.loaded == "unknown" else "has loaded"
    return f"{repeat.id} has run {earlier.id} once more and {known}"


def _may_have_loaded(record: HistoryRecord, earlier: Earlier) -> bool:
    if record.status == "RUNNING" or record.kind == "run":
        return record.loaded != "no"
    return _loaded_items(record) > (0 if earlier.record is None else _loaded_items(earlier.record))


def _loaded_items(batch: HistoryRecord) -> int:
    """How many items are loaded or may be."""
    counts = batch.counts or {}
    return counts.get("loaded", 0) + counts.get("unknown", 0)


def _begun(earlier: Earlier) -> float:
    """When it began, in seconds since the epoch: Step Functions and the functions have clocks of their own."""
    known = [earlier.described["startDate"], *([earlier.record.started_at] if earlier.record else [])]
    return min(map(seconds_of, known))


def _first(earlier: Earlier, history: History) -> HistoryRecord | None:
    """The run that it repeats in the end; None where it repeats none that is known."""
    first, before = None, started_in(input_in(earlier.described), earlier.execution).rerun_of
    for _ in range(MOST_STEPS_BACK):
        if before is None or (record := history.find(before)) is None:
            break
        first, before = record, record.rerun_of
    return first


def _records(earlier: Earlier, history: History, since: float) -> list[HistoryRecord]:
    """The records of its job, batch or datamart from then on, newest first."""
    found = {
        record.execution: record
        for selection in _selections(earlier, since)
        for record in islice(history.records(selection), MOST_RECORDS)
    }
    return sorted(found.values(), key=lambda each: seconds_of(each.started_at), reverse=True)


def _selections(earlier: Earlier, since: float) -> Iterator[Selection]:
    """What finds its repetitions: the job or batch, or each name that the datamart has."""
    given, record = without_added(input_in(earlier.described)), earlier.record
    if earlier.is_batch:
        yield Selection(batch=named_in(given, "batch")[0], since=since)
        yield Selection(status=("running",), since=since)  # the input of a restart does not name the batch
        return
    job = named_in(given)[0]
    if job is not None:
        yield Selection(job=job, since=since)
        return
    asked = given.get("datamart") if isinstance(given, dict) else None
    names = [asked.get("name")] if isinstance(asked, dict) else [asked]
    known = [] if record is None else [record.datamart, record.datamart_id]
    for name in dict.fromkeys(each for each in [*names, *known] if isinstance(each, str)):
        yield Selection(datamart=name, since=since)
