"""The slot of a run under the definition of an earlier release, which takes it at login and waits for it by pauses.

Such a run has a place in the queue like all others. A slot that is given to it is kept until it asks again.
"""

from dataclasses import replace

from functions import clock
from functions.errors import ServerBusy
from functions.lifecycle.hand_over import free_slots_of_ended
from functions.runs.model import Run
from functions.runs.queue import free_slots, in_the_way
from functions.runs.queue_moves import joined
from functions.runs.slots import check_datamart_free, take_slot, ticket_of
from functions.runs.store.queues import Changed, join_queue, load_queue
from functions.runs.store.table import RunTable
from functions.runs.store.tickets import Waiter, set_waiter
from functions.runs.waiting import place_in_words


def take_or_wait(table: RunTable, run: Run) -> None:
    """Take a slot, or leave a ticket without a token.

    Raises ServerBusy where there is no slot, and RunInProgress where a run of the same datamart has one.
    """
    if run.max_concurrent_runs == 0:
        return
    known = load_queue(table, run.connection)
    most = run.max_concurrent_runs if known is None else known.most  # the connection's may have changed since its start
    ticket = replace(ticket_of(run, first=True), until=run.deadline)
    taken, queue = take_slot(table, run, run.number, ticket, most)
    if taken:
        return
    queue = free_slots_of_ended(table, run.connection, queue)
    now = clock.now()
    if free_slots(queue, now) and in_the_way(queue, ticket, now) is None:
        taken, queue = take_slot(table, run, run.number, ticket, most)
        if taken:
            return
    if ticket.conflict is not None:
        check_datamart_free(table, run, queue)
    ticket = joined(queue, ticket, most).tickets[ticket.id]  # with the arrival of one that it has left before
    set_waiter(table, ticket.id, Waiter(run.arn, run.connection), ticket.until)
    try:
        queue = join_queue(table, run.connection, ticket, run.arn)
    except Changed:
        if take_slot(table, run, run.number, ticket, most).is_taken:  # it was handed one meanwhile
            return
    check_datamart_free(table, run, queue)
    raise ServerBusy(f"there is no slot: the run has a place in {place_in_words(run, queue, ticket)}")
