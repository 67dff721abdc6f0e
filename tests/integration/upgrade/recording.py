"""A recorded run, and the points in it at which the functions may be updated."""

import copy
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.integration.upgrade.lines import Line, applied
from tests.integration.upgrade.scenarios import SCENARIOS, Scenario

Items = dict[str, dict[str, Any]]
"""Items of the run table by their keys, in plain values."""

FOLDER = Path(__file__).parent / "recordings" / "300f2ce"


def has_effect(line: Line) -> bool:
    """Whether a later function may find something else after this line."""
    return "write" in line or ("http" in line and not line["http"].startswith("GET "))


@dataclass(frozen=True)
class Cut:
    """Where the new functions take over: before a line, which begins an invocation or lies within one.

    ``name`` is the invocation (``get_status#2``), with ``+1`` where its function dies after one effect.
    """

    line: int
    name: str

    @property
    def kills(self) -> bool:
        """Whether a function of the earlier release is at work."""
        return "+" in self.name

    @property
    def module(self) -> str:
        """The function that is called, or at work."""
        return self.name.partition("#")[0]


@dataclass(frozen=True)
class Recording:
    """The lines of one scenario."""

    name: str
    lines: tuple[Line, ...]

    @classmethod
    def load(cls, name: str) -> "Recording":
        """Read a scenario's file."""
        text = (FOLDER / f"{name}.jsonl").read_text("utf-8")
        return cls(name, tuple(json.loads(line) for line in text.splitlines()))

    @property
    def scenario(self) -> Scenario:
        """What starts it."""
        return SCENARIOS[self.name]

    @property
    def base_url(self) -> str:
        """The recorded server, whose port was free then."""
        return str(self.lines[0]["baseUrl"])

    @property
    def end(self) -> dict[str, Any]:
        """Status, error, cause and output of the execution."""
        end: dict[str, Any] = self.lines[-1]["end"]
        return end

    def situations(self) -> Iterator[tuple[Cut, Items]]:
        """Before every invocation and after every effect of one, with the items as they then are.

        The items change with the next situation.
        """
        seen: Counter[str] = Counter()
        items: Items = {}
        name, effects = "", 0
        for number, line in enumerate(self.lines):
            if "invoke" in line:
                seen[line["invoke"]] += 1
                name, effects = f"{line['invoke']}#{seen[line['invoke']]}", 0
                yield Cut(number, name), items
            elif "return" in line or "raise" in line:
                name = ""
            if "write" in line:
                key = line["write"]
                item = applied(items.pop(key, {}), copy.deepcopy(line))
                items |= {} if item is None else {key: item}
            if name and has_effect(line):
                effects += 1
                yield Cut(number + 1, f"{name}+{effects}"), items

    def cut(self, name: str) -> Cut:
        """The cut of that name."""
        return next(cut for cut, _ in self.situations() if cut.name == name)


@cache
def recordings() -> tuple[Recording, ...]:
    """All of them."""
    return tuple(Recording.load(name) for name in SCENARIOS)


def case_named(name: str) -> tuple[Recording, Cut]:
    """The recording and the cut of a name such as ``by-names/get_status#2``."""
    scenario, _, cut = name.partition("/")
    recording = next(recording for recording in recordings() if recording.name == scenario)
    return recording, recording.cut(cut)


def fields(items: Items) -> set[str]:
    """The dotted paths of everything in items, with what is known of a job; ``#`` is any attempt or question."""
    found: set[str] = set()

    def walk(path: str, value: Any) -> None:
        if isinstance(value, dict) and value:
            for name, inner in value.items():
                walk(f"{path}.{re.sub('^[aq]?[0-9]+$', '#', name)}", inner)
        else:
            found.add(f"{path}={value}" if path.endswith("#.job") else path)

    for key, item in items.items():
        walk(key.partition("/")[0] if "/" in key else "run", item)
    return found


@cache
def differing_cuts() -> dict[str, tuple[Recording, Cut]]:
    """By name, one of all the cuts that look alike to the function which takes over.

    They are alike if the same function is called, or dies after as many effects, and the items are alike.
    """
    found: dict[Any, tuple[Recording, Cut]] = {}
    for recording in recordings():
        for cut, items in recording.situations():
            shape = frozenset(map(_shape, items.values()))
            found.setdefault((cut.module, cut.name.partition("+")[2], shape), (recording, cut))
    return {f"{recording.name}/{cut.name}": (recording, cut) for recording, cut in found.values()}


DECISIVE = {"owner", "uncertain", "question", "asking", "endedAt"}
"""Fields of an item, beside those of its newest attempt, by which functions decide what they do."""


def _shape(item: dict[str, Any]) -> Any:
    """The fields of an item by which functions decide, what is known of the job, and whether an attempt came before."""
    attempt = item.get("attempts", {}).get(str(item.get("attempt")), {})
    return frozenset(DECISIVE & item.keys()), frozenset(attempt), attempt.get("job"), item.get("attempt", 0) > 1
