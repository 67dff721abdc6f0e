"""From an answer about a job to what is known of it and what the state machine does next."""

from typing import Any

from functions import clock
from functions.errors import ERRORS, DatamartFailed, JobCancelled, LibraryError, NamedError, PromptAnswerRejected
from functions.lifecycle.step import Step, StepResult
from functions.microstrategy import Execution
from functions.microstrategy.codes import BEFORE_SQL, CANCELLED_CODES, ENDED_IN_SQL
from functions.microstrategy.status import classify, name_of
from functions.requests.validation import nearest
from functions.runs.answered import state_at_prompts
from functions.runs.job_state import FAILED, Job
from functions.runs.job_transitions import learn_job
from functions.runs.polling import wait_seconds
from functions.runs.run import Run
from functions.telemetry import logger

REACHED_SQL = frozenset({6, 7, 17, 19, 24, 26})
"""Statuses at or behind the warehouse (API.md 6): from then on the target table may have been touched."""

SEEN_SECONDS = 15
"""How recent the last look must be for "never seen at SQL" to mean anything: status 6 may come and go unseen."""

OVER = FAILED | {Job.LOADED}


def progress(step: Step, execution: Execution, asked_at: float) -> StepResult:
    """Record what the status says and return ``phase`` (succeeded, prompts, running, queued, unknown) for the machine.

    ``waitSeconds`` says how long to wait before the next look; ``result`` is the run's output once it succeeded.
    ``asked_at`` is when the server was asked (seconds since the epoch).

    Raises
    ------
    DatamartFailed, JobCancelled
        The job ended without a result (status 3 or 18).
    PromptAnswerRejected
        It succeeded, and the request answers a prompt that was never open.
    """
    run = step.run
    phase = classify(execution.status)
    if phase == "failed":
        raise fail(run, _failure(execution))
    state = {"succeeded": Job.LOADED, "prompts": state_at_prompts(run, asked_at)}.get(phase, Job.ACCEPTED)
    facts: dict[str, Any] = {"lookedAt": clock.now()}
    if execution.status in REACHED_SQL:
        facts["reachedSql"] = True
    if execution.instance_id and execution.instance_id != run.execution_instance_id:
        logger.info("the server goes on under another instance id", extra={"instanceId": execution.instance_id})
        facts["executionInstanceId"] = execution.instance_id
    if phase == "unknown" and execution.status is not None:
        facts |= _unknown_status(run, execution.status)
    if not learn_job(run, state, {"finishedAt": clock.now()} if phase == "succeeded" else None, **facts):
        logger.info("more is known of the job by now than this look saw", extra={"phase": phase, "job": run.job})
        return {"phase": "unknown", "waitSeconds": 1 if run.job in OVER else next_wait(run)}
    if phase == "succeeded":
        _check_answers(run)
        return {"phase": phase, "waitSeconds": 1, "result": run.output()}
    return {"phase": phase, "waitSeconds": next_wait(run, execution.retry_after)}


def _check_answers(run: Run) -> None:
    """An answer for which no prompt was ever opened is an error, now that none can be opened any more (API.md 7.3).

    Raises PromptAnswerRejected.
    """
    if not run.idle_answers:
        return
    asked = [prompt["name"] for prompt in run.attempt.get("prompts", [])]
    each = [f'"{name}"{nearest(name, asked)}' for name in run.idle_answers[:20]]
    there = f"it asked {', '.join(asked[:20])}" if asked else "it asked nothing"
    raise PromptAnswerRejected(f"the request answers {', '.join(each)}, which the datamart never asked; {there}")


def next_wait(run: Run, retry_after: float | None = None) -> int:
    """Whole seconds until the next look at the job."""
    elapsed = clock.now() - run.attempt.get("postedAt", clock.now())
    return wait_seconds(elapsed, retry_after, run.seconds_left())


def fail(run: Run, error: LibraryError) -> LibraryError:
    """Record that the job failed, and why, so that a repeated look tells the same; returns ``error``."""
    failure = {"kind": error.name, "text": str(error)}
    learn_job(run, _failed_job(run, error.i_server_code), failure=failure)
    return error


def told_failure(run: Run) -> NamedError:
    """The failure that :func:`fail` recorded."""
    failure = run.attempt["failure"]
    return ERRORS[failure["kind"]](failure["text"])


def _failed_job(run: Run, code: int | None) -> Job:
    """What a failed job says about the table: one that never reached SQL, with no SQL of its own, wrote nothing."""
    if code in BEFORE_SQL:
        return Job.FAILED_BEFORE_SQL
    last_look = run.attempt.get("lookedAt") or run.attempt.get("postedAt", 0)
    seen = not run.attempt.get("reachedSql") and clock.now() - last_look <= SEEN_SECONDS
    clean = not run.item.get("definition", {}).get("runsExtraSql", True)
    return Job.FAILED_BEFORE_SQL if seen and clean and code not in ENDED_IN_SQL else Job.FAILED


def _unknown_status(run: Run, status: int) -> dict[str, Any]:
    seen: list[int] = run.attempt.get("unknownStatuses", [])
    if status in seen:
        return {}
    logger.warning("a status that is in no documentation: polling goes on", extra={"status": status})
    return {"unknownStatuses": [*seen, status]}


def _failure(execution: Execution) -> LibraryError:
    kind = JobCancelled if execution.i_server_code in CANCELLED_CODES else DatamartFailed
    ended = f"the job ended with status {execution.status} ({name_of(execution.status)})"
    return kind(
        f"{ended}: {execution.message}" if execution.message else ended,
        step="get_execution",
        http_status=execution.http_status,
        code=execution.code,
        i_server_code=execution.i_server_code,
        ticket_id=execution.ticket_id,
    )
