"""How many items of a batch may run at once: the slots of each connection, and ``maxConcurrency`` for the whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Places:
    """The places of a batch.

    Parameters
    ----------
    whole
        Items that may run at once.
    connections, slots
        As of :class:`functions.runs.batches.order.Plan`.
    """

    whole: int
    connections: tuple[int, ...] = ()
    slots: tuple[int, ...] = ()


def places_of(connections: Sequence[str], slots_of: Mapping[str, int], max_concurrency: int | None) -> Places:
    """The places of a batch.

    Parameters
    ----------
    connections
        The name of each item's connection.
    slots_of
        ``maxConcurrentRuns`` by connection: KeyError for one that is missing.
    max_concurrency
        As the batch says; None for as many as the connections have slots.
    """
    names = list(dict.fromkeys(connections))
    slots = tuple(slots_of[name] for name in names)
    whole = min(max_concurrency or sum(slots), sum(slots))
    if len(names) < 2:
        return Places(whole)
    numbers = {name: number for number, name in enumerate(names)}
    return Places(whole, tuple(numbers[name] for name in connections), slots)
