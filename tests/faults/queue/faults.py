"""The faults of the queue by name, and how each is armed in a lab."""

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tests.faults.aws import HOW
from tests.faults.faults import FOR_EVER, FOR_MINUTES, Case
from tests.faults.queue.watch import Instead, Killed, Watch, apart

if TYPE_CHECKING:
    from tests.faults.queue.lab import QueueLab

GONE = ("TaskTimedOut", "TaskDoesNotExist", "InvalidToken")
"""What Step Functions answers to a token for which nothing waits any more."""

Make = Callable[..., Any]


def _dies_before(make: Make, client: Any, operation: str) -> Any:
    raise Killed


def _dies_after(make: Make, client: Any, operation: str) -> Any:
    make()
    raise Killed


def _lost(make: Make, client: Any, operation: str) -> Any:
    """The sender is told that it arrived."""
    return {}


def _refused(code: str) -> Instead:
    """Although the run waits: its token is one of a wait that has ended."""

    def refused(make: Make, client: Any, operation: str) -> Any:
        error = {"Error": {"Code": code, "Message": "Provided task does not exist anymore"}}
        raise client.exceptions.from_code(code)(error, operation)

    return refused


def _as_in_other_runs(name: str, seed: int) -> Instead:
    """``throttled``, ``answer-lost``, ``sent-again``."""

    def instead(make: Make, client: Any, operation: str) -> Any:
        return HOW[name](make, client, operation, seed)

    return instead


def _partly(make: Any, client: Any, operation: str) -> Any:
    """DynamoDB takes the first half of a request, of a single item nothing, and gives the rest back."""
    ((table, asked),) = make.parameters["RequestItems"].items()
    if operation == "BatchWriteItem":
        taken, left = asked[: len(asked) // 2], asked[len(asked) // 2 :]
        return (make({"RequestItems": {table: taken}}) if taken else {}) | {"UnprocessedItems": {table: left}}
    keys = asked["Keys"]
    taken, left = keys[: len(keys) // 2], keys[len(keys) // 2 :]
    found = make({"RequestItems": {table: asked | {"Keys": taken}}}) if taken else {"Responses": {table: []}}
    return found | {"UnprocessedKeys": {table: asked | {"Keys": left}}}


INSTEAD: dict[str, Instead] = {
    "dies-before": _dies_before,
    "dies-after": _dies_after,
    "lost": _lost,
    "partly": _partly,
    **{code: _refused(code) for code in GONE},
}


def _arrives(send: Make) -> None:
    """Nobody hears of it if nothing waits for it any more."""
    with contextlib.suppress(ClientError):
        send()


def _at_a_function(lab: "QueueLab", case: Case) -> None:
    how, lasting, long = case.fault.partition("-for-")
    name, _, number = case.place.partition("#")
    times = {"ever": FOR_EVER, "minutes": FOR_MINUTES}[long] if lasting else 1
    lab.watch.breakdown = (name, int(number), times, how)


def _at_a_call(lab: "QueueLab", case: Case) -> None:
    how = case.fault.removesuffix("-for-ever")
    name, _, number = case.place.partition("#")
    times = 1 if how == case.fault else FOR_EVER
    lab.watch.instead = (name, int(number), times, instead_of(how, lab.watch, case.seed))


def instead_of(how: str, watch: Watch, seed: int) -> Instead:
    """What happens in place of a call; ``late``: it arrives when the next function begins."""
    if how != "late":
        return INSTEAD.get(how) or _as_in_other_runs(how, seed)

    def late(make: Make, client: Any, operation: str) -> Any:
        watch.send_later(lambda: _arrives(make))
        return {}

    return late


def _stopped(lab: "QueueLab", case: Case) -> None:
    """``stop-B``: B is stopped when a state is entered. ``stop-B-before``: around a function or call, B's end first."""
    _, letter, *when = case.fault.split("-")
    if when:
        lab.watch.at[f"{case.place}-{when[0]}"] = lambda: lab.stop_and_end(letter)
    else:
        lab.watch.at[case.place] = lambda: lab.stop(letter)


def _paused(lab: "QueueLab", case: Case) -> None:
    """``pause-before``: a person pauses the connection around a call, and resumes it later."""
    lab.watch.at[f"{case.place}-{case.fault.partition('-')[2]}"] = lambda: apart(lambda: lab.pause(None))


def _at_an_end(lab: "QueueLab", case: Case) -> None:
    """``late``: only when all runs have ended; with a state's name as place the run is stopped there."""
    lab.ends[case.place[0]] = case.fault
    if "." in case.place:
        lab.watch.at[case.place] = lambda: lab.stop(case.place[0])


ARMED: dict[str, Callable[["QueueLab", Case], None]] = {
    "queue function": _at_a_function,
    "queue call": _at_a_call,
    "queue hand-over": _at_a_call,
    "queue stop": _stopped,
    "queue pause": _paused,
    "queue end": _at_an_end,
}
