"""Guarded transitions of a job's state: a late or duplicate invocation cannot overwrite newer knowledge.

An invocation has seen the job as it was. What it saw is written only over a state that it may follow
(:data:`functions.runs.job_state.MAY_FOLLOW`): "lost" not over "loaded", nor "it waits for answers" over "it runs" when
it has been answered meanwhile. Where the state was updated concurrently nothing is kept, and False is returned.
"""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from functions import clock
from functions.errors import LibraryError, PromptAnswerRejected
from functions.microstrategy.status import COMPLETED
from functions.requests.prompt_answers import named_by
from functions.runs.job_state import ABOUT_A_REQUEST, MAY_FOLLOW, JobState
from functions.runs.store.item_format import Item
from functions.runs.store.record import RunRecord
from functions.runs.stored_session import StoredSession
from functions.text import one_line, shorten

LONGEST_RESPONSE = 500
"""Bytes that are kept of the response to an execution request: a busy server may refuse many of them in a run."""

LONGEST_REASON = 500
"""Bytes that are kept of why a job was not cancelled."""

LONGEST_NAME = 200
"""Characters of a prompt's name that are recorded."""

LARGEST_PROMPTS = 40_000
"""Bytes of the prompts that one attempt answers, as JSON."""


def record_job_state(
    run: RunRecord,
    state: JobState,
    facts: Item | None = None,
    of_the_run: Item | None = None,
    polls: int = 0,
    session: StoredSession | None = None,
) -> bool:
    """Record the state of the attempt's job, whether the attempt is open or closed.

    ``facts`` of the attempt and ``of_the_run`` are kept by the same write, by the names under which they are stored,
    and ``polls`` looks are counted by it. So is ``session``, unless the attempt's was ended meanwhile: a secret that
    was removed does not come back, and the state is recorded without it.
    """
    condition, values = _may_follow(run, state)
    if state in ABOUT_A_REQUEST:
        condition, values = f"{condition} AND {{{run.path('onceBy')}}} = :mine", values | {"mine": run.intent}
    if state is JobState.PROMPTING:
        unanswered, round_known = _same_round(run)
        condition, values = f"{condition} AND {unanswered}", values | round_known
    put = run.paths({"job": state.value} | (facts or {})) | (of_the_run or {})
    add = {"polls": polls} if polls else None
    if session is not None:
        path = run.path("session")
        there, with_it = f"({condition}) AND attribute_exists({{{path}}})", put | {path: session.to_json()}
        if run.write_if(there, values, put=with_it, add=add):
            return True
    return run.write_if(condition, values, put=put, add=add)


def _may_follow(run: RunRecord, state: JobState) -> tuple[str, Item]:
    values = {f"before{number}": earlier.value for number, earlier in enumerate(sorted(MAY_FOLLOW[state]))}
    return f"{{{run.path('job')}}} IN ({', '.join(f':{name}' for name in values)})", values


def _same_round(run: RunRecord) -> tuple[str, Item]:
    """The condition that nobody has begun to answer since this invocation did, or since it read the run."""
    path, known = f"{{{run.path('answeringRound')}}}", run.known_round
    return (f"attribute_not_exists({path})", {}) if known is None else (f"{path} = :round", {"round": known})


# -- the execution request ----------------------------------------------------------------------------------------


def begin_execution(run: RunRecord) -> bool:
    """Record the intent that comes before the POST to execute.

    Returns False when an intent of this attempt is there already: another invocation may have posted, and this one
    must only look. Raises RunAlreadyEnded if the attempt is closed.
    """
    state = run.path("job")
    limit = run.definition.max_execution_seconds if run.definition else None
    limits = {} if limit is None else {"maxExecutionSeconds": limit}
    return run.write_once(
        run.paths({"job": JobState.POSTING.value, "postedAt": clock.now()} | limits),
        f"attribute_not_exists({{{state}}}) OR {{{state}}} = :again",
        {"again": JobState.NOT_SENT.value},
    )


def record_not_executed(run: RunRecord, state: JobState, response: LibraryError) -> bool:
    """Record what follows from the response to this invocation's execution request, which was not accepted."""
    return record_job_state(run, state, {"orderAnswer": shorten(str(response), LONGEST_RESPONSE)})


# -- looks at the job ---------------------------------------------------------------------------------------------


class JobIds(NamedTuple):
    """The ids that a response gives a job: its own, and that of the instance that it goes on under; None: no new one.

    They are recorded whatever else is known of the job, to cancel it by.
    """

    job_id: str | None = None
    instance_id: str | None = None


NO_IDS = JobIds()


def record_look(
    run: RunRecord,
    state: JobState,
    ids: JobIds = NO_IDS,
    *,
    polls: int = 0,
    reached_sql: bool = False,
    unknown_status: int | None = None,
    session: StoredSession | None = None,
) -> bool:
    """Record in one write what a response says of the job: its state and ids, the time, and that of a result.

    ``polls`` is how many looks at the status are counted with it, ``unknown_status`` a status that no documentation
    has, ``session`` the attempt's with the cookies that the response changed, if it did.
    """
    facts: Item = {"lookedAt": clock.now()}
    if reached_sql:
        facts["reachedSql"] = True
    if unknown_status is not None:
        facts["unknownStatuses"] = [*run.attempt.unknown_statuses, unknown_status]
    before = {} if run.attempt.looked_at is None else {"ranUntil": run.attempt.looked_at}
    of_the_run = before | {"finishedAt": clock.now()} if state is JobState.LOADED else None
    return _recorded_with_ids(run, state, ids, facts, of_the_run, polls, session)


def record_failure(run: RunRecord, state: JobState, error: LibraryError, ids: JobIds = NO_IDS) -> bool:
    """Record that the job failed, and why, so that a repeated look reports the same."""
    return _recorded_with_ids(run, state, ids, {"failure": {"kind": type(error).__name__, "text": str(error)}})


def _recorded_with_ids(
    run: RunRecord,
    state: JobState,
    ids: JobIds,
    facts: Item,
    of_the_run: Item | None = None,
    polls: int = 0,
    session: StoredSession | None = None,
) -> bool:
    named = {"jobId": ids.job_id, "executionInstanceId": ids.instance_id}
    found = {name: value for name, value in named.items() if value}
    recorded = record_job_state(run, state, facts | found, of_the_run, polls, session)
    if not recorded and found:
        run.write(put=run.paths(found))
    return recorded


def record_loss(run: RunRecord) -> None:
    """The session or the instance is gone: nobody can ask any more for a job that may go on."""
    lost = {"lostAt": clock.now()}
    if run.attempt.job_state is None or not record_job_state(run, JobState.LOST, lost):
        run.write(put=run.paths(lost))


def record_job_ended(run: RunRecord, said: str) -> None:
    """Record that the job monitor, which says ``said`` of it, knows that the job has ended.

    Only of a job that completed it says how; everything else that is known of the table stays as it is (DESIGN.md
    "Losing the session or the instance").
    """
    if said == COMPLETED:
        record_job_state(run, JobState.LOADED, {"jobEnded": True}, {"finishedAt": clock.now()})
    else:
        run.write(put={run.path("jobEnded"): True})


def record_not_cancelled(run: RunRecord, why: str) -> None:
    """Record why the job could not be cancelled."""
    run.write(put={run.path("notCancelled"): shorten(why, LONGEST_REASON)})


# -- answers to its prompts ---------------------------------------------------------------------------------------


def record_standstill(run: RunRecord, round_number: int) -> None:
    """Record that the job waits for an answer that was never sent, unless the round was answered meanwhile.

    Raises RunAlreadyEnded if the attempt is closed.
    """
    put = {run.path("job"): JobState.PROMPTING.value}
    run.write_once(put, _round_not_begun(run), {"round": round_number})


def begin_answering(run: RunRecord, round_number: int, answers: Sequence[dict[str, Any]]) -> bool:
    """Record, before they are sent, which prompts are answered in a round; the job counts as running then.

    ``answers`` are those of the plan: ``{"name", "how", "given", "send"}``. Nothing is sure of them where earlier
    answers may have been, or were, taken already.

    Returns False when an earlier invocation began this round: it may have sent them. Raises RunAlreadyEnded if the
    attempt is closed, PromptAnswerRejected for more prompts than can be recorded.
    """
    attempt, addresses = run.attempt, {_address(answer) for answer in answers}
    doubtful = addresses & set(attempt.addresses_taken) or attempt.answers_pending or attempt.answers_in_doubt
    values = {
        "answeringRound": round_number,
        "answeringAt": clock.now(),
        "job": JobState.ACCEPTED.value,
        "prompts": _with_answers(run, answers, addresses),
        "answersPending": True,
        "answersInDoubt": bool(doubtful),
    }
    begun = run.write_once(run.paths(values), _round_not_begun(run), {"round": round_number})
    if begun:
        run.known_round = round_number
    return begun


def _with_answers(run: RunRecord, answers: Sequence[dict[str, Any]], addresses: set[str]) -> list[Item]:
    """The prompts that the attempt has answered then, as they are stored. Raises PromptAnswerRejected."""
    before = run.stored["attempts"].get(str(run.number), {}).get("prompts", [])
    prompts = [prompt for prompt in before if prompt["at"] not in addresses]
    prompts += [
        {"at": _address(answer), "type": answer["send"]["type"], "name": one_line(answer["name"], LONGEST_NAME)}
        | {"how": answer["how"], "given": answer["given"]}
        for answer in answers
    ]
    if (size := len(json.dumps(prompts, ensure_ascii=False).encode("utf-8", "replace"))) > LARGEST_PROMPTS:
        raise PromptAnswerRejected(
            f"the run has answered {len(prompts)} prompts, which takes {size} bytes to record; "
            f"{LARGEST_PROMPTS} are allowed"
        )
    return prompts


def _address(answer: dict[str, Any]) -> str:
    """Which prompt a planned answer is for: its key, id or name."""
    return named_by(answer["send"])[1]


def _round_not_begun(run: RunRecord) -> str:
    """The condition that no invocation has begun to answer in this round."""
    path = f"{{{run.path('answeringRound')}}}"
    return f"attribute_not_exists({path}) OR {path} < :round"


def record_answers_taken(run: RunRecord, answers: Sequence[dict[str, Any]]) -> bool:
    """Record that the server took the answers that this invocation has sent, unless a later round has begun."""
    taken = {*run.attempt.addresses_taken, *map(_address, answers)}
    facts = {
        **{"answerFailures": 0, "answersPending": False, "answersInDoubt": False, "answeredAt": clock.now()},
        **{"answersTaken": sorted(run.attempt.positions_sent), "keysTaken": sorted(taken)},
    }
    condition, values = _same_round(run)
    return run.write_if(condition, values, put=run.paths(facts))


def record_answers_refused(run: RunRecord) -> bool:
    """Record that the server took none of the answers: the job waits for others."""
    return record_job_state(run, JobState.PROMPTING)


def record_answers_not_sent(run: RunRecord) -> bool:
    """Record that no byte of the answers left: the job waits for them."""
    return record_job_state(run, JobState.PROMPTING, {"answersPending": False})


def count_answer_failure(run: RunRecord) -> int:
    """Count a call in a row that failed; how many there are now."""
    failures = run.attempt.answer_failures + 1
    run.write(put={run.path("answerFailures"): failures})
    return failures
