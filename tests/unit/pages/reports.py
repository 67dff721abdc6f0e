"""Reports and histories for tests of pages: a night of 300 items, and a month of jobs."""

from datetime import UTC, datetime
from typing import Any

from functions import clock
from functions.runs.batches.forecast import schedule
from functions.runs.batches.order import Plan
from functions.runs.history import HistoryRecord
from local.report.assemble import assembled
from local.report.report import RunReport
from tests.unit.report.executions import BEGIN, Execution, nightly, record

CAUSE = (
    'Loaded: no. Datamart "{0}": (QueryEngine encountered error: Execute Query failed. Error type: Odbc error. Odbc '
    "operation attempted: SQLExecDirect. [HY000:1 on SQLHANDLE] table or view does not exist)."
)


def run_report(**changes: Any) -> RunReport:
    """A run that waits in the queue, answers a prompt and loads."""
    known: dict[str, Any] = {
        "datamart": "City",
        "job": "city-nightly",
        "table": "DM_CITY",
        "append": False,
        "duration_seconds": 245.0,
        "queue_seconds": 90.0,
        "job_seconds": 200.0,
        "usual_seconds": 180.0,
        "finished_at": "2026-11-20T05:06:00.000Z",
    }
    return assembled(record(**(known | changes)), nightly().kept())


def batch_report(after: list[list[int]], slots: int = 3, failed: tuple[int, ...] = ()) -> RunReport:
    """A batch of items, each of a minute more than the one before it, whose ``failed`` ones were not loaded."""
    seconds = [60.0 * (1 + number % 20) for number in range(len(after))]
    names = [f"item {number} of the night" for number in range(len(after))]
    times = schedule(Plan(tuple(map(tuple, after)), tuple(seconds)), slots)
    items = [
        record(
            id=f"item-{number}-{number:032x}",
            item=name,
            batch="nightly",
            batch_run="nightly-1",
            connection="default",
            started_at=clock.timestamp(BEGIN + times.starts[number]),
            finished_at=clock.timestamp(BEGIN + times.ends[number]),
            duration_seconds=seconds[number],
            job_seconds=seconds[number],
            usual_seconds=60.0 * 10,
            **(_failure(name) if number in failed else {}),
        )
        for number, name in enumerate(names)
    ]
    whole = record(
        id="nightly-1",
        kind="batch",
        batch="nightly",
        finished_at=clock.timestamp(BEGIN + times.makespan),
        duration_seconds=times.makespan,
        counts={"items": len(names), "loaded": len(names) - len(failed)},
        **(_failure("nightly") | {"error": "BatchIncomplete"} if failed else {}),
    )
    named = {names[number]: [names[each] for each in earlier] for number, earlier in enumerate(after) if earlier}
    return assembled(whole, Execution().kept()._replace(after=named), items)


def night_of_300() -> RunReport:
    """A batch of 300 items on eight slots, each after two others, and a third of them failed."""
    after = [sorted({number * 7 // 9, number // 2} - {number}) for number in range(300)]
    return batch_report(after, slots=8, failed=tuple(range(0, 300, 3)))


def month(jobs: int = 10) -> list[HistoryRecord]:
    """A record a job and night, with every kind of outcome."""
    begin = datetime(2026, 10, 29, 2, tzinfo=UTC).timestamp()
    return [_night(job, night, begin + 86_400 * night + 600 * job) for night in range(30) for job in range(jobs)]


def _night(job: int, night: int, at: float) -> HistoryRecord:
    seconds = 600.0 + 60 * ((job * 7 + night * 5) % 23)
    known: dict[str, Any] = {
        "id": f"load-{job}-{night:032x}",
        "job": f"load-{job}",
        "datamart": f"Load {job}",
        "trigger": "schedule",
        "started_by": f"load-{job}-1",
        "started_at": clock.timestamp(at),
        "finished_at": clock.timestamp(at + seconds),
        "duration_seconds": seconds,
        "job_seconds": seconds,
        "usual_seconds": 900.0,
    }
    odd: dict[int, dict[str, Any]] = {
        3: _failure(f"Load {job}"),
        11: {"status": "FAILED", "loaded": "unknown", "error": "OutcomeUnknown", "cause": "The server restarted."},
        17: {"skipped": True, "loaded": "no"},
        23: {"status": "FAILED", "error": "SaveFailed", "cause": "The definition was not saved."},
    }
    return record(**(known | odd.get((job * 3 + night) % 29, {})))


def _failure(name: str) -> dict[str, Any]:
    return {"status": "FAILED", "loaded": "no", "error": "DatamartFailed", "cause": CAUSE.format(name)}
