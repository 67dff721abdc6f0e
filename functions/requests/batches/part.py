"""A part of a batch: some of its items, which wait for each other as before, and for no other."""

from collections.abc import Sequence
from dataclasses import replace

from functions.errors import InvalidRequest
from functions.requests.batches.batch import Batch
from functions.similar_names import canonical, nearest
from functions.text import quoted


def part_of(batch: Batch, only: Sequence[str], where: str) -> Batch:
    """The batch with the items of these names alone; the whole where there are none.

    What they name and is not among them is not waited for: a person who asks for a part knows that it is loaded.

    Raises
    ------
    InvalidRequest
        For a name that the batch does not have, with the nearest one.
    """
    if not only:
        return batch
    wanted = {canonical(name) for name in only}
    names = [item.name for item in batch.items]
    for name in only:
        if canonical(name) not in names:
            raise InvalidRequest(f"{where}: only: there is no item {quoted(name, 80)}{nearest(name, names)}.")
    items = (item for item in batch.items if item.name in wanted)
    return replace(batch, items=tuple(replace(item, after=_within(item.after, wanted)) for item in items))


def _within(after: tuple[str, ...], wanted: set[str]) -> tuple[str, ...]:
    return tuple(name for name in after if name in wanted)
