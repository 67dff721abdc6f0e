"""The faults of a batch by name, and how each is armed in a lab."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.faults.faults import FOR_EVER, FOR_MINUTES, Case
from tests.faults.queue.faults import instead_of
from tests.faults.queue.watch import apart

if TYPE_CHECKING:
    from tests.faults.batch.lab import BatchLab


def _at_a_function(lab: "BatchLab", case: Case) -> None:
    how, lasting, long = case.fault.partition("-for-")
    name, _, number = case.place.partition("#")
    times = {"ever": FOR_EVER, "minutes": FOR_MINUTES}[long] if lasting else 1
    lab.watch.breakdown = (name, int(number), times, how)


def _at_a_call(lab: "BatchLab", case: Case) -> None:
    how = case.fault.removesuffix("-for-ever")
    name, _, number = case.place.rpartition("#")
    times = 1 if how == case.fault else FOR_EVER
    lab.watch.instead = (name, int(number), times, instead_of(how, lab.watch, case.seed))


def _stopped(lab: "BatchLab", case: Case) -> None:
    """``stop-N``: stopped when a state is entered. ``stop-N-before``: around a call, its end processed first."""
    _, letter, *when = case.fault.split("-")
    if when:
        lab.watch.at[f"{case.place}-{when[0]}"] = lambda: lab.stop_and_end(letter)
    else:
        lab.watch.at[case.place] = lambda: lab.stop(letter)


def _ended(lab: "BatchLab", case: Case) -> None:
    """Around a call of the function that ends a run, another one processes an end.

    ``end-A-before``: the same one, if it is A's; ``stop-B-before``: that of B, which is stopped.
    """
    how, letter, when = case.fault.split("-")
    lab.watch.at[f"{case.place}-{when}"] = lambda: (lab.end_again if how == "end" else lab.stop_and_end)(letter)


def _at_an_end(lab: "BatchLab", case: Case) -> None:
    """``late``: when all has ended. ``behind``: after the next end. With a state as place the run is stopped there."""
    lab.ends[case.place[0]] = case.fault
    if "." in case.place:
        lab.watch.at[case.place] = lambda: lab.stop(case.place[0])


def _started_again(lab: "BatchLab", case: Case) -> None:
    """The same start once more; after its end it is refused, as there is an execution of that name."""
    lab.watch.at[case.place] = lambda: apart(lab.start)


ARMED: dict[str, Callable[["BatchLab", Case], None]] = {
    "batch function": _at_a_function,
    "batch call": _at_a_call,
    "batch hand-over": _at_a_call,
    "batch stop": _stopped,
    "batch end": _at_an_end,
    "batch end meanwhile": _ended,
    "batch start": _started_again,
}
