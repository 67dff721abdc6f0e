"""Random batches: graphs of several shapes, a few of whose items take very long."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from functions.runs.batches.order import Plan

FEWEST, MOST = 10, 500
"""Items of a batch; as many batches have 10 to 70 as have 70 to 500."""

MOST_PLACES = 10

MOST_CONNECTIONS, MOST_SLOTS = 4, 4
"""Of a batch of several connections; and the slots of each."""

KNOWN_WITHIN = 0.4
"""A usual duration differs from the real one by so much at most."""

After = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class RandomBatch:
    """A graph, how many places there are, and the seconds that each item really takes.

    ``connections`` and ``slots`` are as of a plan: empty for one connection.
    """

    shape: str
    after: After
    places: int
    seconds: tuple[float, ...]
    usual: tuple[float, ...]
    connections: tuple[int, ...] = ()
    slots: tuple[int, ...] = ()

    @property
    def plan(self) -> Plan:
        """With usual durations that are roughly right."""
        return self._plan(self.usual)

    @property
    def plan_without_history(self) -> Plan:
        """As on the first night."""
        return self._plan((None,) * len(self.after))

    @property
    def real_plan(self) -> Plan:
        """With the durations that the items really take: for the lower bounds."""
        return self._plan(self.seconds)

    def _plan(self, seconds: tuple[float | None, ...]) -> Plan:
        return Plan(self.after, seconds, connections=self.connections, slots=self.slots)


def random_batch(seed: int, items: int | None = None) -> RandomBatch:
    """The batch of a seed; the same seed gives the same one."""
    chance = random.Random(seed)  # noqa: S311
    number = items or round(FEWEST * (MOST / FEWEST) ** chance.random())
    shape = chance.choice(list(SHAPES))
    after = _shuffled(SHAPES[shape](chance, number), chance)
    seconds = tuple(_heavy_tailed(chance, number))
    usual = tuple(each * chance.uniform(1 - KNOWN_WITHIN, 1 + KNOWN_WITHIN) for each in seconds)
    return RandomBatch(shape, after, chance.randint(1, MOST_PLACES), seconds, usual)


def on_several_connections(seed: int) -> RandomBatch:
    """The batch of a seed with its items on two to four connections; half of them allow fewer places than slots."""
    batch, chance = random_batch(seed), random.Random(f"connections of {seed}")  # noqa: S311
    slots = tuple(chance.randint(1, MOST_SLOTS) for _ in range(chance.randint(2, MOST_CONNECTIONS)))
    shares = [chance.random() for _ in slots]
    connections = chance.choices(range(len(slots)), shares, k=len(batch.after))
    places = chance.choice((sum(slots), chance.randint(1, sum(slots))))
    return replace(batch, places=places, connections=tuple(connections), slots=slots)


def _heavy_tailed(chance: random.Random, number: int) -> list[float]:
    if chance.random() < 0.5:
        return [chance.lognormvariate(5.5, 1.0) for _ in range(number)]
    return [60 * chance.paretovariate(1.5) for _ in range(number)]


def _shuffled(after: list[tuple[int, ...]], chance: random.Random) -> After:
    """The same graph in a file whose order says nothing."""
    places = list(range(len(after)))
    chance.shuffle(places)
    shuffled: list[tuple[int, ...]] = [()] * len(after)
    for item, named in enumerate(after):
        shuffled[places[item]] = tuple(sorted(places[earlier] for earlier in named))
    return tuple(shuffled)


def _independent(_: random.Random, number: int) -> list[tuple[int, ...]]:
    return [()] * number


def _sparse(chance: random.Random, number: int) -> list[tuple[int, ...]]:
    """Each item names a few of those before it."""
    names = chance.uniform(0.3, 2)
    return [tuple(chance.sample(range(item), min(item, int(chance.expovariate(1 / names))))) for item in range(number)]


def _layered(chance: random.Random, number: int) -> list[tuple[int, ...]]:
    """Staging, facts, aggregates: each item names one to three of the layer before."""
    layers = chance.randint(2, 6)
    layer = sorted(chance.randrange(layers) for _ in range(number))
    after = []
    for item in range(number):
        before = [earlier for earlier in range(item) if layer[earlier] == layer[item] - 1]
        after.append(tuple(chance.sample(before, min(len(before), chance.choice((1, 1, 2, 3))))))
    return after


def _spreading(chance: random.Random, number: int) -> list[tuple[int, ...]]:
    """Trees: many are built from one."""
    return [(chance.randrange(item),) if item and chance.random() < 0.8 else () for item in range(number)]


def _gathering(chance: random.Random, number: int) -> list[tuple[int, ...]]:
    """Trees the other way round: one is built from many."""
    after: list[tuple[int, ...]] = [()] * number
    for item in range(number - 1):
        if chance.random() < 0.8:
            later = chance.randrange(item + 1, number)
            after[later] = (*after[later], item)
    return after


SHAPES: dict[str, Callable[[random.Random, int], list[tuple[int, ...]]]] = {
    "independent": _independent,
    "sparse": _sparse,
    "layered": _layered,
    "spreading": _spreading,
    "gathering": _gathering,
}
