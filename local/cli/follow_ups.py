"""What ``datamart rerun --follow-ups`` does: of the follow-ups of a run that has loaded those that are not done."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from functions.follow_ups import KINDS
from functions.requests.follow_ups import KEY, THEN
from functions.runs.history import HistoryRecord
from functions.text import named, quoted
from local.cli.earlier import Earlier
from local.cli.repeats import records_since
from local.errors import CannotGoOn
from local.history.history import History


class Missing(NamedTuple):
    """A follow-up that is not done, as its record has it; ``is_unknown``: it may be, and must not be done twice."""

    kind: str
    reference: str
    name: str
    is_unknown: bool

    @property
    def in_words(self) -> str:
        """``event Sales loaded``"""
        return f"{KINDS[self.kind].noun} {named(self.name)}"


def missing_follow_ups(earlier: Earlier, history: History | None) -> list[Missing]:
    """Those of a run that has loaded, without those that later runs have done, in their order.

    Raises CannotGoOn where nothing is missing, or where a later run still does them.
    """
    record = earlier.record
    if record is None:
        raise CannotGoOn(f"{earlier.id}: the history has no record of it, and so not of its follow-ups either.")
    if not record.follow_ups:
        raise CannotGoOn(f"{earlier.id}: its request has no follow-ups (then). Leave --follow-ups out.")
    if record.loaded != "yes":
        raise CannotGoOn(
            f"{earlier.id} has not loaded its table, or nobody knows (loaded: {record.loaded}). Without --follow-ups "
            "it runs as a whole."
        )
    found = _of(record)
    for later in _later(earlier, history):
        if later.status == "RUNNING":
            raise CannotGoOn(f"{later.id} does what followed {earlier.id} and has not ended. Wait for its end.")
        found = _without(found, later)
    if not found:
        raise CannotGoOn(f"{earlier.id}: all that was to follow is done.")
    return found


def accepted(missing: Sequence[Missing], names: Sequence[str]) -> list[Missing]:
    """Those that are left once a person has found some done. Raises CannotGoOn for any other name."""
    for name in names:
        if not any(name in (one.name, one.reference) for one in missing if one.is_unknown):
            raise CannotGoOn(
                f"--accept: {quoted(name, 80)} is not an event that may have been triggered without anybody knowing."
            )
    return [one for one in missing if not one.is_unknown or not {one.name, one.reference} & set(names)]


def input_of(earlier: Earlier, missing: Sequence[Missing]) -> dict[str, Any]:
    """The input of a run that loads nothing, and does these follow-ups."""
    given, then = earlier.again, [{one.kind: one.reference} for one in missing]
    request = given.get("request", {}) if "job" in given else given
    request = request | {THEN: then}
    return (given | {"request": request} if "job" in given else request) | {KEY: earlier.id}


def check_loads(earlier: Earlier) -> None:
    """A run that has loaded nothing itself is repeated only with ``--follow-ups``. Raises CannotGoOn."""
    if (of := earlier.again.get(KEY)) is not None:
        raise CannotGoOn(
            f"{earlier.id} loads nothing: it does what followed {of}. Add --follow-ups for what is left of that, or "
            f"repeat {of}."
        )


def _of(record: HistoryRecord) -> list[Missing]:
    found = []
    for one in record.follow_ups or []:
        kind, name = one.get("kind") or "", one.get("name") or ""
        if one.get("outcome") != "done" and kind in KINDS:
            found.append(Missing(kind, one.get("id") or name, name, _is_in_doubt(one)))
    return found


def _is_in_doubt(follow_up: Mapping[str, str | None]) -> bool:
    kind = KINDS.get(follow_up.get("kind") or "")
    return follow_up.get("outcome") == "unknown" and kind is not None and not kind.is_harmless_twice


def _later(earlier: Earlier, history: History | None) -> list[HistoryRecord]:
    """The runs that have done follow-ups of it, or of one of these, oldest first."""
    if history is None:
        return []
    records, same = records_since(earlier, history), {earlier.id}
    while more := {each.id for each in records if each.follow_ups_of in same} - same:
        same |= more
    found = [each for each in records if each.id in same and each.follow_ups_of is not None]
    return [each for each in reversed(found) if each.execution != earlier.execution]


def _without(missing: list[Missing], later: HistoryRecord) -> list[Missing]:
    """What is left after a later run, which was given some of them in the same order."""
    left = list(missing)
    for one in later.follow_ups or []:
        same = (one.get("kind"), one.get("id"))
        place = next((n for n, each in enumerate(left) if (each.kind, each.reference) == same), None)
        if place is None:
            continue
        if one.get("outcome") == "done":
            del left[place]
        elif _is_in_doubt(one):
            left[place] = left[place]._replace(is_unknown=True)
    return left
