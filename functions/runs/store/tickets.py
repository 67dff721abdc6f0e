"""The ticket of a run that waits in a queue: the task token that its execution waits for, and nowhere else.

``ticket/<id of the run>``::

    executionArn: the key, owner: the execution's ARN, connection, token, entered, retry, expiresAt (TTL)

``entered`` and ``retry`` order the tokens of a run: when its waiting state was entered, and how often retried since.
A run under the definition of an earlier release waits without a token: it asks again by itself.
"""

from contextlib import suppress
from dataclasses import dataclass, field

from functions import clock
from functions.runs.store.table import ConditionFailed, RunTable

TICKET = "ticket"
"""How the keys begin."""

SECONDS_KEPT = 4 * 86_400
"""For which an item outlives the time that its run may wait, pauses of the queue not counted: three days at most."""


@dataclass(frozen=True)
class Waiter:
    """A run that waits. Its token lets anybody end the wait.

    ``entered`` (seconds since the epoch) and ``retry`` say which invocation of the waiting state the token is of.
    """

    owner: str
    connection: str | None
    token: str | None = field(default=None, repr=False)
    entered: float = 0
    retry: int = 0


def ticket_key(run_id: str) -> str:
    """Key of a run's ticket."""
    return f"{TICKET}/{run_id}"


def set_waiter(table: RunTable, run_id: str, waiter: Waiter, until: float) -> bool:
    """Keep how to reach the run; the token of an earlier wait is replaced.

    Returns False where a later invocation was faster: a function that was held up brings a token that is gone.
    """
    token = {} if waiter.token is None else {"token": waiter.token}
    order = {"entered": waiter.entered, "retry": waiter.retry}
    try:
        table.change(
            ticket_key(run_id),
            condition="attribute_not_exists({owner}) OR ({owner} = :owner AND ({entered} < :entered OR "
            "({entered} = :entered AND {retry} <= :retry)))",
            condition_values={"owner": waiter.owner} | order,
            put={"owner": waiter.owner, "connection": waiter.connection, "expiresAt": int(until) + SECONDS_KEPT}
            | token
            | order,
            remove=() if token else ("token",),
        )
    except ConditionFailed as refused:
        if refused.item is None or refused.item["owner"] != waiter.owner:
            raise
        return False
    return True


def find_waiter(table: RunTable, run_id: str) -> Waiter | None:
    """How to reach the run; None where nothing is known of it any more."""
    item = table.load(ticket_key(run_id))
    if not item or "owner" not in item:
        return None
    return Waiter(item["owner"], item["connection"], item.get("token"), item["entered"], item["retry"])


def clear_waiter(table: RunTable, run_id: str) -> None:
    """Remove the token of a run that has ended, and all else that leads to it; the key expires (TTL)."""
    with suppress(ConditionFailed):
        table.change(
            ticket_key(run_id),
            condition="attribute_exists({owner})",
            put={"expiresAt": int(clock.now())},
            remove=("owner", "connection", "token"),
        )
