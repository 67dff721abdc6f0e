"""What the report of a run says, from its record, its events and its log."""

import io
import json
from dataclasses import replace
from typing import Any

import pytest

from functions.errors import ERRORS
from local.cli.console import SafeConsole
from local.cli.show_output import show_report
from local.pages.run_page import run_page
from local.report.assemble import ANSWERS_HIDDEN, NO_LOG, Kept, assembled, lines_of_failed_step
from local.report.report import Answer, Call, CleanedUp, JobStatus, RunReport, StepFailure, Wait
from tests.unit.report.executions import ARN, STATUS, Execution, nightly, record


@pytest.fixture
def report() -> RunReport:
    return assembled(record(), nightly().kept())


def states(report: RunReport) -> list[tuple[str, int | None, int]]:
    return [(step.state, step.attempt, step.times) for step in report.steps]


def failing(*errors: tuple[str, str], end: str = "Fail", **keys: Any) -> Execution:
    run = Execution()
    run.task("PrepareRun", result={"attempt": 1})
    run.pass_by("Attempt", "Parallel")
    run.task("DescribeDatamart", errors=errors, ends=False, attempt=1, **keys)
    run.task("LogOut", attempt=1)
    given = {"failure": {"Error": errors[-1][0], "Cause": "{}"}}
    run.task("ConcludeAttempt", attempt=1, given=given, result={"end": end, "waitsFor": "ServerBusy: all in use"})
    return run


def test_looks_that_follow_each_other_are_one_step_and_prompts_are_between_them(report: RunReport) -> None:
    assert states(report) == [
        ("PrepareRun", None, 1),
        ("WaitInQueue", None, 1),
        ("PrepareRun", None, 1),
        ("LogIn", 1, 1),
        ("ExecuteDatamart", 1, 1),
        ("GetStatus", 1, 1),
        ("GetPrompts", 1, 1),
        ("AnswerPrompts", 1, 1),
        ("GetStatus", 1, 3),
        ("DeleteInstance", 1, 1),
        ("LogOut", 1, 1),
        ("ConcludeAttempt", 1, 1),
    ]
    looks = report.steps[8]
    assert (looks.seconds, looks.waited_seconds) == (180.3, 180.0)


def test_the_requests_of_looks_are_one_line_and_each_is_under_its_step(report: RunReport) -> None:
    (look,) = report.steps[8].calls
    assert look == Call("GET", STATUS["path"], 200, ms=20, times=3)
    assert report.steps[3].calls == (Call("POST", "/auth/login", 204, 40),)
    assert report.steps[2].calls == ()


def test_answers_statuses_waits_and_clean_up_come_from_the_log(report: RunReport) -> None:
    assert report.prompts == (Answer(1, "Country", "ELEMENTS", "answers", ("USA",)),)
    assert [(s.status, s.name, s.times) for s in report.job] == [
        (8, "InResolution", 1),
        (2, "PromptXML", 1),
        (6, "InQueryEngine", 2),
        (1, "Result", 1),
    ]
    assert isinstance(report.job[0], JobStatus)
    why = "position 2 of 3, other-1 had one of 1 slot(s) longest"
    assert report.waits == (Wait("queue", "2026-11-20T05:00:00.100Z", 90.0, why),)
    assert [(c.attempt, c.what, c.how) for c in report.cleaned_up] == [
        (1, "instance", "deleted"),
        (1, "session", "logged out"),
    ]
    assert all(isinstance(each, CleanedUp) for each in report.cleaned_up)


def test_a_wait_whose_log_is_gone_says_what_the_history_says_of_the_queue() -> None:
    (wait,) = assembled(record(), nightly().kept()._replace(log=[])).waits
    assert wait.why == "the queue of connection X."


def test_the_cost_counts_the_executions_own_transitions_and_calls(report: RunReport) -> None:
    run = nightly()
    entered = sum("stateEnteredEventDetails" in event for event in run.events)
    called = sum("taskScheduledEventDetails" in event for event in run.events)
    assert report.cost is not None
    assert (report.cost.transitions, report.cost.lambda_calls) == (entered, called + 1)
    assert 0.000_5 < report.cost.usd < 0.005


def test_a_failure_has_its_error_the_steps_that_failed_and_advice() -> None:
    run = failing(("ServerUnavailable", "503"), ("NotFound", "no datamart X"))
    report = assembled(record(status="FAILED", loaded="no", error="NotFound", cause="no datamart X."), run.kept())
    assert report.problem is not None
    assert (report.problem.error, report.problem.cause) == ("NotFound", "no datamart X.")
    assert report.problem.advice.startswith(ERRORS["NotFound"].advice)
    described = report.steps[1]
    assert [(f.error, f.cause) for f in described.failures] == [
        ("ServerUnavailable", "503"),
        ("NotFound", "no datamart X"),
    ]
    assert isinstance(described.failures[0], StepFailure)
    assert described.seconds == 0.2, "an uncaught failure ends the state"
    (attempt,) = report.attempts
    assert (attempt.end, attempt.error, attempt.cause) == ("Fail", "NotFound", "no datamart X")


def test_a_retry_is_a_transition_of_its_own() -> None:
    once, twice = failing(("NotFound", "x")), failing(("ServerUnavailable", "x"), ("NotFound", "x"))
    costs = [assembled(record(), run.kept()).cost for run in (once, twice)]
    assert [cost and cost.transitions for cost in costs] == [5, 6]


def test_an_attempt_that_is_followed_by_another_says_what_it_waited_for() -> None:
    run = failing(("ServerBusy", "all in use"), end="Again")
    run.wait("WaitForNextAttempt", 30)
    run.pass_by("Attempt", "Parallel")
    run.task("LogIn", attempt=2)
    report = assembled(record(status="RUNNING", loaded="unknown"), run.kept())
    assert [(wait.what, wait.seconds, wait.why) for wait in report.waits] == [
        ("next attempt", 30.0, "ServerBusy: all in use")
    ]
    assert [(attempt.number, attempt.end) for attempt in report.attempts] == [(1, "Again"), (2, None)]
    assert report.problem is None


def test_a_stopped_run_has_advice_and_no_error() -> None:
    report = assembled(record(status="ABORTED", loaded="unknown", cause="The execution was stopped."), nightly().kept())
    assert report.problem is not None
    assert report.problem.error is None
    assert "removed by itself" in report.problem.advice


def test_without_the_execution_the_record_is_shown_and_it_is_said_what_is_missing() -> None:
    report = assembled(record(), Kept({}, [], [], why_gone="it was forgotten after 90 days"))
    assert "it was forgotten after 90 days" in report.notes[0]
    assert report.notes[1] == NO_LOG.format(why="the log has nothing of this execution")
    assert (report.steps, report.attempts, report.cost) == ((), (), None)
    assert report.run == record()


def test_without_a_log_prompts_are_those_of_the_output_without_values() -> None:
    output = {"promptsAnswered": [{"name": "Country", "type": "ELEMENTS", "how": "default"}]}
    report = assembled(record(), nightly().kept(output=json.dumps(output))._replace(log=[]))
    assert report.prompts == (Answer(None, "Country", "ELEMENTS", "default"),)
    assert report.notes == (NO_LOG.format(why="the log has nothing of this execution"),)


def test_hidden_answers_are_said_to_be_hidden() -> None:
    run = nightly()
    run.log = [line.replace(', "values": ["USA"]', "") for line in run.log]
    report = assembled(record(), run.kept())
    assert report.prompts == (Answer(1, "Country", "ELEMENTS", "answers"),)
    assert report.notes == (ANSWERS_HIDDEN,)


def test_lines_of_other_executions_are_passed_over() -> None:
    run = nightly()
    run.log += [line.replace(ARN, f"{ARN}0") for line in run.log]
    run.log += ["START RequestId: x", "[1]", '{"message": "x"}', "{", json.dumps({"correlation_id": ARN})]
    assert assembled(record(), run.kept()) == assembled(record(), nightly().kept())


def test_events_as_a_file_has_them_give_the_same_report() -> None:
    run = nightly()
    as_written = json.loads(json.dumps(run.events, default=lambda value: value.isoformat()))
    assert assembled(record(), run.kept()._replace(events=as_written)) == assembled(record(), run.kept())


def test_the_lines_of_the_step_that_failed_are_given_as_they_were_written() -> None:
    run = failing(("ServerUnavailable", "503"), ("NotFound", "no datamart X"), calls=[STATUS])
    lines = lines_of_failed_step(record(), run.kept())
    assert [json.loads(line)["error"] for line in lines] == ["ServerUnavailable", "NotFound"]
    assert set(lines) <= set(run.log)


def test_of_a_run_that_only_had_to_wait_in_the_queue_no_lines_are_given(report: RunReport) -> None:
    assert lines_of_failed_step(record(), nightly().kept()) == []
    assert not any(step.failures for step in report.steps)


def test_in_json_names_are_in_camel_case_and_what_is_not_known_is_null(report: RunReport) -> None:
    found = json.loads(json.dumps(report.as_json()))
    assert set(found) == {
        *("run", "console", "notes", "problem", "attempts", "steps", "prompts", "promptsLeftOut", "job", "waits"),
        *("cleanedUp", "cost", "items", "notRun", "after", "server"),
    }
    assert found["problem"] is None
    assert found["run"]["startedAt"] == "2026-11-20T05:00:00.000Z"
    assert found["steps"][8]["waitedSeconds"] == 180.0
    assert found["console"].startswith("https://eu-west-1.console.aws.amazon.com/")


def test_the_items_of_a_batch_are_in_the_order_of_their_start() -> None:
    items = [replace(record(), id=name, started_at=f"2026-11-20T05:0{at}:00.000Z") for name, at in (("b", 2), ("a", 1))]
    report = assembled(record(kind="batch"), Execution().kept(), items)
    assert [item.id for item in report.items] == ["a", "b"]


ODD: tuple[Any, ...] = (
    None,
    5,
    -1,
    0.5,
    float("nan"),
    10**400,
    True,
    "x",
    "",
    [],
    [5],
    ["x"],
    [[]],
    {},
    {"x": []},
    [None],
)
"""Values of other types than a line has."""

ODD_CALLS = [{"method": odd, "path": odd, "status": odd, "ms": odd, "error": odd, "retry": odd} for odd in ODD]
ODD_ANSWERS = [{"name": odd, "type": odd, "how": odd, "values": odd, "more": odd} for odd in ODD]
ODD_QUEUES = [{"position": odd, "of": odd, "seconds": odd, "hasSlot": odd, "slots": odd} for odd in ODD]


@pytest.mark.parametrize("odd", [*ODD, ODD_CALLS, ODD_ANSWERS, *ODD_QUEUES], ids=lambda odd: repr(odd)[:40])
def test_whatever_a_line_of_the_log_has_under_a_key_the_report_is_made_and_shown(odd: Any) -> None:
    run = Execution()
    keys = ("answers", "answersLeftOut", "calls", "callsLeftOut", "cleaned", "asked", "attempt", "status")
    run.task("PrepareRun", errors=(("InQueue", "60 seconds are left to wait in the queue of connection X."),))
    run.task("WaitInQueue", 90, queue=odd, asked=odd)
    run.task("AskPerson", 90, asked=odd)
    run.task("GetStatus", **dict.fromkeys(keys, odd))
    run.log += [json.dumps(json.loads(run.log[-1]) | {key: odd}) for key in ("timestamp", "function_name", "step")]
    report = assembled(record(), run.kept(output=odd, cause=odd))
    assert [step.state for step in report.steps] == ["PrepareRun", "WaitInQueue", "AskPerson", "GetStatus"]
    assert json.loads(json.dumps(report.as_json(), allow_nan=False))
    shown = io.StringIO()
    show_report(SafeConsole(file=shown, width=100, markup=False, emoji=False, highlight=False), report)
    assert "GetStatus" in shown.getvalue()
    assert "GetStatus" in run_page(report, 0)


@pytest.mark.parametrize("time", ["0001-01-01 00:00:00,000+0100", "9999-12-31 23:59:59,000-0100"])
def test_a_line_of_a_time_that_no_calendar_has_is_passed_over(time: str) -> None:
    run = nightly()
    lines = len(run.log)
    run.log += [json.dumps(json.loads(line) | {"timestamp": time}) for line in run.log]
    assert assembled(record(), run.kept()) == assembled(record(), run.kept()._replace(log=run.log[:lines]))
