"""Says where in the queue of its connection a run waits: position, whom it waits for, and how long so far."""

from functions import clock
from functions.runs.queue import position
from functions.runs.queue_moves import joined
from functions.runs.slots import run_id, ticket_of
from functions.runs.store.queues import load_queue
from functions.runs.store.runs import find_run
from functions.runs.store.table import RunTable
from functions.runs.waiting import place_in_words


def queue_place(table: RunTable, execution_arn: str) -> str | None:
    """The place of an execution that is about to wait or waits; None once it has a slot."""
    run = find_run(table, execution_arn)
    queue = None if run is None else load_queue(table, run.connection)
    if run is None or queue is None or any(holder.owner == execution_arn for holder in queue.holders.values()):
        return None
    ticket = queue.tickets.get(run_id(execution_arn)) or ticket_of(run)
    asked = joined(queue, ticket, queue.most)  # its function may not have left the ticket yet
    if position(asked, ticket.id, clock.now()) is None:
        return None
    return place_in_words(run, asked, ticket)
