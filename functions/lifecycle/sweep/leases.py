"""Leases of datamarts and slots of connections whose owner's execution has ended."""

from collections.abc import Callable

from functions import clock
from functions.lifecycle.sweep.has_ended import Describe, is_over
from functions.notifications.sweep_notice import Thing
from functions.runs.concurrency import job_in_doubt, left_by, session_in_doubt
from functions.runs.leases import Doubt, command_to_free, held_in, mark, remove
from functions.runs.run_table import Item, run_table

FIELDS = ("owner",)
"""What tells a lease that is held."""

KINDS: dict[str, tuple[str, Callable[[Item], Doubt | None], str]] = {
    "lease": (
        "its datamart was kept from other runs",
        job_in_doubt,
        "its job may still write the table, until {until} at the latest. When you know that the job has ended, let "
        "other runs go on with: {command}",
    ),
    "slot": (
        "its place of the connection was kept from other runs",
        session_in_doubt,
        "its session may still be open, until {until} at the latest; then the place is free by itself",
    ),
}
"""By how a key begins: what it is, what may speak for keeping it, and what to say then."""


def free(key: str, owner: str, describe: Describe) -> list[Thing]:
    """Free what an execution that has ended holds, unless something that it left could meet another run."""
    table = run_table()
    item = table.load(owner) or {}
    described = describe(owner)
    if described is not None and not is_over(described, item):
        return []
    held = held_in(table, key)
    if held is None or held.owner != owner:
        return []  # freed with its run, or somebody else's by now
    what, doubt_of, why = KINDS[key.partition("/")[0]]
    name = item.get("datamart", {}).get("name") or item.get("job") or "unknown"
    doubt = held.uncertain or left_by(table, doubt_of, owner)
    if doubt is None or doubt["until"] <= clock.now():
        return [Thing(owner, name, what, "free now")] if remove(table, held) else []
    mark(table, held, doubt)
    now = why.format(until=clock.timestamp(doubt["until"]), command=command_to_free(key, owner))
    return [Thing(owner, name, what, now, left=True)]
