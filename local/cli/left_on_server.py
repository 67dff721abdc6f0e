"""Lists what a run has left open on the server, from the run table: sessions, instances, jobs. Never a token."""

from collections.abc import Iterable
from typing import Any

from functions.runs.attempt import Attempt
from functions.runs.job_state import MAY_BE_RUNNING, may_go_on
from functions.runs.model import Run


def left_on_server(run: Run | None) -> list[str]:
    """Everything that is open now, in a few words each; a login under way may have opened a session already."""
    return [line for attempt in run.attempts.values() for line in _left_by(attempt)] if run else []


def _left_by(attempt: Attempt) -> list[str]:
    found, job = [], attempt.job_id
    if attempt.session is not None:
        found.append(f"a session at {attempt.base_url or 'the server'}")
        if attempt.instance_id is not None and not attempt.instance_deleted:
            found.append(f"instance {attempt.instance_id}")
        if job and attempt.job_state in MAY_BE_RUNNING and not attempt.job_ended:
            found.append(f"job {job}")
    elif attempt.login_began_at is not None:
        found.append("perhaps a session, because a login was under way")
    if attempt.session is None and may_go_on(attempt):
        found.append(f"perhaps job {job}, which may still be running" if job else "perhaps a job whose id is not known")
    return found


def end_of_stopped(run: Run | None, by: str) -> str:
    """The cause of a run that a signal stopped: whether its table was loaded, and whether the server is clean."""
    said = run.loaded if run else "no"
    return f"Loaded: {said}. Stopped by {by}. {_left_in_words(left_on_server(run))}"


def end_of_stopped_batch(report: dict[str, Any] | None, runs: Iterable[Run | None], by: str) -> str:
    """The same of a batch, by its report; None where it had not begun."""
    counts = report["counts"] if report else {}
    said = f"{counts.get('loaded', 0)} of {counts['items']} items" if counts else "no"
    if unknown := sum(line["loaded"] == "unknown" for line in (report or {}).get("items") or []):
        said += f", and perhaps {unknown} more"
    return f"Loaded: {said}. Stopped by {by}. {_left_in_words([line for run in runs for line in left_on_server(run)])}"


def _left_in_words(left: list[str]) -> str:
    return f"Left on the server: {'; '.join(left)}." if left else "Nothing is left on the server."
