"""``datamart show`` of runs and batches, on the history of this computer and on AWS."""

import argparse
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from functions.errors import BatchIncomplete
from functions.runs.model import OpenQuestion
from local.cli.show import show
from local.history.details import LOG
from local.history.files import Files
from local.history.home import HOME
from local.outcome import Outcome
from local.simulator import catalogue
from local.simulator.scenario import Scenario
from tests.integration.conftest import PASSWORD, System, tokens_of_waits
from tests.integration.test_logs import lines_of
from tests.support.batches import load
from tests.support.by_hand import ByHand
from tests.support.cloud import Cloud, deployed, instead_of, refused

COUNTRIES = [{"name": "Elements of Country", "type": "ELEMENTS", "answers": [{"name": "USA"}]}]


class Shown:
    """Runs ``datamart show`` and gives its output; what it prints is searched for every secret that existed."""

    def __init__(self, system: System, capsys: pytest.CaptureFixture[str], stage: str | None) -> None:
        self._system = system
        self._capsys = capsys
        self.stage = stage
        self.seen: list[str] = []

    def __call__(self, run: str, code: int = 0, **options: Any) -> tuple[str, str]:
        self._capsys.readouterr()
        chosen = {"log_failed": False, "json": False, "web": False, "html": None} | options
        assert show(argparse.Namespace(run=run, stage=self.stage, **chosen)) == code
        found = self._capsys.readouterr()
        self.seen += [found.out, found.err]
        return found.out, found.err

    def json(self, run: str) -> dict[str, Any]:
        """The report."""
        found: dict[str, Any] = json.loads(self(run, json=True)[0])
        return found

    def page(self, run: str, path: Path) -> str:
        """The page that it writes."""
        assert self(run, html=path) == (f"{path}\n", "")
        self.seen.append(path.read_text("utf-8"))
        return self.seen[-1]

    def search(self, outcome: Outcome) -> None:
        """No secret, no cookie and no task token is in what was shown."""
        secrets = {*self._system.simulator.secrets(), PASSWORD, *tokens_of_waits(outcome.history)} - {""}
        assert len(secrets) > 3
        assert not [secret for secret in secrets for text in self.seen if secret in text]


@pytest.fixture
def files(system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    """The history of this computer, which the emulator keeps from here on."""
    monkeypatch.setenv(HOME, str(tmp_path))
    files = Files()
    monkeypatch.setattr(system.emulator, "_at_the_end", files.keep)
    return files


@pytest.fixture
def cloud(system: System, template_path: Path) -> Iterator[Cloud]:
    with deployed(system.emulator, template_path) as cloud:
        yield cloud


@pytest.fixture
def here(system: System, files: Files, capsys: pytest.CaptureFixture[str]) -> Shown:
    return Shown(system, capsys, None)


def name_of(outcome: Outcome) -> str:
    return outcome.execution_arn.rpartition(":")[2]


def requests_of(report: dict[str, Any]) -> int:
    """How many HTTP requests a report has."""
    return sum(call["times"] for step in report["steps"] for call in step["calls"])


def queued(system: System, monkeypatch: pytest.MonkeyPatch) -> Outcome:
    """A run that waited in the queue for one that a test called by hand."""
    ByHand(system).ends_at_wait(monkeypatch, 2)
    return system.run(datamart=catalogue.CATEGORY_SALES)


# -- this computer ----------------------------------------------------------------------------------------------------


def test_a_run_of_this_computer_is_shown_from_its_history(system: System, here: Shown, files: Files) -> None:
    outcome = system.run(prompts=COUNTRIES)
    text, _ = here(name_of(outcome))
    report = here.json(outcome.execution_arn)
    assert "City  SUCCEEDED  loaded: yes" in text
    assert "GetStatus ×2" in text
    assert "Elements of Country  USA  answered" in text
    assert requests_of(report) == len(system.simulator.state()["requests"]) > 10
    assert [each["name"] for each in report["job"]] == ["InResolution", "PromptXML", "InQueryEngine", "Result"]
    assert {each["what"] for each in report["cleanedUp"]} == {"instance", "session"}
    assert report["cost"]["transitions"] == len(outcome.states)
    assert (report["notes"], report["problem"], report["console"]) == ([], None, None)
    here.seen.append((files.details(name_of(outcome)) / LOG).read_text("utf-8"))
    here.search(outcome)


def test_a_failed_run_is_shown_with_its_error_and_the_log_of_the_step_that_failed(system: System, here: Shown) -> None:
    outcome = system.run(datamart="Broken SQL")
    text, _ = here(name_of(outcome))
    assert "Broken SQL  FAILED  loaded: unknown" in text
    assert "What to do     Look up the message in MicroStrategy" in text
    report = here.json(name_of(outcome))
    assert report["problem"]["error"] == "DatamartFailed"
    assert "no_such_column" in report["problem"]["cause"]
    assert not report["problem"]["cause"].startswith("Loaded:"), "the sentence of the record is enough"
    lines = [json.loads(line) for line in here(name_of(outcome), log_failed=True)[0].splitlines()]
    assert [line["message"] for line in lines][-1] == "step failed"
    assert {line["step"] for line in lines} == {"get_status"}
    here.search(outcome)


def test_a_run_in_which_nothing_failed_has_no_log_of_a_failed_step(system: System, here: Shown) -> None:
    outcome = system.run(prompts=COUNTRIES)
    out, err = here(name_of(outcome), log_failed=True)
    assert (out, f"no step of {name_of(outcome)} failed" in err) == ("", True)


def test_a_run_that_waited_is_shown_with_whom_it_waited_for_and_without_its_task_token(
    system: System, here: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = queued(system, monkeypatch)
    (wait,) = here.json(name_of(outcome))["waits"]
    assert (wait["what"], "position 1 of 1, by-hand-" in wait["why"]) == ("queue", True)
    assert "for its turn in the queue: position 1 of 1" in here(name_of(outcome))[0]
    assert list(tokens_of_waits(outcome.history))
    here.search(outcome)


def test_hidden_answers_are_not_shown(system: System, here: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOW_ANSWERS", "false")
    outcome = system.run(prompts=COUNTRIES)
    text, _ = here(name_of(outcome))
    assert "Elements of Country  (hidden)  answered" in text
    (answer,) = here.json(name_of(outcome))["prompts"]
    assert (answer["name"], answer["values"]) == ("Elements of Country", None)
    assert "USA" not in "".join(here.seen)


def test_a_run_whose_details_are_gone_is_shown_from_its_record(system: System, here: Shown, files: Files) -> None:
    outcome = system.run(datamart="Broken SQL")
    shutil.rmtree(files.details(name_of(outcome)))
    text, _ = here(name_of(outcome))
    assert "Broken SQL  FAILED  loaded: unknown" in text
    assert "this computer keeps the details of the last 500 executions" in text
    report = here.json(name_of(outcome))
    assert (report["steps"], report["cost"], len(report["notes"])) == ([], None, 2)
    _, err = here(name_of(outcome), log_failed=True)
    assert f"the lines of {name_of(outcome)} are not kept any more: this computer keeps the details of the last" in err


def test_without_the_log_alone_the_values_of_answers_are_not_known(system: System, here: Shown, files: Files) -> None:
    outcome = system.run(prompts=COUNTRIES)
    (files.details(name_of(outcome)) / LOG).unlink()
    text, _ = here(name_of(outcome))
    assert "Elements of Country  (not known)  answered" in text
    assert "hidden" not in text
    assert (
        f"the lines of {name_of(outcome)} cannot be read: the log has nothing"
        in here(name_of(outcome), log_failed=True)[1]
    )


def test_a_batch_is_shown_with_its_items_and_the_logs_of_those_that_failed(
    new_system: Callable[..., System],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    system = new_system(Scenario(more_loads=(5.0, 5.0)))
    files = Files(tmp_path)
    monkeypatch.setenv(HOME, str(tmp_path))
    monkeypatch.setattr(system.emulator, "_at_the_end", files.keep)
    here = Shown(system, capsys, None)
    wrong = {"name": "wrong", "project": catalogue.TUTORIAL, "datamart": "Broken SQL"}
    late = {"name": "late", "project": catalogue.TUTORIAL, "datamart": "Store Master", "after": ["wrong"]}
    batch = system.watch_batch(system.emulator.start_batch({"batch": {"items": [load(1), load(2, 1), wrong, late]}}))
    report = here.json(name_of(batch))
    assert {item["item"]: item["status"] for item in report["items"]} == {
        "load 1": "SUCCEEDED",
        "load 2": "SUCCEEDED",
        "wrong": "FAILED",
    }
    assert report["notRun"] == [{"name": "late", "outcome": "skipped", "because": "wrong"}]
    assert report["problem"]["error"] == "BatchIncomplete"
    assert report["problem"]["advice"] == BatchIncomplete.advice
    text, _ = here(name_of(batch))
    assert "wrong   FAILED (loaded: unknown)" in text
    assert "late    skipped because of wrong" in text
    assert report["steps"][0]["state"] == "PrepareBatch"
    page = here.page(name_of(batch), tmp_path / "page.html")
    assert "2 of 4 items are loaded." in page
    assert '<li>late <span class="quiet">skipped because of wrong</span></li>' in page
    assert "Longest chain: " in page
    assert report["after"] == {"load 2": ["load 1"], "late": ["wrong"]}
    out, err = here(name_of(batch), log_failed=True)
    assert "datamart: wrong: " in err
    assert {json.loads(line)["step"] for line in out.splitlines()} == {"get_status"}
    here.search(batch)


def test_an_unknown_run_is_refused_with_what_to_do(here: Shown) -> None:
    out, err = here("nope", code=2)
    assert out == ""
    assert 'unknown run "nope"' in err
    assert "datamart runs" in err
    assert json.loads(here("nope", code=2, json=True)[0])["error"] == "InvalidRequest"


def test_a_run_of_this_computer_has_no_page_in_the_console(system: System, here: Shown) -> None:
    out, err = here(name_of(system.run(prompts=COUNTRIES)), code=2, web=True)
    assert (out, "--stage" in err) == ("", True)


# -- a stage ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def there(system: System, cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> Shown:
    """Shows what AWS knows; DynamoDB is asked for the history alone."""
    history = system.emulator.deployed.history_table

    def only_the_history(params: dict[str, Any], **_: Any) -> None:
        assert params["TableName"] == history

    boto3.DEFAULT_SESSION.events.register("provide-client-params.dynamodb", only_the_history)
    return Shown(system, capsys, "dev")


def test_a_deployed_run_is_shown_from_its_record_its_execution_and_the_logs(
    system: System, cloud: Cloud, there: Shown
) -> None:
    outcome = system.run(prompts=COUNTRIES)
    requests = len(system.simulator.state()["requests"])
    another = system.run(datamart=catalogue.CATEGORY_SALES)
    cloud.log([json.dumps(line) for each in (outcome, another) for line in lines_of(system, each)])
    report = there.json(name_of(outcome))
    assert requests_of(report) == requests
    assert report["prompts"][0]["values"] == ["USA"]
    assert {each["what"] for each in report["cleanedUp"]} == {"instance", "session"}
    assert report["notes"] == []
    assert report["console"].endswith(outcome.execution_arn)
    there.stage = None
    assert there(outcome.execution_arn, web=True)[0].strip() == report["console"], "the ARN names the stage"
    there.stage = "dev"
    assert "Elements of Country  USA  answered" in there(name_of(outcome))[0]
    there.search(outcome)


def test_the_log_of_a_deployed_step_that_failed_is_printed(system: System, cloud: Cloud, there: Shown) -> None:
    outcome = system.run(datamart="Broken SQL")
    cloud.log([json.dumps(line) for line in lines_of(system, outcome)])
    lines = [json.loads(line) for line in there(name_of(outcome), log_failed=True)[0].splitlines()]
    assert [line["error"] for line in lines if "error" in line] == ["DatamartFailed"]


def test_a_deployed_run_is_shown_after_step_functions_has_forgotten_it(
    system: System, cloud: Cloud, there: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = system.run(prompts=COUNTRIES)
    cloud.log([json.dumps(line) for line in lines_of(system, outcome)])
    instead_of("sfn.DescribeExecution", lambda **_: refused("ExecutionDoesNotExist", "it does not exist"))
    monkeypatch.setattr(
        "local.aws.logs.BEFORE", 10 * 86_400
    )  # the log has the machine's time, and the record the clock's
    text, _ = there(name_of(outcome))
    assert "City  SUCCEEDED  loaded: yes" in text
    assert "forgets an execution 90 days after its end" in text
    assert "Elements of Country  USA  answered" in text, "the log is kept for longer"


def test_without_the_right_to_read_logs_the_states_are_shown_and_why_there_is_no_more(
    system: System, cloud: Cloud, there: Shown
) -> None:
    outcome = system.run(prompts=COUNTRIES)
    instead_of("cloudwatch-logs.FilterLogEvents", lambda **_: refused("AccessDeniedException", "not authorized"))
    text, _ = there(name_of(outcome))
    assert "a permission is missing: not authorized" in there.json(name_of(outcome))["notes"][0]
    assert "GetStatus ×2" in text
    assert "POST /auth/login" not in text


def test_a_deployed_run_that_still_runs_is_shown(system: System, cloud: Cloud, there: Shown) -> None:
    running: list[dict[str, Any]] = []

    def look(question: OpenQuestion) -> None:
        (arn,) = (each["executionArn"] for each in listed_as_running(system))
        running.append(there.json(arn))
        system.emulator.reply(question.token, {"prompts": [{"name": "Elements of Country", "answers": ["USA"]}]})

    system.emulator.person = look
    try:
        outcome = system.run(unanswered="ask")
    finally:
        system.emulator.person = None
    assert outcome.status == "SUCCEEDED"
    assert (running[0]["run"]["status"], running[0]["problem"]) == ("RUNNING", None)
    assert running[0]["steps"][-1]["seconds"] is None
    there.search(outcome)


def listed_as_running(system: System) -> list[dict[str, Any]]:
    """The executions that have not ended."""
    machine = system.emulator.deployed.state_machine
    found = boto3.client("stepfunctions").list_executions(stateMachineArn=machine, statusFilter="RUNNING")
    return list(found["executions"])


def test_an_unknown_deployed_run_and_an_unknown_stage_are_refused(cloud: Cloud, there: Shown) -> None:
    assert "neither the history nor the running executions of stage dev" in there("nope", code=2)[1]
    there.stage = "prod"
    assert "there is no stack" in there("nope", code=2)[1]


def test_a_batch_of_a_stage_shows_its_items_that_never_ran(
    system: System, cloud: Cloud, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    wrong = {"name": "wrong", "project": catalogue.TUTORIAL, "datamart": "No Such Datamart"}
    late = {"name": "late", "project": catalogue.TUTORIAL, "datamart": "Store Master", "after": ["wrong"]}
    batch = system.watch_batch(system.emulator.start_batch({"batch": {"items": [wrong, late]}}))
    there = Shown(system, capsys, "dev")
    report = there.json(name_of(batch))
    assert [item["item"] for item in report["items"]] == ["wrong"]
    assert report["after"] == {"late": ["wrong"]}
    page = there.page(name_of(batch), tmp_path / "page.html")
    assert page.count('rel="noreferrer">AWS console</a>') == 1
    assert "The execution in the AWS console" in page
    assert report["notRun"] == [{"name": "late", "outcome": "skipped", "because": "wrong"}]
