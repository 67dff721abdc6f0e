"""Let a run wait in the queue of its connection: its execution waits for a token that comes with a slot."""

from datetime import datetime

from functions import clock
from functions.errors import RunAlreadyEnded, RunTimedOut, ServerBusy
from functions.handlers._decorators import pause_step
from functions.lifecycle.hand_over import look_after, serve
from functions.lifecycle.step import Step, StepResult
from functions.limits import FIRST_IN_QUEUE_SECONDS
from functions.runs.connection_limits import most_at_once
from functions.runs.executions import end_wait, fail_wait
from functions.runs.queue import has_expired
from functions.runs.slots import holder_of, taken_under_another_name, ticket_of
from functions.runs.store.queues import Changed, join_queue
from functions.runs.store.runs import begin_queueing
from functions.runs.store.table import run_table
from functions.runs.store.tickets import Waiter, set_waiter
from functions.runs.waiting import InQueue, in_queue, place_as_json, place_in_words, waits_wrongly


@pause_step
def handler(step: Step) -> StepResult:
    """Leave a ticket with the ``token``; ``seconds`` is how long the state waits for it.

    A run that waits for ten minutes at most looks after the queue, too. The run may get its slot
    before this function has ended. Where ``seconds`` are not what a pause asks for, the state is entered anew.

    Raises RunTimedOut when its ``queueMinutes`` are used up, ServerBusy when the queue is full, RunAlreadyEnded.

    A repeated invocation brings a new token, and keeps the run's place. ``entered`` and ``retry`` tell which is newer.
    """
    run, table, token = step.run, run_table(), step.event["token"]
    if run.ended:
        raise RunAlreadyEnded("this run is closed; start a new one.")
    begin_queueing(run)
    is_first = step.event["seconds"] <= FIRST_IN_QUEUE_SECONDS
    ticket = ticket_of(run, first=is_first, behind=taken_under_another_name(table, run))
    entered = datetime.fromisoformat(step.event["entered"]).timestamp()
    waiter = Waiter(run.arn, run.connection, token, entered, step.event["retry"])
    if not set_waiter(table, ticket.id, waiter, ticket.until):
        return {}
    try:
        queue = join_queue(table, run.connection, ticket, run.arn, most_at_once(run.connection))
    except Changed as found:
        if found.queue is None or holder_of(found.queue, run.arn) is not None:  # a slot, while it came back
            end_wait(token)
            return {}
        queue = found.queue
    if has_expired(queue, ticket, clock.now()):
        raise RunTimedOut(
            f"the run waited in the queue for its queueMinutes ({run.queue_minutes}), in "
            f"{place_in_words(run, queue, ticket)}; start it at a quieter time, or raise queueMinutes"
        )
    if ticket.id not in queue.tickets:
        raise ServerBusy(f"{len(queue.tickets)} runs wait in {place_in_words(run, queue, ticket)}")
    queue = (look_after if is_first else serve)(table, run.connection, queue)
    mine = queue.tickets.get(ticket.id)
    step.facts |= {} if mine is None else {"queue": place_as_json(queue, mine)}
    if mine is not None and mine.told is None and waits_wrongly(queue, mine, step.event["seconds"], clock.now()):
        fail_wait(token, InQueue.__name__, str(in_queue(run, queue, mine)))
    return {}
