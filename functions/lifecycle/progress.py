"""From an answer about a job to what is known of it and what the state machine does next."""

import os

from functions import clock
from functions.errors import ERRORS, DatamartFailed, JobCancelled, LibraryError, NamedError, PromptAnswerRejected
from functions.lifecycle.learning import record_run_duration
from functions.lifecycle.step import Step, StepResult
from functions.microstrategy import Execution
from functions.microstrategy.codes import CANCELLED_CODES
from functions.microstrategy.status import classify, name_of
from functions.runs.job_state import SETTLED, JobState, state_at_prompts, state_of_failed
from functions.runs.model import Polling, Run
from functions.runs.output import output_at_load
from functions.runs.polling import LOOK_COST, seconds_until_next_look
from functions.runs.store.job_states import NO_IDS, JobIds, record_failure, record_look
from functions.runs.store.record import RunRecord
from functions.similar_names import nearest
from functions.telemetry import logger

REACHED_SQL = frozenset({6, 7, 17, 19, 24, 26})
"""Statuses at or behind the warehouse (API.md 6): from then on the target table may have been touched."""


def progress(
    step: Step, execution: Execution, asked_at: float, *, job_id: str | None = None, polls: int = 0
) -> StepResult:
    """Record in one write what the status says, and return what the state machine does next.

    ``phase`` is succeeded, prompts, running, queued or unknown, ``waitSeconds`` how long to wait before the next look,
    and ``result`` the run's output once it succeeded. ``asked_at`` is when the server was asked (seconds since the
    epoch), ``job_id`` the one that the response to the execution request names, ``polls`` how many looks at the status
    are counted.

    Raises
    ------
    DatamartFailed, JobCancelled
        The job ended without a result (status 3 or 18).
    PromptAnswerRejected
        It succeeded, and the request answers a prompt that was never open.
    """
    run = step.run
    phase = classify(execution.status)
    step.facts |= {"status": execution.status} | ({"jobId": job_id} if job_id else {})
    ids = JobIds(job_id, _new_instance(run, execution.instance_id))
    if phase == "failed":
        raise fail(run, _failure(execution), ids)
    states = {"succeeded": JobState.LOADED, "prompts": state_at_prompts(run.attempt, asked_at)}
    recorded = record_look(
        run,
        states.get(phase, JobState.ACCEPTED),
        ids,
        polls=polls,
        reached_sql=execution.status in REACHED_SQL,
        unknown_status=_new_status(run, execution.status) if phase == "unknown" else None,
        session=step.changed_session,
    )
    if not recorded:
        now = run.attempt.job_state
        known = {"phase": phase, "job": now}
        logger.info("ignored a stale status: the job's state was updated concurrently", extra=known)
        return {"phase": "unknown", "waitSeconds": 1 if now in SETTLED else next_wait(run)}
    if phase == "succeeded":
        record_run_duration(run)
        step.facts |= {"lateSeconds": run.late_seconds}
        return recorded_success(run)
    wait = 1 if phase == "prompts" else next_wait(run, execution.retry_after)
    return {"phase": phase, "waitSeconds": wait}


def _check_answers(run: Run) -> None:
    """An answer for which no prompt was ever opened is an error, now that none can be opened any more (API.md 7.3).

    Raises PromptAnswerRejected.
    """
    if not run.idle_answers:
        return
    asked = [prompt.name for prompt in run.attempt.prompts]
    each = [f'"{name}"{nearest(name, asked)}' for name in run.idle_answers[:20]]
    there = f"it asked {', '.join(asked[:20])}" if asked else "it asked nothing"
    raise PromptAnswerRejected(f"the request answers {', '.join(each)}, which the datamart never asked; {there}")


def next_wait(run: Run, retry_after: float | None = None) -> int:
    """Whole seconds until the next look at the job.

    What earlier runs took counts only once the job is known to run and to have the answers that it asked for then: it
    waits for nobody's look any more.
    """
    now, polling, attempt = clock.now(), run.polling or Polling(), run.attempt
    began = attempt.on_its_own_since
    on_its_own = attempt.job_state is not JobState.POSTING and len(attempt.prompts) >= polling.prompts
    return seconds_until_next_look(
        0 if began is None else now - began,
        run.polls,
        polling.durations if on_its_own else (),
        retry_after=retry_after,
        remaining=run.seconds_left(),
        longest=polling.longest_wait,
        look_cost=float(os.environ.get("LOOK_COST", LOOK_COST)),
    )


def fail(run: RunRecord, error: LibraryError, ids: JobIds = NO_IDS) -> LibraryError:
    """Record that the job failed, and why, so that a repeated look tells the same; returns ``error``."""
    runs_extra_sql = run.definition is None or run.definition.runs_extra_sql
    record_failure(run, state_of_failed(run.attempt, error.i_server_code, runs_extra_sql), error, ids)
    return error


def recorded_success(run: Run) -> StepResult:
    """The progress of a job that is known to have loaded its table. Raises PromptAnswerRejected as :func:`progress`."""
    if not run.is_loaded_before:
        _check_answers(run)
    return {"phase": "succeeded", "waitSeconds": 1, "result": output_at_load(run)}


def recorded_failure(run: Run) -> NamedError:
    """The failure that :func:`fail` recorded."""
    failure = run.attempt.failure
    if failure is None:
        raise ValueError("the job did not fail")
    return ERRORS[failure.kind](failure.text)


def _new_instance(run: Run, instance_id: str | None) -> str | None:
    """The id that the server goes on under, where it is another one."""
    if not instance_id or instance_id == run.execution_instance_id:
        return None
    logger.info("the server goes on under another instance id", extra={"instanceId": instance_id})
    return instance_id


def _new_status(run: Run, status: int | None) -> int | None:
    """A status that is in no documentation, where it is seen for the first time."""
    if status is None or status in run.attempt.unknown_statuses:
        return None
    logger.warning("a status that is in no documentation: polling goes on", extra={"status": status})
    return status


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
