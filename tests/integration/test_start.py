"""Starting a deployed run and following it: the real command in this process, on the emulator's AWS."""

import argparse
import contextlib
import csv
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from infra.names import stack_name
from local.cli.arguments import command_line
from local.cli.process import exits_with
from local.cli.start import start
from local.simulator import catalogue
from tests.integration.conftest import System
from tests.support.cases import exhaustive
from tests.support.cloud import Cloud, deployed, instead_of, refused


@pytest.fixture
def cloud(system: System, template_path: Path) -> Iterator[Cloud]:
    with deployed(system.emulator, template_path) as cloud:
        yield cloud


def datamart_start(cloud: Cloud, job: str, wait: Any = None, **options: Any) -> int:
    words = command_line().parse_args(["start", job])
    return start(argparse.Namespace(**vars(words) | options), wait or cloud.wait)


def given(execution_arn: str) -> Any:
    """The input of an execution, without who started it."""
    found = _input(execution_arn)
    found.pop("started", None)
    return found


def _input(execution_arn: str) -> Any:
    return json.loads(boto3.client("stepfunctions").describe_execution(executionArn=execution_arn)["input"])


@pytest.fixture
def event(tmp_path: Path) -> Callable[[Any], str]:
    def write(content: Any) -> str:
        path = tmp_path / "event.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
        return str(path)

    return write


def test_a_started_job_is_followed_to_its_end(cloud: Cloud, system: System, capsys: Any) -> None:
    assert datamart_start(cloud, "city-nightly", as_of="2026-11-20T05:00+01:00") == 0
    said = capsys.readouterr().out
    arn = cloud.started[-1]
    assert given(arn) == {"job": "city-nightly", "asOf": "2026-11-20T05:00+01:00"}
    assert ":city-nightly-" in arn
    assert f"Started {arn}" in said
    assert "LogIn" in said
    assert "SUCCEEDED loaded: yes" in said
    assert said.rstrip().endswith(f"#/v2/executions/details/{arn}")
    assert system.loads() == 1


def test_with_json_a_started_job_prints_one_object_and_all_else_on_standard_error(cloud: Cloud, capsys: Any) -> None:
    assert datamart_start(cloud, "city-nightly", json=True) == 0
    said = capsys.readouterr()
    outcome = json.loads(said.out)
    assert (outcome["status"], outcome["output"]["loaded"]) == ("SUCCEEDED", "yes")
    assert outcome["executionArn"] == cloud.started[-1]
    assert outcome["states"][0] == "PrepareRun"
    assert "Console: " in said.err


def test_a_job_that_does_not_exist_is_refused_with_those_that_do(cloud: Cloud, capsys: Any) -> None:
    assert datamart_start(cloud, "city-nigthly") == 2
    said = " ".join(capsys.readouterr().out.split())
    assert "InvalidRequest" in said
    assert "did you mean" in said
    assert "country-upload" in said


def test_a_started_job_that_somebody_stops_has_failed(cloud: Cloud, system: System, capsys: Any) -> None:
    inside, go_on = threading.Event(), threading.Event()

    @contextlib.contextmanager
    def barrier(module: str, _: Any) -> Iterator[None]:
        if module == "describe_datamart":
            inside.set()
            go_on.wait(5)
        yield

    def stopped(seconds: float) -> None:
        assert inside.wait(5)
        stopper = threading.Thread(target=system.emulator.stop, args=(cloud.started[-1],))
        stopper.start()
        go_on.set()
        stopper.join()
        cloud.wait(seconds)

    with _around(system, barrier):
        assert datamart_start(cloud, "city-nightly", wait=stopped) == 1
    said = capsys.readouterr().out
    assert "ABORTED" in said
    assert "The execution was stopped" in said


def test_a_file_with_a_request_can_be_started(cloud: Cloud, event: Any, system: System) -> None:
    prompts = [{"name": "Elements of Country", "answers": [{"name": "USA"}]}]
    request = {"project": "MicroStrategy Tutorial", "datamart": "City", "prompts": prompts}
    assert datamart_start(cloud, event(request)) == 0
    assert given(cloud.started[-1]) == request
    assert system.loads() == 1


@pytest.mark.exhaustive  # guarded by: test_hostile_texts.py: start shows the end
def test_a_started_request_that_fails_ends_with_1(cloud: Cloud, event: Any, capsys: Any) -> None:
    request = {"project": "MicroStrategy Tutorial", "datamart": catalogue.FAILS_EARLY}
    assert datamart_start(cloud, event(request)) == 1
    said = capsys.readouterr().out
    assert "FAILED DatamartFailed" in said
    assert "Loaded: no." in said


def test_a_file_that_is_not_a_request_starts_nothing(cloud: Cloud, event: Any, capsys: Any) -> None:
    as_of = {"as_of": "2026-11-20T05:00+01:00"}
    for content, options, reason in (
        ("{", {}, "is not JSON"),
        ("[1]", {}, "holds neither a request nor a job"),
        ({"datamart": "City"}, as_of, "only a job has placeholders"),
        ({"job": "city-nightly"}, {"as_of": "yesterday"}, "is not a time with its offset"),
    ):
        assert datamart_start(cloud, event(content), **options) == 2
        assert reason in capsys.readouterr().err
    assert cloud.started == []


def test_a_file_to_start_that_does_not_exist_is_named(cloud: Cloud, capsys: Any) -> None:
    assert datamart_start(cloud, "no/such.json") == 2
    assert "no/such.json: is neither the name of a job nor a file" in capsys.readouterr().err


def said(cloud: Cloud, capsys: Any, **options: Any) -> str:
    assert datamart_start(cloud, "city-nightly", json=True, **options) == 2
    assert cloud.started == []
    said = capsys.readouterr()
    outcome = json.loads(said.out)
    assert (outcome["status"], outcome["error"]) == ("FAILED", "InvalidRequest")
    assert outcome["cause"].startswith("Loaded: no. ")
    (line,) = said.err.splitlines()
    return str(line)


def test_starting_without_the_stack_is_one_sentence_and_2(cloud: Cloud, capsys: Any) -> None:
    sentence = said(cloud, capsys, stage="staging")
    assert "there is no stack DatamartRunner-staging in eu-west-1" in sentence
    assert "make deploy STAGE=staging" in sentence


def test_starting_while_the_stack_has_no_state_machine_is_one_sentence_and_2(cloud: Cloud, capsys: Any) -> None:
    cloud.outputs.clear()
    assert "has no state machine" in said(cloud, capsys)


def test_starting_without_credentials_is_one_sentence_and_2(
    cloud: Cloud, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)
    boto3.setup_default_session()
    assert datamart_start(cloud, "city-nightly") == 2
    assert "there are no AWS credentials: set AWS_PROFILE" in capsys.readouterr().err
    monkeypatch.undo()
    boto3.setup_default_session()
    assert cloud.started == []


def test_a_start_that_aws_refuses_is_one_sentence_and_2(cloud: Cloud, capsys: Any) -> None:
    for code, words in {
        "AccessDenied": "a permission is missing: User me may not",
        "ExpiredToken": "the AWS credentials have expired",
        "InvalidClientTokenId": "AWS does not know these credentials",
        "Unheard": "AWS refused DescribeStacks (Unheard): User me may not",
    }.items():
        cloud.refusal = code, "User me may not"
        assert words in said(cloud, capsys)


def test_a_run_that_can_be_started_but_not_followed_is_one_sentence_and_2(
    cloud: Cloud, system: System, capsys: Any
) -> None:
    def denied(**_: Any) -> Any:
        return refused("AccessDeniedException", "User me may not perform states:DescribeExecution")

    instead_of("sfn.DescribeExecution", denied)
    assert datamart_start(cloud, "city-nightly", json=True) == 2
    boto3.setup_default_session()
    outcome = json.loads(capsys.readouterr().out)
    assert (outcome["status"], outcome["error"]) == ("RUNNING", "NotFollowed")
    assert "The run goes on but cannot be followed: a permission is missing" in outcome["cause"]
    system.emulator.wait(outcome["executionArn"])
    assert system.loads() == 1


def test_ctrl_c_ends_the_following_and_not_the_run(cloud: Cloud, system: System, capsys: Any) -> None:
    go_on = threading.Event()

    @contextlib.contextmanager
    def barrier(module: str, _: Any) -> Iterator[None]:
        if module == "log_in":
            go_on.wait(5)
        yield

    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    with _around(system, barrier):
        assert datamart_start(cloud, "city-nightly", wait=interrupted) == 130
        arn = cloud.started[-1]
        said = capsys.readouterr().out
        go_on.set()
        assert system.emulator.wait(arn).status == "SUCCEEDED"
    assert "the run goes on" in said
    assert f"aws stepfunctions stop-execution --execution-arn {arn}" in said


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), exhaustive((signal.SIGHUP, 129))])
@pytest.mark.exhaustive  # guarded by: Ctrl-C; signals of all kinds: unit/cli/signals
def test_sigterm_and_sighup_end_the_following_and_not_the_run(
    cloud: Cloud, system: System, capsys: Any, number: int, code: int
) -> None:
    def interrupted(_: float) -> None:
        os.kill(os.getpid(), number)

    def following() -> int:
        return datamart_start(cloud, "city-nightly", wait=interrupted, json=True)

    with pytest.raises(SystemExit) as ended:
        exits_with(following)
    assert ended.value.code == code
    outcome = json.loads(capsys.readouterr().out)
    assert (outcome["status"], outcome["executionArn"]) == ("RUNNING", cloud.started[-1])
    assert system.emulator.wait(cloud.started[-1]).status == "SUCCEEDED"


@contextlib.contextmanager
def _around(system: System, make: Any) -> Iterator[None]:
    before, system.emulator.runtime.around = system.emulator.runtime.around, make
    try:
        yield
    finally:
        system.emulator.runtime.around = before


@pytest.mark.parametrize(
    "command", [["local.cli.main", "start", "city-nightly"], exhaustive(["local.cli.smoke", "--job", "x"])]
)
def test_a_profile_that_does_not_exist_is_reported_in_a_sentence(command: list[str], tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment |= {"AWS_PROFILE": "nobody", "AWS_CONFIG_FILE": str(tmp_path / "none")}
    ended = subprocess.run([sys.executable, "-m", *command], env=environment, capture_output=True, text=True)
    assert ended.returncode == 2
    (line,) = ended.stderr.splitlines()
    assert "(nobody) could not be found: AWS_PROFILE names it." in line


def test_the_template_has_the_name_of_the_stack(template_path: Path) -> None:
    assert template_path.name == f"{stack_name('dev')}.template.json"


def test_a_named_batch_is_started_in_the_machine_of_batches_and_followed(cloud: Cloud, capsys: Any) -> None:
    assert datamart_start(cloud, "night", as_of="2026-11-20T05:00+01:00") == 0
    arn = cloud.started[-1]
    assert given(arn) == {"batch": "night", "asOf": "2026-11-20T05:00+01:00"}
    assert ":datamart-runner-dev_batches:night-" in arn
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert "SUCCEEDED loaded: 3 of 3 items" in lines
    assert [line.split()[:2] for line in lines[1:4]] == [
        *(["city-nightly", "loaded"], ["categories", "loaded"], ["days", "loaded"])
    ]


def test_only_some_items_of_a_batch_are_started(cloud: Cloud, system: System, capsys: Any) -> None:
    assert datamart_start(cloud, "night", only=["days"], json=True) == 0
    assert given(cloud.started[-1]) == {"batch": "night", "only": ["days"]}
    said = capsys.readouterr()
    output = json.loads(said.out)["output"]
    assert [(line["name"], line["outcome"]) for line in output["items"]] == [("days", "loaded")]
    assert any(line.startswith("days loaded ") for line in (" ".join(one.split()) for one in said.err.splitlines()))
    assert sum(system.simulator.state()["loads"].values()) == 1


def test_only_is_for_batches(cloud: Cloud, event: Callable[[Any], str], capsys: Any) -> None:
    assert datamart_start(cloud, event({"project": "P", "datamart": "D"}), only=["days"]) == 2
    assert "--only:" in capsys.readouterr().err
    assert cloud.started == []


def test_the_items_of_a_batch_are_given_with_commas_between_them() -> None:
    words = ["start", "night", "--only", "days, city-nightly,"]
    assert command_line().parse_args(words).only == ["days", "city-nightly"]


def test_a_stack_without_the_machine_of_batches_says_so(cloud: Cloud, capsys: Any) -> None:
    del cloud.outputs["BatchMachineArn"]
    assert datamart_start(cloud, "night") == 2
    assert "is of a release that has no batches; deploy it again" in capsys.readouterr().err


def test_a_started_batch_that_fails_shows_its_items_all_the_same(cloud: Cloud, event: Any, capsys: Any) -> None:
    items = [{"name": "early", "datamart": catalogue.FAILS_EARLY}, {"datamart": "Daily Sales", "after": ["early"]}]
    path = event({"batch": {"defaults": {"project": "MicroStrategy Tutorial"}, "items": items}})
    assert datamart_start(cloud, path, json=True) == 1
    said = capsys.readouterr()
    lines = json.loads(said.out)["output"]["items"]
    assert [(line["name"], line["outcome"]) for line in lines] == [("early", "failed"), ("Daily Sales", "skipped")]
    assert "because of early" in said.err
    assert datamart_start(cloud, path, csv=True) == 1
    header, *rows = csv.reader(capsys.readouterr().out.splitlines())
    assert header[:3] == ["name", "outcome", "loaded"]
    assert [row[:3] for row in rows] == [["early", "failed", "no"], ["Daily Sales", "skipped", "no"]]


def test_a_csv_file_is_started_as_a_batch(cloud: Cloud, tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "night.csv"
    path.write_text("name,project,datamart\ndays,MicroStrategy Tutorial,Daily Sales\n", "utf-8")
    assert datamart_start(cloud, str(path), json=True) == 0
    days = {"name": "days", "project": "MicroStrategy Tutorial", "datamart": "Daily Sales"}
    source = {"file": "night.csv", "lines": [2]}
    assert given(cloud.started[-1]) == {"batch": {"items": [days]}, "source": source}
    assert json.loads(capsys.readouterr().out)["output"]["counts"]["loaded"] == 1
    path.write_text("name,timeoutMinutes\ndays,x\n", "utf-8")
    assert datamart_start(cloud, str(path)) == 2
    assert f"{path}: line 2: timeoutMinutes: " in capsys.readouterr().err
    assert len(cloud.started) == 1


def test_the_rest_of_an_ended_batch_runs_with_what_a_person_decided_on_its_items(
    cloud: Cloud, event: Any, capsys: Any
) -> None:
    items = [
        {"name": "broken", "datamart": catalogue.BROKEN_SQL},
        {"name": "days", "datamart": "Daily Sales", "after": ["broken"]},
    ]
    path = event({"batch": {"defaults": {"project": "MicroStrategy Tutorial"}, "items": items}})
    assert datamart_start(cloud, path) == 1
    first = cloud.started[-1]
    capsys.readouterr()
    assert datamart_start(cloud, first, force=["broken"]) == 1
    assert given(cloud.started[-1]) == {"restartOf": first, "force": ["broken"]}
    capsys.readouterr()
    assert datamart_start(cloud, first, accept=["broken"], json=True) == 0
    assert given(cloud.started[-1]) == {"restartOf": first, "accept": ["broken"]}
    lines = json.loads(capsys.readouterr().out)["output"]["items"]
    assert [(line["name"], line["loaded"]) for line in lines] == [("broken", "yes"), ("days", "yes")]
    assert datamart_start(cloud, first, force=["broken"]) == 2
    assert 'force: "broken" is loaded; to load it once more, start a run of it.' in capsys.readouterr().out


def test_only_items_of_an_ended_batch_are_accepted(cloud: Cloud, event: Any, capsys: Any) -> None:
    assert datamart_start(cloud, "night", accept=["days"]) == 2
    assert "--accept: night is not the rest of an ended batch." in " ".join(capsys.readouterr().err.split())
    path = event({"restartOf": "arn:aws:states:eu-west-1:1:execution:d_batches:x", "force": ["a"]})
    assert datamart_start(cloud, path, force=["days"]) == 2
    assert 'has "force" too' in capsys.readouterr().err
    assert cloud.started == []


def test_a_wrong_batch_of_a_file_is_refused_with_the_lines_of_the_file(
    cloud: Cloud, tmp_path: Path, capsys: Any
) -> None:
    path = tmp_path / "night.json"
    nowhere = {"connection": "nowhere", "datamart": "Daily Sales"}
    lines = [json.dumps({"project": "P", "datamart": "D", "prompts": [{"name": "x", "answers": "{stem}"}]})]
    lines = ['{"batch": {"items": [', f"{lines[0]},", json.dumps({"project": "P"} | nowhere), "]}}"]
    path.write_text("\n".join(lines), "utf-8")
    assert datamart_start(cloud, str(path), json=True) == 2
    cause = json.loads(capsys.readouterr().out)["cause"]
    assert cause.startswith("night.json: has 2 problems. ")
    assert 'line 2, item 1 ("D"): prompts[0].answers: {stem} has no value' in cause
    assert 'line 3, item 2 ("Daily Sales"): connection: "nowhere" is not configured' in cause


def test_a_started_job_has_no_items_to_print_as_csv(cloud: Cloud, capsys: Any) -> None:
    assert datamart_start(cloud, "city-nightly", csv=True) == 2
    said = capsys.readouterr()
    assert (said.out, "--csv: city-nightly is not a batch" in said.err) == ("", True)
    assert cloud.started == []


def test_a_job_is_run_for_each_scheduled_time_of_a_range_one_after_the_other(
    cloud: Cloud, system: System, capsys: Any
) -> None:
    assert datamart_start(cloud, "city-nightly", first="2026-10-24", last="2026-10-26", json=True) == 0
    arn = cloud.started[-1]
    assert ":datamart-runner-dev_batches:batch-" in arn
    output = json.loads(capsys.readouterr().out)["output"]
    assert [(line["name"], line["outcome"]) for line in output["items"]] == [
        ("2026-10-24", "loaded"),
        ("2026-10-25", "loaded"),
        ("2026-10-26", "loaded"),
    ]
    runs = [line["execution"] for line in output["items"]]
    assert [given(run)["asOf"] for run in runs] == [
        "2026-10-24T05:00:00+02:00",
        "2026-10-25T05:00:00+01:00",
        "2026-10-26T05:00:00+01:00",
    ]
    begun = [boto3.client("stepfunctions").describe_execution(executionArn=run)["startDate"] for run in runs]
    assert begun == sorted(begun)
    assert system.loads() == 3


def test_a_range_goes_with_a_job_alone_and_starts_nothing_otherwise(cloud: Cloud, event: Any, capsys: Any) -> None:
    request = event({"project": "P", "datamart": "D"})
    for job, options, reason in (
        ("city-nightly", {"last": "2026-10-26"}, "--from is missing"),
        ("city-nightly", {"first": "2026-10-26", "as_of": "2026-10-26T05:00+01:00"}, "not for use with --as-of"),
        ("night", {"first": "2026-10-24"}, '"night" is a batch'),
        (request, {"first": "2026-10-24"}, "is not the name"),
    ):
        assert datamart_start(cloud, job, **options) == 2
        assert reason in capsys.readouterr().err
    assert cloud.started == []


def test_a_start_that_is_not_to_wait_ends_at_once_with_what_it_has_started(
    cloud: Cloud, system: System, capsys: Any
) -> None:
    def waited(_: float) -> None:
        raise AssertionError("it was followed")

    assert datamart_start(cloud, "city-nightly", wait=waited, no_wait=True, json=True) == 0
    said = capsys.readouterr()
    outcome = json.loads(said.out)
    assert (outcome["status"], outcome["error"], outcome["executionArn"]) == ("RUNNING", None, cloud.started[-1])
    assert f"Started {cloud.started[-1]}" in said.err
    assert system.emulator.wait(cloud.started[-1]).status == "SUCCEEDED"


def test_items_cannot_be_printed_before_they_have_ended(cloud: Cloud, capsys: Any) -> None:
    assert datamart_start(cloud, "night", no_wait=True, csv=True) == 2
    assert "--csv: the items are printed when they have ended" in capsys.readouterr().err
    assert cloud.started == []


def test_the_input_says_who_has_started_it_and_why(cloud: Cloud) -> None:
    assert datamart_start(cloud, "city-nightly", reason="  a wrong\nexchange rate  ") == 0
    arn = cloud.started[-1]
    assert _input(arn)["started"] == {
        "by": "arn:aws:sts::123456789012:user/moto",
        "trigger": "person",
        "reason": "a wrong exchange rate",
        "run": arn.rpartition(":")[2],
    }
    assert datamart_start(cloud, "city-nightly", first="2026-10-24", last="2026-10-24") == 0
    assert _input(cloud.started[-1])["started"]["trigger"] == "backfill"


def test_a_reason_that_is_too_long_starts_nothing(cloud: Cloud, capsys: Any) -> None:
    assert datamart_start(cloud, "city-nightly", reason="x" * 501) == 2
    assert "--reason: has 501 characters; at most 500 are allowed." in capsys.readouterr().err
    assert cloud.started == []


def test_who_it_was_may_be_unknown_and_a_stack_without_a_history_is_not_told(cloud: Cloud) -> None:
    instead_of("sts.GetCallerIdentity", lambda **_: refused("AccessDenied", "no"))
    assert datamart_start(cloud, "city-nightly") == 0
    assert "by" not in _input(cloud.started[-1])["started"]
    del cloud.outputs["HistoryTableName"]
    assert datamart_start(cloud, "city-nightly") == 0
    assert "started" not in _input(cloud.started[-1])
