"""What comes after what in a batch: unknown names, cycles, and two items that write one datamart in no order."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from functions.requests.batches.connections import connection_of
from functions.requests.batches.items import BatchItem
from functions.requests.batches.problems import Problems
from functions.requests.named_jobs import Job
from functions.similar_names import folded, nearest
from functions.text import quoted

MOST_DEPENDENCIES = 50_000
"""Names in ``after`` of all items together: the batch's plan, which has them all, is one item of the run table."""

MOST_OF_A_CYCLE = 10
"""Items of a cycle that a message shows."""

ARROW = " -> "

After = list[set[int]]
"""For each item the indexes of those that it comes after."""


def check_dependencies(
    items: list[BatchItem], unreadable: set[str], jobs: Mapping[str, Job], problems: Problems
) -> None:
    """Add what is wrong with the order to ``problems``.

    Parameters
    ----------
    items
        Each with a name of its own; what else is wrong with them is known already.
    unreadable
        Names of further items.
    jobs
        The named jobs.
    """
    index = {item.name: number for number, item in enumerate(items)}
    after: After = []
    for item in items:
        for name in item.after:
            if name not in index and name not in unreadable:
                hint = nearest(name, index) if problems.is_shown else ""
                problems.add(f"{item.where}: after: there is no item {quoted(name, 80)}{hint}.")
        after.append({index[name] for name in item.after if name in index})
    if (count := sum(map(len, after))) > MOST_DEPENDENCIES:
        problems.add(f"after: names {count} items in all, and {MOST_DEPENDENCIES} are allowed.")
        return
    in_order, left = _in_order(after)
    for cycle in _cycles(after, left):
        problems.add(f"{items[cycle[0]].where}: after: {_cycle_words([items[number].name for number in cycle])}")
    if not left:
        _check_writers(items, after, in_order, jobs, problems)


def _in_order(after: After) -> tuple[list[int], set[int]]:
    """The items, each behind those that it comes after; and those that are in a cycle or behind one."""
    waits_for = [len(names) for names in after]
    behind: list[list[int]] = [[] for _ in after]
    for number, names in enumerate(after):
        for other in names:
            behind[other].append(number)
    ready = deque(number for number, count in enumerate(waits_for) if count == 0)
    done: list[int] = []
    while ready:
        done.append(ready.popleft())
        for number in behind[done[-1]]:
            waits_for[number] -= 1
            if waits_for[number] == 0:
                ready.append(number)
    return done, set(range(len(after))) - set(done)


def _cycles(after: After, left: set[int]) -> Iterator[list[int]]:
    """Some of the cycles among the items ``left``, which share no item: each begins and ends with the same one."""
    left = set(left)
    while left:
        path: list[int] = []
        place: dict[int, int] = {}
        at = min(left)
        while at not in place:  # an item that is left comes after one that is left, or after one of a cycle shown
            place[at] = len(path)
            path.append(at)
            following = after[at] & left
            if not following:
                break
            at = min(following)
        else:
            yield [*path[place[at] :], at]
        left -= set(path)


def _cycle_words(names: list[str]) -> str:
    """``a comes after itself.``, or ``the items wait for each other: a -> b -> a …``."""
    if len(names) == 2:
        return "names the item itself. Remove it."
    shown = [quoted(name, 80)[1:-1] for name in names]
    if len(shown) > MOST_OF_A_CYCLE + 1:
        shown[MOST_OF_A_CYCLE - 1 : -1] = [f"({len(names) - MOST_OF_A_CYCLE} more)"]
    return f"the items wait for each other: {ARROW.join(shown)} (each comes after the next). Remove one of them."


def _check_writers(
    items: list[BatchItem], after: After, in_order: list[int], jobs: Mapping[str, Job], problems: Problems
) -> None:
    """Of two items that load the same table it must be said which comes first."""
    writers: dict[tuple[str, ...], dict[str | None, list[int]]] = {}
    for number in in_order:
        if (datamart := _datamart(items[number], jobs)) is not None:
            *called, path = datamart
            writers.setdefault(tuple(map(str, called)), {}).setdefault(path, []).append(number)
    place = {number: position for position, number in enumerate(in_order)}
    several = [group for by_path in writers.values() for group in _same(by_path, place) if len(group) > 1]
    if not several:
        return
    earlier = _all_before(after, in_order)
    for first, second in sorted({pair for numbers in several for pair in _unordered(numbers, earlier)}):
        problems.add(
            f"{items[second].where}: writes the same datamart as {items[first].where}, and neither comes after the "
            f'other. Give one of them "after" with the name of the other.'
        )


def _same(by_path: Mapping[str | None, list[int]], place: Mapping[int, int]) -> Iterator[list[int]]:
    """Items of one name that may mean the same datamart, in topological order: one without a folder may mean any."""
    anywhere = by_path.get(None, [])
    paths: list[str | None] = [path for path in by_path if path is not None]
    for path in paths or [None]:
        yield sorted({*anywhere, *by_path[path]}, key=place.__getitem__)


def _unordered(numbers: list[int], earlier: list[int]) -> Iterator[tuple[int, int]]:
    """Neighbours in a topological order that have no order between them, the smaller index first."""
    for one, another in pairwise(numbers):
        if not earlier[another] >> one & 1:
            yield min(one, another), max(one, another)


def _all_before(after: After, in_order: Iterable[int]) -> list[int]:
    """For each item all that come before it, directly or not: a number whose bits are their indexes."""
    before = [0] * len(after)
    for number in in_order:
        for other in after[number]:
            before[number] |= before[other] | 1 << other
    return before


def _datamart(item: BatchItem, jobs: Mapping[str, Job]) -> tuple[str, str, str, str | None] | None:
    """Connection, project, datamart and its folder, compared as people read them; None if the item has no datamart.

    The folder is None where the item does not say it. A datamart may be called by ID in one item and by name in
    another, which only its server knows.
    """
    request = item.request if item.job is None else jobs.get(item.job, {}).get("request", {})
    project, called = request.get("project"), request.get("datamart")
    datamart, path = (called.get("name"), called.get("path")) if isinstance(called, dict) else (called, None)
    if not (isinstance(project, str) and isinstance(datamart, str)):
        return None
    in_folder = folded(path.rstrip("/")) if isinstance(path, str) else None
    return connection_of(item, jobs), folded(project), folded(datamart), in_folder
