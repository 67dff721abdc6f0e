"""Values of the run table's items that a test writes itself, by the names under which they are stored."""

from typing import Any

from functions.runs.store.record import RunRecord


def put_in_attempt(run: RunRecord, **stored: Any) -> None:
    """Write values into the attempt, whatever is known of it."""
    run.write(put=run.paths(stored))


def remove_from_attempt(run: RunRecord, *names: str) -> None:
    """Remove values from the attempt."""
    run.write(remove=tuple(map(run.path, names)))


def put_in_run(run: RunRecord, **stored: Any) -> None:
    """Write values into the run's item."""
    run.write(put=stored)
