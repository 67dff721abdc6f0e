"""A run that began on commit 300f2ce ends properly, wherever in it the functions are updated.

Its execution keeps the definition of that commit, and its items are as that commit wrote them.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from functions.runs.concurrency import LONGEST_SESSION
from local.clock import StandingClock
from tests.integration.upgrade.conftest import Upgrade
from tests.integration.upgrade.recording import FOLDER, Cut, Recording, case_named, differing_cuts, fields, recordings

QUICK = (
    "invalid-request/prepare_run#1",
    "asked-in-vain/log_in#1",
    "session-lost-early/describe_datamart#2",
    "datamart-taken-skip/create_instance#1",
    "may-not-execute/execute_datamart#1",
    "may-not-execute/get_status#1",
    "execute-response-lost/get_status#1",
    "nested-prompts/get_prompts#2",
    "answers-response-lost/answer_prompts#1",
    "prompt-and-save/save_datamart#1",
    "prompt-and-save/conclude_attempt#1",
    "asked/delete_instance#2",
    "datamart-taken/delete_instance#2",
    "broken-sql/delete_instance#1",
    "fails-early/log_out#1",
    "asked-in-vain/ask_person#1",
    "asked/take_answers#2",
    "session-lost-late/end_run#1",
    "logout-fails/end_run#2",
)
"""Updates in which, taken together, each function is the first to be called and each field of the items is there."""

QUICK_KILLS = (
    "by-names/execute_datamart#1+2",  # the job runs, and is not stored
    "nested-prompts/answer_prompts#1+2",  # the answers were sent, and it is not known whether they were taken
)
"""Functions that die between two effects that must stay together."""


def cases(kills: bool) -> list[Any]:
    """The differing cuts; ``make test`` takes the quick ones."""
    chosen = {name: case for name, case in differing_cuts().items() if case[1].kills is kills}
    quick = QUICK_KILLS if kills else QUICK
    chosen |= {name: case_named(name) for name in quick}
    marks = {name: [] if name in quick else [pytest.mark.exhaustive] for name in chosen}
    return [pytest.param(*case, id=name, marks=marks[name]) for name, case in chosen.items()]


def said_of_the_table(end: dict[str, Any]) -> str:
    """The word that an execution's output or cause has for whether the table was loaded."""
    return str(end["output"]["loaded"] if end["output"] else end["cause"].removeprefix("Loaded: ").split(".")[0])


def check_the_table(run: Upgrade, said: str) -> None:
    """The server counts what the run says."""
    loads = sum(run.system.simulator.state()["loads"].values())
    assert loads in {"yes": {1}, "no": {0}, "unknown": {0, 1}}[said]


@pytest.mark.parametrize(("recording", "cut"), cases(kills=False))
def test_a_run_ends_as_it_would_have_without_the_update_between_two_steps(
    upgrade: Callable[[Recording, Cut], Upgrade], recording: Recording, cut: Cut
) -> None:
    run = upgrade(recording, cut)
    run.start()
    outcome = run.finish()
    then, now = recording.end, vars(outcome)
    assert (outcome.status, outcome.error) == (then["status"], then["error"]), outcome.cause
    assert said_of_the_table(now) == said_of_the_table(then)
    check_the_table(run, said_of_the_table(now))
    if outcome.output:
        same = ("datamart", "project", "promptsAnswered", "target", "skipped")
        assert {key: outcome.output.get(key) for key in same} == {key: then["output"].get(key) for key in same}
        assert (outcome.output["saved"] is None) == (then["output"]["saved"] is None)


@pytest.mark.parametrize(("recording", "cut"), cases(kills=True))
def test_nothing_is_loaded_twice_or_left_behind_where_the_update_ends_a_function_at_work(
    upgrade: Callable[[Recording, Cut], Upgrade], clock: StandingClock, recording: Recording, cut: Cut
) -> None:
    run = upgrade(recording, cut)
    run.start()
    outcome = run.finish()
    assert outcome.status in ("SUCCEEDED", "FAILED")
    check_the_table(run, said_of_the_table(vars(outcome)))
    if cut.module == "log_in":  # a session that nobody knows keeps the slot until it must have ended
        clock.advance(LONGEST_SESSION)
        run.system.invoke("sweep", {})


def test_the_quick_updates_call_every_function_of_the_definition_and_show_every_field_of_the_items() -> None:
    shown: set[str] = set()
    every_field: set[str] = set()
    called = set()
    for recording in recordings():
        for cut, items in recording.situations():
            if cut.kills:
                continue
            every_field |= fields(items)
            if f"{recording.name}/{cut.name}" in QUICK:
                shown |= fields(items)
                called.add(cut.module.replace("_", ""))
    assert every_field - shown == set()
    tokens = json.loads((FOLDER / "substitutions.json").read_text("utf-8"))
    assert {token.removesuffix("FunctionArn").lower() for token in tokens} <= called
