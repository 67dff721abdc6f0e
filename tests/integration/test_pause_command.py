"""Pausing and resuming a connection or a job: the real commands on the emulator's AWS, with runs that wait."""

import contextlib
import json
from argparse import Namespace
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import pytest

from functions import clock
from functions.runs.queue import Ticket
from functions.runs.slots import run_id
from functions.runs.store.queues import join_queue
from functions.runs.store.table import run_table
from functions.runs.store.tickets import Waiter, set_waiter
from infra.names import DEPLOYED
from local.aws.queues import Paused, named
from local.aws.stack import Deployed
from local.cli import main
from local.cli.pause import pause
from local.cli.resume import resume
from local.errors import CannotGoOn
from local.simulator import catalogue
from tests.integration.conftest import System
from tests.support.by_hand import ByHand
from tests.support.cloud import Cloud, deployed

COUNTRIES = [{"name": "Elements of Country", "answers": "USA"}]


@pytest.fixture
def cloud(system: System, template_path: Path) -> Iterator[Cloud]:
    with deployed(system.emulator, template_path) as cloud:
        yield cloud


class Operator:
    """A person who pauses and resumes."""

    def __init__(self, capsys: Any) -> None:
        self._capsys = capsys

    def pause(self, name: str | None = "default", until: float | str | None = None, **options: Any) -> Any:
        end = clock.timestamp(until) if isinstance(until, float) else until
        return self._report(pause(Namespace(**{"stage": "dev", "json": True, "name": name, "until": end} | options)))

    def resume(self, name: str = "default") -> Any:
        return self._report(resume(Namespace(stage="dev", json=True, name=name)))

    def _report(self, code: int) -> Any:
        return code, json.loads(self._capsys.readouterr().out)


@pytest.fixture
def operator(cloud: Cloud, capsys: Any) -> Operator:
    return Operator(capsys)


def test_a_pause_is_listed_until_it_is_resumed(operator: Operator) -> None:
    until = clock.now() + 3_600
    listed = {
        "connection": "default",
        "job": None,
        "since": clock.timestamp(clock.now()),
        "until": clock.timestamp(until),
    }
    assert operator.pause(None) == (0, {"pauses": [], "problem": None})
    assert operator.pause(until=until) == (0, {"pauses": [listed], "problem": None})
    assert operator.pause(until=until) == operator.pause(None) == (0, {"pauses": [listed], "problem": None})
    assert operator.resume() == operator.resume() == (0, {"pauses": [], "problem": None})


def test_people_read_what_is_paused_since_when_and_until_when(operator: Operator, capsys: Any) -> None:
    until = clock.now() + 60
    operator.pause(until=until)
    assert main._main(["pause"]) == 0
    since = clock.timestamp(clock.now())
    said = f'the connection "default" is paused since {since} until {clock.timestamp(until)}'
    assert capsys.readouterr().out.splitlines() == [said]
    assert main._main(["resume", "default"]) == 0
    assert capsys.readouterr().out.splitlines() == ["Nothing is paused."]


def test_a_pause_without_an_end_lasts_three_days(operator: Operator) -> None:
    _, said = operator.pause()
    assert said["pauses"][0]["until"] == clock.timestamp(clock.now() + 72 * 3_600)


@pytest.mark.parametrize(
    ("name", "until", "problem"),
    [
        ("default", "tomorrow", "--until: 'tomorrow' is not a time with its offset, such as 2026-11-20T05:00+01:00."),
        ("default", "2020-11-20T05:00Z", "--until: a pause ends in the future, and lasts at most 72 hours."),
        ("default", "2060-11-20T05:00Z", "--until: a pause ends in the future, and lasts at most 72 hours."),
        (None, "2060-11-20T05:00Z", "--until: name the connection or the job that is to be paused."),
        ("defualt", None, 'unknown connection or job "defualt" (did you mean default?). Deployed are the'),
    ],
)
def test_what_cannot_be_paused_is_bad_usage(
    operator: Operator, name: str | None, until: str | None, problem: str
) -> None:
    code, said = operator.pause(name, until)
    assert (code, said["pauses"]) == (2, [])
    assert said["problem"].startswith(problem)


def test_a_job_is_paused_on_the_connection_that_it_was_deployed_with() -> None:
    deployed = Deployed({"default": 1, "second": 2}, {"nightly": "second", "default": "default"}, 0)
    for name in ("nightly", "job/nightly"):
        assert named(name, deployed) == Paused("second", "nightly")
    assert named("connection/default", deployed) == Paused("default")
    assert named("job/default", deployed) == Paused("default", "default")
    with pytest.raises(
        CannotGoOn, match=r'"default" is a connection and a job\. Use connection/default or job/default\.'
    ):
        named("default", deployed)
    with pytest.raises(CannotGoOn, match="the jobs default, nightly"):
        named("connection/nightly", deployed)


def test_jobs_are_those_that_are_deployed_whatever_files_a_person_has(cloud: Cloud, operator: Operator) -> None:
    cloud.template["Metadata"][DEPLOYED]["jobs"] = {"elsewhere": "default"}
    code, said = operator.pause("elsewhere")
    assert (code, said["pauses"][0]["job"]) == (0, "elsewhere")
    code, said = operator.pause("city-nightly")
    assert (code, said["problem"][:39]) == (2, 'unknown connection or job "city-nightly')


def test_a_stack_that_does_not_say_what_is_deployed_is_to_be_deployed_again(cloud: Cloud, operator: Operator) -> None:
    del cloud.template["Metadata"][DEPLOYED]
    assert operator.pause() == (2, {"pauses": [], "problem": ANY})


@pytest.mark.parametrize("ahead", [-200.0, 200.0])
def test_a_pause_begins_and_lasts_by_the_clock_of_aws(cloud: Cloud, operator: Operator, ahead: float) -> None:
    cloud.ahead, before = ahead, clock.now()
    code, said = operator.pause()
    (found,) = said["pauses"]
    since = datetime.fromisoformat(found["since"]).timestamp()
    assert code == 0
    assert -2 < since - before - ahead < 60
    assert datetime.fromisoformat(found["until"]).timestamp() - since == pytest.approx(72 * 3_600, abs=0.01)
    assert clock.now() - before < 60


def test_standard_output_has_one_object_although_the_functions_would_log(system: System, operator: Operator) -> None:
    """A run that was stopped while it waited: resuming hands it the slot, finds nobody, and says so in the log."""
    operator.pause()
    stopped = system.run(prompts=COUNTRIES, connection="unknown").execution_arn
    ticket = Ticket(run_id(stopped), clock.now(), "datamart", clock.now() + 60)
    set_waiter(run_table(), ticket.id, Waiter(stopped, "default", "a token that is gone"), ticket.until)
    join_queue(run_table(), "default", ticket, stopped, 1)
    assert operator.resume() == (0, {"pauses": [], "problem": None})
    assert system.slots() == system.tickets() == {}


def test_a_run_that_is_started_during_a_pause_waits_for_its_end(system: System, operator: Operator) -> None:
    until = clock.now() + 7_200
    operator.pause(until=until)
    outcome = system.run(prompts=COUNTRIES, timeoutMinutes=30)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert clock.timestamp(until) < outcome.output["finishedAt"] < clock.timestamp(until + 60)
    assert outcome.states.count("WaitInQueue") == 2


@pytest.mark.usefixtures("cloud")
def test_the_first_in_the_queue_does_not_ask_every_ten_minutes_during_a_pause(system: System) -> None:
    holding, before = ByHand(system), system.emulator.runtime.around
    until = clock.now() + 7_200

    @contextlib.contextmanager
    def around(module: str, event: dict[str, Any]) -> Iterator[None]:
        yield
        if module == "wait_in_queue" and not paused:
            end = clock.timestamp(until)
            paused.append(pause(Namespace(stage="dev", json=True, name="default", until=end)))
            holding.ends("FAILED")

    paused: list[int] = []
    system.emulator.runtime.around = around
    try:
        outcome = system.run(datamart=catalogue.CATEGORY_SALES)
    finally:
        system.emulator.runtime.around = before
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert clock.timestamp(until) < outcome.output["finishedAt"] < clock.timestamp(until + 60)
    assert paused == [0]
    assert outcome.states.count("WaitInQueue") == 4  # before the pause, twice when its ten minutes are over, at its end


def test_a_run_that_waits_goes_on_as_soon_as_the_connection_is_resumed(system: System, operator: Operator) -> None:
    until, before, said = clock.now() + 7_200, system.emulator.runtime.around, []
    operator.pause(until=until)

    @contextlib.contextmanager
    def around(module: str, event: dict[str, Any]) -> Iterator[None]:
        yield
        if module == "wait_in_queue":
            said.append(resume(Namespace(stage="dev", json=True, name="default")))

    system.emulator.runtime.around = around
    try:
        outcome = system.run(prompts=COUNTRIES)
    finally:
        system.emulator.runtime.around = before
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert outcome.output["finishedAt"] < clock.timestamp(until)
    assert said[0] == 0
