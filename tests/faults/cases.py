"""Which fault meets what. The spread, so that all of it takes less than 20 minutes on two cores:

* every request of every kind of run × every fault of connection, body and cookies, × every redirect and every status;
* × all three bodies of a status, and all points at which an answer's head can break off, where a step first occurs (its
  first run, its first trigger_event); elsewhere a seed picks one of them;
* for ever: where a step first occurs;
* functions: every invocation in the saveAs run, which has all of them but those that ask people, × every way to break
  down or not to be started; those of other runs that do something else there; and those that ask people × every way
  not to be started;
* AWS calls: the n-th of each function, each once in these invocations; for ever: from the first of a function on;
* stop: at every state that any kind of run enters, and before and after every request, each also with the clean-up
  going first; the requests of a step that occurred in an earlier kind are not stopped again;
* follow-ups: in the run that has them, the requests, functions and states that only it has, in the same way;
* saving before them: in the run that does both, its request, its function and its state, in the same way;
* and what :mod:`tests.faults.conditions` says.
"""

import fnmatch
from collections.abc import Iterator

from tests.faults.conditions import under_conditions
from tests.faults.faults import Case
from tests.faults.runs import ASKED, FOLLOWING, RUNS, SAVING, Baseline
from tests.faults.spread import (
    at_a_function,
    at_a_request,
    at_an_aws_call,
    lasting_at_a_request,
    not_started,
    stops_at,
)

EVERY_FUNCTION = "saveAs"
"""The kind of run that calls every function."""

OTHER_ROLES = {
    # the job writes its table at once, and nothing is saved
    "unprompted": ("execute_datamart#1", "get_status#1", "get_status#2", "conclude_attempt#1"),
    # the second round: answers open further prompts, and a look shows them
    "nested": ("get_status#2", "get_prompts#2", "answer_prompts#2"),
}
"""Invocations of other kinds of run in which a function does something else than in that one."""


OF_PEOPLE = ("ask_person#1", "take_answers#1", "log_in#2", "conclude_attempt#2")
"""Invocations of the run that asks people: those that only it has, and the first that follow an answer."""


OF_FOLLOW_UPS = ("publish_cube#1", "get_cube_status#1", "get_cube_status#2", "trigger_event#1")
"""Invocations of the run that has follow-ups: those that only it has."""


OF_SAVING = ("save_datamart#1",)
"""Invocations of the run that saves before its follow-ups: the one after which something else comes than in others."""


def cases(baselines: dict[str, Baseline]) -> list[Case]:
    """All of them, in a fixed order."""
    seen: set[str] = set()
    found: list[Case] = []
    for run in (*RUNS, FOLLOWING, SAVING):
        before = frozenset(seen)
        for place in baselines[run].requests:
            step = place.partition("#")[0]
            if run in RUNS or step not in before:
                found += _of_a_request(run, place, first=step not in seen)
            seen.add(step)
        for place in baselines[run].states:
            if f"state:{place}" not in seen:
                found.append(Case(run, f"state:{place}", "stop", "stop at a state"))
                seen.add(f"state:{place}")
    found += _of_aws(EVERY_FUNCTION, baselines[EVERY_FUNCTION], baselines[EVERY_FUNCTION].functions)
    for run, functions in OTHER_ROLES.items():
        found += _of_aws(run, baselines[run], functions)
    found += _of_aws(FOLLOWING, baselines[FOLLOWING], OF_FOLLOW_UPS)
    found += _of_aws(SAVING, baselines[SAVING], OF_SAVING)
    for function in OF_PEOPLE:
        found += not_started(ASKED, function, first=True)
    return [*found, *under_conditions(baselines)]


def _of_a_request(run: str, place: str, first: bool) -> Iterator[Case]:
    yield from at_a_request(run, place, every_form=first)
    if first:
        yield from lasting_at_a_request(run, place)
        yield from stops_at(run, place, "stop", "behind")


def _of_aws(run: str, baseline: Baseline, functions: tuple[str, ...]) -> Iterator[Case]:
    """The functions' own breakdowns, and those of the calls that they make."""
    seen: set[str] = set()
    for function in functions:
        module = function.partition("#")[0]
        yield from at_a_function(run, function, first=module not in seen)
        seen.add(module)
    for call in baseline.aws_calls:
        if call.function in functions:
            key = call.place.partition("#")[0]
            yield from at_an_aws_call(run, call, first=key not in seen)
            seen.add(key)


def chosen(every: list[Case], wanted: str) -> list[Case]:
    """Those of that name, with that beginning, or that fit that pattern; all if it is empty."""
    pattern = wanted if any(letter in wanted for letter in "*?[") else f"{wanted}*"
    exact = [case for case in every if case.name == wanted]
    return exact or [case for case in every if fnmatch.fnmatchcase(case.name, pattern) or case.family == wanted]
