"""What a run has open on the server, by its item in the run table: sessions, instances, jobs. Never a token."""

from typing import Any

from functions.runs.concurrency import may_go_on
from functions.runs.job_state import MAY_BE_RUNNING, Job, loaded

Item = dict[str, Any]


def left_on_server(item: Item | None) -> list[str]:
    """What is open now, each in a few words; a login that is under way may have opened a session nobody knows yet."""
    return [line for attempt in (item or {}).get("attempts", {}).values() for line in _left_by(attempt)]


def _left_by(attempt: Item) -> list[str]:
    found, job = [], attempt.get("jobId")
    if "session" in attempt:
        found.append(f"a session at {attempt.get('baseUrl', 'the server')}")
        if "instanceId" in attempt and not attempt.get("instanceDeleted"):
            found.append(f"instance {attempt['instanceId']}")
        if job and attempt["job"] in MAY_BE_RUNNING and not attempt.get("jobEnded"):
            found.append(f"job {job}")
    elif "loggingInAt" in attempt:
        found.append("perhaps a session, because a login was under way")
    if "session" not in attempt and may_go_on(attempt):
        found.append(f"perhaps job {job}, which may still be running" if job else "perhaps a job whose id is not known")
    return found


def end_of_stopped(item: Item | None, by: str) -> str:
    """The cause of a run that a signal stopped: whether its table was loaded, and whether the server is clean."""
    attempts = (item or {}).get("attempts", {}).values()
    said = loaded([Job(attempt["job"]) if "job" in attempt else None for attempt in attempts])
    left = left_on_server(item)
    clean = f"Left on the server: {'; '.join(left)}." if left else "Nothing is left on the server."
    return f"Loaded: {said}. Stopped by {by}. {clean}"
