"""What must be true after every case, whatever the fault was."""

import json
from collections.abc import Callable, Iterator

from functions.errors import OWN_ERRORS
from tests.faults.allowed import Allowed, left_is_allowed, told_twice_is_allowed, unknown_is_allowed
from tests.faults.lab import Evidence
from tests.faults.runs import request_of
from tests.support.reports import report_text

STATUSES = {"SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"}
WORDS = {"yes": 1, "no": 0}
HELD = ("lease/", "slot/")
"""Beginnings of the keys of what a run holds in the run table."""
STOPPED = ("stop", *(f"{how}-{when}" for how in ("stop", "behind") for when in ("before", "after")))
"""Faults that stop the execution."""
ENDED = '"message":"run ended"'
"""In the line of the log that says what the history keeps."""
GOES_ON = tuple(f"{module}: went on" for module in ("delete_instance", "log_out", "conclude_attempt", "take_answers"))
"""What a redrive may say: functions of the clean-up work on closed runs, too, and a reply is judged once more, as when
its function is repeated: whatever follows from it, the next step refuses to begin."""


def _happened(seen: Evidence) -> Iterator[str]:
    """A case whose fault meets nothing proves nothing."""
    if not seen.met:
        yield "what was to happen did not happen"
    if seen.case is not None and seen.case.fault in STOPPED and seen.outcome.status != "ABORTED":
        yield f"it was stopped and ended as {seen.outcome.status}"


def _ends(seen: Evidence) -> Iterator[str]:
    outcome = seen.outcome
    if seen.hung:
        yield "the run did not end by itself"
    if outcome.status not in STATUSES:
        yield f"the status {outcome.status}"
    if outcome.status == "SUCCEEDED" and outcome.error is not None:
        yield f"it succeeded with the error {outcome.error}"
    if outcome.status == "FAILED" and outcome.error not in OWN_ERRORS:
        yield f"the error {outcome.error}, which is not of the closed list: {outcome.cause}"
    if outcome.status == "FAILED" and not (outcome.cause or "").startswith(
        ("Loaded: yes. ", "Loaded: no. ", "Loaded: unknown. ")
    ):
        yield f'the cause begins with "{(outcome.cause or "")[:40]}"'
    if len((outcome.cause or "").encode()) > 8192:
        yield "the cause has more than 8 KB"


def _words(seen: Evidence) -> dict[str, str]:
    """Everything that said whether the table was loaded."""
    outcome, words = seen.outcome, {}
    if outcome.output:
        words["output"] = str(outcome.output.get("loaded"))
    elif outcome.status == "FAILED":
        words["cause"] = (outcome.cause or "")[8:].split(".")[0]
    if seen.events:
        words["event"] = seen.events[-1]["detail"]["loaded"]
    if seen.item.get("outcome", {}).get("loaded"):
        words["item"] = seen.item["outcome"]["loaded"]
    if seen.record is not None:
        words["history"] = seen.record.loaded
    return words


def _is_true(seen: Evidence) -> Iterator[str]:
    if seen.loads > 1:
        yield f"the table was loaded {seen.loads} times"
    words = _words(seen)
    for where, word in words.items():
        if word in WORDS and WORDS[word] != seen.loads:
            yield f"{where} says loaded: {word}, and the server counts {seen.loads}"
        if word not in (*WORDS, "unknown"):
            yield f"{where} says loaded: {word}"
    if "unknown" in words.values() and not unknown_is_allowed(seen):
        where = ", ".join(f"{place}: {word}" for place, word in words.items())
        yield f"loaded: unknown where one could know ({where}; the server counts {seen.loads})"


def _follows(seen: Evidence) -> Iterator[str]:
    """What follows a load comes after it, in its order; an event at most once, and what is done is done."""
    if seen.triggered > 1:
        yield f"an event was triggered {seen.triggered} times"
    if (seen.triggered or seen.published) and not seen.loads:
        yield f"{seen.triggered} events and {seen.published} publications follow a table that was not loaded"
    counted = {"publishCube": seen.published, "triggerEvent": seen.triggered}
    followed = seen.events[-1]["detail"]["followUps"] if seen.events else []
    for place, one in enumerate(followed):
        said = f"{one['kind']} counts as {one['outcome']}, and the server counts {counted[one['kind']]}"
        if one["outcome"] == "done" and not counted[one["kind"]]:
            yield said
        if one["outcome"] == "notDone" and counted[one["kind"]] and seen.outcome.status != "ABORTED":
            yield said
        if one["outcome"] != "notDone" and any(before["outcome"] != "done" for before in followed[:place]):
            yield f"{one['kind']} was begun before what comes before it was done"
        if one["outcome"] != "done" and seen.outcome.status == "SUCCEEDED":
            yield f"the run succeeded, and {said}"


def _saves(seen: Evidence) -> Iterator[str]:
    """What is to be saved is saved after the load, before what follows it, and once; what counts as saved is."""
    if seen.saves > 1:
        yield f"the definition was saved {seen.saves} times"
    if seen.saves and not seen.loads:
        yield "the definition was saved, and the table was not loaded"
    saved = (seen.item.get("saved") or {}).get("objectId")
    if saved and not seen.saves:
        yield f"the definition counts as saved as {saved}, and the server has saved none"
    wanted = seen.case is not None and not {"save", "saveAs"}.isdisjoint(request_of(seen.case.run))
    if wanted and not saved:
        if seen.outcome.status == "SUCCEEDED":
            yield "the run succeeded, and the definition does not count as saved"
        if seen.triggered or seen.published:
            yield f"{seen.triggered} events and {seen.published} publications came before the definition was saved"


def _leaves_nothing(seen: Evidence) -> Iterator[str]:
    if seen.left and not left_is_allowed(seen):
        yield "left on the server: " + ", ".join(f"{len(what)} {kind}" for kind, what in seen.left.items())


def _keeps_its_secrets(seen: Evidence) -> Iterator[str]:
    outcome = seen.outcome
    written = {
        "history": json.dumps(outcome.history, default=str),
        "output": json.dumps([outcome.output, outcome.error, outcome.cause], default=str),
        "item": json.dumps([seen.item, *seen.others], default=str),
        "notices and events": json.dumps([seen.notices, seen.events]),
        "logs": seen.logs,
        "report": report_text(outcome, seen.logs),
    }
    for place, text in written.items():
        if any(secret in text or json.dumps(secret)[1:-1] in text for secret in seen.secrets):
            yield f"a secret in the {place}"


def _is_closed(seen: Evidence) -> Iterator[str]:
    if not seen.item:
        yield "there is no item of the run"
    elif "endedAt" not in seen.item:
        yield "the run's item is not closed"
    for item in seen.others:
        if item["executionArn"].startswith(HELD) and "owner" in item and "uncertain" not in item:
            yield f"{item['executionArn']} is still held"
        slots = [slot for slot in item.get("holders", {}).values() if "u" not in slot]
        if slots or item.get("tickets"):
            yield f"{item['executionArn']} still has {len(slots)} slots and {len(item['tickets'])} tickets"


def _is_told(seen: Evidence) -> Iterator[str]:
    due = {"end events": (len(seen.events), 1), "notices": (len(seen.notices), int(seen.outcome.status != "SUCCEEDED"))}
    for what, (told, once) in due.items():
        if told < once or (told > once and not (once and told_twice_is_allowed(seen))):
            yield f"{told} {what}"


def _is_kept(seen: Evidence) -> Iterator[str]:
    """The history has what people and machines were told, however often the end was delivered."""
    if seen.record is None:
        yield "there is no record of the run in the history"
    elif seen.record.status != seen.outcome.status:
        yield f"the history has the status {seen.record.status}"
    lines = seen.logs.count(ENDED)
    if lines < 1 or (lines > 1 and not told_twice_is_allowed(seen)):
        yield f"{lines} lines of the log about the end"


def _cannot_be_redriven(seen: Evidence) -> Iterator[str]:
    """No step goes on; the clean-up may, and finds nothing to do: whatever is sent stands in the list, too."""
    wrong = [said for said in seen.redriven if not said.endswith(": RunAlreadyEnded") and said not in GOES_ON]
    if wrong:
        yield f"a redrive of the closed run: {', '.join(wrong)}"


INVARIANTS: tuple[Callable[[Evidence], Iterator[str]], ...] = (
    _happened,
    _ends,
    _is_true,
    _follows,
    _saves,
    _leaves_nothing,
    _keeps_its_secrets,
    _is_closed,
    _is_told,
    _is_kept,
    _cannot_be_redriven,
)


def argued(seen: Evidence) -> list[Allowed]:
    """By what it is allowed that this case does not know whether the table was loaded, or left or told too much."""
    found = unknown_is_allowed(seen)[:1] if "unknown" in _words(seen).values() else []
    found += left_is_allowed(seen)[:1] if seen.left else []
    return found + (told_twice_is_allowed(seen)[:1] if max(len(seen.events), len(seen.notices)) > 1 else [])


def broken(seen: Evidence) -> list[str]:
    """What is not as it must be; empty if the case survived."""
    return [f"{check.__name__[1:]}: {said}" for check in INVARIANTS for said in check(seen)]
