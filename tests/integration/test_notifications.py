"""Notifications: one event for every end of a run, one failure notification for every end but success."""

import contextlib
import json
import threading
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from functions.limits import CLAIM_SECONDS
from functions.notifications import end_event, failure_notice
from local.emulator import end_events
from local.simulator import catalogue
from tests.integration.conftest import CITY, TUTORIAL, Example, System
from tests.support.cases import one_of

COUNTRIES = [{"name": "Elements of Country", "answers": [{"name": "USA"}]}]


def end_again(system: System, execution_arn: str) -> None:
    """The status change is delivered once more."""
    described = boto3.client("stepfunctions").describe_execution(executionArn=execution_arn)
    end_events.deliver_the_end(system.emulator.template, described)


def test_a_success_is_reported_by_an_event_and_no_notification(example: Example) -> None:
    outcome = example.outcome
    (event,) = example.events
    assert (event["source"], event["detail-type"]) == ("datamart-runner", "Datamart Run Ended")
    assert event["resources"] == [outcome.execution_arn]
    detail = event["detail"]
    assert {key: detail[key] for key in ("version", "status", "loaded", "error", "job", "connection")} == {
        "version": "1",
        "status": "SUCCEEDED",
        "loaded": "yes",
        "error": None,
        "job": None,
        "connection": "default",
    }
    assert detail["datamart"] == {"id": CITY, "name": "City"}
    assert detail["target"] == {"source": "Statistics", "table": "DM_CITY", "append": False}
    assert detail["durationSeconds"] == outcome.output["durationSeconds"]
    assert example.notices == []


def test_a_failure_notification_says_what_happened_and_what_to_do(system: System) -> None:
    outcome = system.run(datamart=catalogue.BROKEN_SQL)
    (told,) = system.notices()
    assert told["Subject"] == "Datamart Broken SQL failed: DatamartFailed (loaded: unknown)"
    lines = dict(line.split(": ", 1) for line in told["Message"].splitlines())
    assert lines["Datamart"] == "Broken SQL"
    assert lines["Ended as"] == "DatamartFailed"
    assert lines["Table"] == "DM_BROKEN in Statistics"
    assert lines["Loaded"].startswith("It is not known.")
    assert "no_such_column" in lines["What happened"]
    assert "iServerCode -2147212544" in lines["What happened"]
    assert "ticketId" in lines["What happened"]
    assert lines["What to do"].startswith("Look up the message")
    assert lines["Execution"] == (
        "https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/v2/executions/details/"
        f"{outcome.execution_arn}"
    )
    (event,) = system.events()
    assert (event["detail"]["status"], event["detail"]["error"]) == ("FAILED", "DatamartFailed")


def test_a_refused_request_is_reported_though_no_run_was_begun(system: System) -> None:
    system.run_input({"job": "city-nightly", "asOf": "tomorrow"})
    (told,) = system.notices()
    assert told["Subject"] == "Datamart city-nightly failed: InvalidRequest (loaded: no)"
    assert "asOf" in told["Message"]
    (event,) = system.events()
    assert (event["detail"]["job"], event["detail"]["loaded"]) == ("city-nightly", "no")
    assert system.steps() == []


def test_a_job_is_named_and_the_time_that_it_ran_for(system: System) -> None:
    system.simulator.inject("execute", status=403, json={"code": "ERR014", "message": "No privilege."})
    system.run_input({"job": "city-nightly", "asOf": "2026-11-20T05:00+01:00"})
    (told,) = system.notices()
    lines = dict(line.split(": ", 1) for line in told["Message"].splitlines())
    assert (lines["Job"], lines["For"]) == ("city-nightly", "2026-11-20T05:00+01:00")


@pytest.fixture
def around(system: System) -> Iterator[Any]:
    def install(replacement: Any) -> None:
        system.emulator.runtime.around = replacement

    before = system.emulator.runtime.around
    yield install
    system.emulator.runtime.around = before


def test_a_stopped_run_is_reported_too(system: System, around: Any) -> None:
    inside, go_on = threading.Event(), threading.Event()

    @contextlib.contextmanager
    def barrier(called: str, event: Any) -> Iterator[None]:
        if called == "get_status" and not inside.is_set():
            inside.set()
            go_on.wait(5)
        yield

    around(barrier)
    execution = system.emulator.start({"project": TUTORIAL, "datamart": CITY, "prompts": COUNTRIES})
    assert inside.wait(5)
    stopper = threading.Thread(target=system.emulator.stop, args=(execution,))
    stopper.start()
    go_on.set()
    system.emulator.wait(execution)
    stopper.join()
    (told,) = system.notices()
    assert told["Subject"].startswith("Datamart City was stopped (loaded: ")
    assert "The execution was stopped" in told["Message"]
    (event,) = system.events()
    assert event["detail"]["status"] == "ABORTED"


def test_a_run_that_the_state_machine_timed_out_is_reported_too(example: Example, system: System) -> None:
    arn = example.outcome.execution_arn
    described = boto3.client("stepfunctions").describe_execution(executionArn=arn)
    other = f"{arn}-timed-out"
    end_events.deliver_the_end(system.emulator.template, described | {"executionArn": other, "status": "TIMED_OUT"})
    (told,) = system.notices()
    assert "was timed out" in told["Subject"]
    assert "time limit" in told["Message"]


def test_an_end_that_is_delivered_again_is_reported_once(system: System) -> None:
    outcome = system.run(datamart=catalogue.BROKEN_SQL)
    calls = system.steps()
    for _ in range(3):
        end_again(system, outcome.execution_arn)
    assert (len(system.notices()), len(system.events())) == (1, 1)
    assert system.steps() == calls


def test_an_end_that_is_delivered_twice_at_once_is_reported_once(example: Example, system: System) -> None:
    arn = example.outcome.execution_arn
    other = f"{arn}-twice"
    described = boto3.client("stepfunctions").describe_execution(executionArn=arn)
    failed = described | {"executionArn": other, "status": "FAILED", "error": "NotFound", "cause": "Loaded: no."}
    threads = [
        threading.Thread(target=end_events.deliver_the_end, args=(system.emulator.template, failed)) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(system.notices()), len(system.events())) == (1, 1)


@pytest.mark.parametrize(
    ("step", "kind"), one_of(((failure_notice, "notice"), "notices"), ((end_event, "send"), "events"))
)
def test_what_could_not_be_sent_is_sent_with_the_next_delivery(
    system: System, monkeypatch: pytest.MonkeyPatch, step: tuple[Any, str], kind: str
) -> None:
    real, failures = getattr(*step), [RuntimeError("no"), ConnectionError("no")]

    def fails(*given: Any) -> Any:
        if failures:
            raise failures.pop()
        return real(*given)

    monkeypatch.setattr(*step, fails)
    outcome = system.run(datamart=catalogue.BROKEN_SQL)
    end_again(system, outcome.execution_arn)
    assert len(getattr(system, kind)()) == 1


def test_an_invocation_that_died_while_notifying_is_replaced_once_its_claim_is_old(
    system: System, monkeypatch: pytest.MonkeyPatch, clock: Any
) -> None:
    real = failure_notice.notice

    class Killed(BaseException):
        """Lambda kills without asking anybody."""

    def dies(*_: Any) -> None:
        raise Killed

    monkeypatch.setattr(failure_notice, "notice", dies)
    request = {"project": TUTORIAL, "datamart": catalogue.BROKEN_SQL}
    with pytest.raises(Killed):
        system.run_input(request)
    monkeypatch.setattr(failure_notice, "notice", real)
    executions = boto3.client("stepfunctions").list_executions(stateMachineArn=system.emulator.deployed.state_machine)
    arn = max(executions["executions"], key=lambda e: e["startDate"])["executionArn"]
    end_again(system, arn)
    assert system.notices() == []  # the dead one might still be at it
    clock.advance(CLAIM_SECONDS + 1)
    end_again(system, arn)
    assert len(system.notices()) == 1


def test_the_time_of_a_load_is_kept_for_its_job(system: System) -> None:
    system.run_input({"job": "city-nightly"})
    kept = system.emulator.item("job/city-nightly")
    assert kept is not None
    assert float(kept["loadedAt"]) > 0


def test_no_notification_is_too_long_for_sns(system: System) -> None:
    system.simulator.inject("execute", status=403, json={"code": "ERR014", "message": "é" * 100_000})
    system.run(prompts=COUNTRIES)
    (told,) = system.notices()
    assert len(told["Message"].encode()) < 256 * 1024
    assert len(json.dumps(system.events())) < 256 * 1024
