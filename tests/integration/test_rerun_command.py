"""``datamart rerun``: the stored request again, in a stage and on this computer, and what is refused."""

import argparse
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import boto3
import pytest

from functions.runs.history import HistoryRecord
from local.cli.arguments import command_line
from local.cli.rerun import rerun
from local.emulator.ended import Ended
from local.history.files import Files
from local.history.history import Selection
from local.simulator import catalogue
from tests.integration.conftest import CITY, TUTORIAL, System
from tests.support.cloud import Cloud, deployed
from tests.support.run_command import Done

USA = [{"name": "Elements of Country", "answers": [{"name": "USA"}]}]
REQUEST = {"project": TUTORIAL, "datamart": CITY, "prompts": USA}
FAILS = {"project": TUTORIAL, "datamart": catalogue.FAILS_EARLY}
DAILY = {"project": TUTORIAL, "datamart": "Daily Sales"}
SALES = {"name": "sales", "datamart": "Category Sales"}
BROKEN = {"name": "broken", "datamart": "Broken SQL"}
EARLY = {"name": "early", "datamart": "Fails Early"}
AFTER = [{"name": "stock", "datamart": "Stock Cube", "after": ["early"]}]
AFTER += [{"name": "stores", "datamart": "Store Master", "after": ["broken"]}]


def batch(*items: dict[str, Any]) -> dict[str, Any]:
    return {"batch": {"defaults": {"project": TUTORIAL}, "items": list(items)}}


@pytest.fixture
def cloud(system: System, template_path: Path) -> Iterator[Cloud]:
    with deployed(system.emulator, template_path) as cloud:
        yield cloud


def datamart_rerun(cloud: Cloud, run: str, *words: str, confirm: Any = None, **options: Any) -> int:
    given = command_line().parse_args(["rerun", run.rpartition(":")[2], "--stage", "dev", *words])
    return rerun(argparse.Namespace(**vars(given) | options), cloud.wait, confirm)


def earlier(system: System, given: Any) -> str:
    """The ARN of an execution that has ended."""
    start = system.emulator.start_batch if "batch" in given else system.emulator.start
    arn = start(given)
    (system.watch_batch if "batch" in given else system.watch)(arn)
    return arn


def given_to(execution_arn: str) -> Any:
    return json.loads(boto3.client("stepfunctions").describe_execution(executionArn=execution_arn)["input"])


# -- in a stage -------------------------------------------------------------------------------------------------------


def test_a_run_that_loaded_nothing_runs_again_with_what_it_was_started_with(
    cloud: Cloud, system: System, capsys: Any
) -> None:
    system.simulator.inject("get_definition", status=404, json={"code": "ERR004", "message": "gone"}, times=1)
    first = earlier(system, REQUEST)
    assert datamart_rerun(cloud, first, "--json", "--reason", "it is there again") == 0
    outcome = json.loads(capsys.readouterr().out)
    assert (outcome["status"], outcome["executionArn"]) == ("SUCCEEDED", cloud.started[-1])
    again = given_to(cloud.started[-1])
    assert again.pop("started") == {
        **{"by": "arn:aws:sts::123456789012:user/moto", "trigger": "rerun", "reason": "it is there again"},
        **{"rerunOf": first.rpartition(":")[2], "run": cloud.started[-1].rpartition(":")[2]},
    }
    assert again == REQUEST
    assert system.loads() == 1


def test_a_job_runs_again_for_the_time_of_its_first_run(cloud: Cloud, system: System) -> None:
    system.simulator.inject("get_definition", status=404, json={"code": "ERR004", "message": "gone"}, times=1)
    first = earlier(system, {"job": "city-nightly"})
    started = boto3.client("stepfunctions").describe_execution(executionArn=first)["startDate"].timestamp()
    assert datamart_rerun(cloud, first, "--no-wait") == 0
    system.watch(cloud.started[-1])
    again = given_to(cloud.started[-1])
    assert again["job"] == "city-nightly"
    assert abs(datetime.fromisoformat(again["asOf"]).timestamp() - started) < 1


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (REQUEST, "has loaded its table DM_CITY; a run replaces what is in it."),
        (DAILY, "has loaded its table DM_DAILY_SALES; a run adds rows to it, which are there twice"),
        ({"project": TUTORIAL, "datamart": "Broken SQL"}, "may have loaded (nobody knows) its table DM_BROKEN"),
    ],
)
def test_what_is_loaded_or_may_be_runs_again_only_by_force_which_names_the_table_and_asks(
    cloud: Cloud, system: System, capsys: Any, request_: Any, sentence: str
) -> None:
    first = earlier(system, request_)
    assert datamart_rerun(cloud, first) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert "To run it all the same, add --force." in said
    assert datamart_rerun(cloud, first, "--force") == 2
    assert "There is no terminal to ask on; --yes says that it is to run." in capsys.readouterr().err
    asked: list[str] = []
    assert datamart_rerun(cloud, first, "--force", confirm=lambda question: asked.append(question) or "n") == 1
    assert asked == ["Run it once more? [y/N] "]
    assert cloud.started == []
    assert datamart_rerun(cloud, first, "--force", "--yes", "--no-wait") == 0
    assert sentence in capsys.readouterr().out
    system.watch(cloud.started[-1])


GONE = {"status": 404, "json": {"code": "ERR004", "message": "gone"}, "times": 1}


def test_a_run_that_a_later_run_has_repeated_and_loaded_runs_again_only_by_force(
    cloud: Cloud, system: System, capsys: Any
) -> None:
    system.simulator.inject("get_definition", **GONE)
    first = earlier(system, DAILY)
    assert datamart_rerun(cloud, first) == 0
    second = cloud.started[-1].rpartition(":")[2]
    assert datamart_rerun(cloud, first) == 2
    said = capsys.readouterr().err
    assert f"{second} has run {first.rpartition(':')[2]} once more and has loaded its table DM_DAILY_SALES" in said
    assert "a run adds rows to it" in said
    assert system.loads(catalogue.DAILY_SALES_APPEND) == 1
    assert datamart_rerun(cloud, first, "--force", "--yes", "--no-wait") == 0
    system.watch(cloud.started[-1])


@pytest.mark.exhaustive  # guarded by: the run that a later run has repeated
def test_a_repetition_of_a_repetition_counts_and_so_does_one_of_what_a_run_repeats(
    cloud: Cloud, system: System, capsys: Any
) -> None:
    system.simulator.inject("get_definition", **GONE | {"times": 3})
    first = earlier(system, DAILY)
    assert [datamart_rerun(cloud, first), datamart_rerun(cloud, first)] == [1, 1]
    one, two = cloud.started
    assert datamart_rerun(cloud, two) == 0
    for run in (first, one, two):
        assert datamart_rerun(cloud, run) == 2
        assert f"{cloud.started[-1].rpartition(':')[2]} has run" in capsys.readouterr().err
    assert (len(cloud.started), system.loads(catalogue.DAILY_SALES_APPEND)) == (3, 1)


def test_a_run_whose_repetition_still_runs_is_not_repeated_beside_it(cloud: Cloud, system: System, capsys: Any) -> None:
    system.simulator.inject("get_definition", **GONE)
    first = earlier(system, {"job": "city-nightly"})
    with system.emulator.waiter.working():
        assert datamart_rerun(cloud, first, "--no-wait") == 0
        assert datamart_rerun(cloud, first, "--no-wait") == 2
    second = cloud.started[-1].rpartition(":")[2]
    assert f"{second} runs {first.rpartition(':')[2]} once more and has not ended" in capsys.readouterr().err
    system.watch(cloud.started[-1])
    assert len(cloud.started) == 1


@pytest.mark.exhaustive  # guarded by: the run that a later run has repeated
def test_a_batch_that_a_restart_has_loaded_more_of_is_not_restarted_once_more(
    cloud: Cloud, system: System, capsys: Any
) -> None:
    system.simulator.inject("get_definition", **GONE)
    first = earlier(system, batch({"name": "daily", "datamart": "Daily Sales"}, EARLY))
    assert datamart_rerun(cloud, first) == 1
    second = cloud.started[-1].rpartition(":")[2]
    assert datamart_rerun(cloud, first) == 2
    assert f"Repeat {second} instead" in capsys.readouterr().err
    assert (len(cloud.started), system.loads(catalogue.DAILY_SALES_APPEND)) == (1, 1)


def test_a_run_that_still_runs_is_refused_whatever_is_forced(cloud: Cloud, system: System, capsys: Any) -> None:
    with system.emulator.waiter.working():
        first = system.emulator.start(REQUEST)
        assert datamart_rerun(cloud, first, "--force", "--yes", "--json") == 2
    outcome = json.loads(capsys.readouterr().out)
    assert "still runs. Wait for its end (datamart watch " in outcome["cause"]
    assert (outcome["status"], outcome["error"], cloud.started) == ("FAILED", "InvalidRequest", [])
    system.watch(first)


def test_without_a_record_the_execution_itself_says_what_it_loaded(cloud: Cloud, system: System, capsys: Any) -> None:
    del cloud.outputs["HistoryTableName"]
    first = earlier(system, DAILY)
    assert datamart_rerun(cloud, first) == 2
    assert "has loaded its table (the history does not know which)" in capsys.readouterr().err
    failed = earlier(system, FAILS)
    assert datamart_rerun(cloud, failed) == 1
    assert len(cloud.started) == 1


def test_a_batch_is_restarted_and_what_may_be_loaded_only_by_its_name(
    cloud: Cloud, system: System, capsys: Any
) -> None:
    first = earlier(system, batch(SALES, EARLY, BROKEN, *AFTER))
    assert datamart_rerun(cloud, first, "--json") == 1
    items = json.loads(capsys.readouterr().out)["output"]["items"]
    assert {item["name"]: item["outcome"] for item in items} == {
        **{"sales": "loaded", "early": "failed", "broken": "unknown", "stock": "skipped", "stores": "skipped"}
    }
    assert given_to(cloud.started[-1])["restartOf"] == first
    for words, sentence in (
        (["--force"], "--force: name the items"),
        (["--force", "brokn"], 'there is no item "brokn" (did you mean broken?)'),
        (["--force", "broken"], "There is no terminal to ask on"),
        (["--force", "broken"], '"broken" may have loaded (nobody knows) its table DM_BROKEN; a run replaces what is'),
        (["--force", "sales,stock"], '"sales" has loaded its table DM_CATEGORY_SALES; a run replaces what is in it.'),
        (["--force", "stock"], '"stock" may have loaded (nobody knows) its table (the history does not know which)'),
    ):
        assert datamart_rerun(cloud, first, *words) == 2
        assert sentence in capsys.readouterr().err
    assert datamart_rerun(cloud, first, "--force", "broken", "--yes", "--no-wait") == 0
    assert given_to(cloud.started[-1])["force"] == ["broken"]
    assert datamart_rerun(cloud, first, "--accept", "broken", "--no-wait") == 2
    assert "and has not ended, so that it may load" in capsys.readouterr().err
    system.watch_batch(cloud.started[-1])
    assert datamart_rerun(cloud, first, "--accept", "broken", "--no-wait") == 0
    assert given_to(cloud.started[-1])["accept"] == ["broken"]
    for arn in cloud.started:
        system.watch_batch(arn)


def test_the_run_of_an_item_runs_again_by_itself(cloud: Cloud, system: System, capsys: Any) -> None:
    first = earlier(system, batch(EARLY))
    item = next(iter(system.emulator.runs_of(first)))
    assert datamart_rerun(cloud, item, "--json") == 1
    assert json.loads(capsys.readouterr().out)["error"] == "DatamartFailed"
    again = given_to(cloud.started[-1])
    assert (set(again), again["started"]["rerunOf"]) == ({"project", "datamart", "started"}, item.rpartition(":")[2])


def test_a_batch_that_never_began_is_started_again(cloud: Cloud, system: System, capsys: Any) -> None:
    first = earlier(system, batch(SALES, SALES))
    assert datamart_rerun(cloud, first) == 2  # it is as wrong as before
    assert given_to(cloud.started[-1])["batch"] == batch(SALES, SALES)["batch"]
    assert datamart_rerun(cloud, first, "--force", "sales") == 2
    assert "--force: takes no names here" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["no-such-run", "--stage", "dev"], 'unknown run "no-such-run" in the stage dev'),
        (["no-such-run"], 'unknown run "no-such-run" in the history of this computer'),
        (["no-such-run", "--stage", "dev", "--library-url", "https://x"], "--library-url: is only for a run of this"),
        (["no-such-run", "--stage", "dev", "--reason", "x" * 501], "--reason: has 501 characters"),
    ],
)
def test_what_cannot_be_run_again_is_refused(
    cloud: Cloud, capsys: Any, words: list[str], sentence: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATAMART_HOME", str(tmp_path))
    assert rerun(command_line().parse_args(["rerun", *words]), cloud.wait) == 2
    assert sentence in capsys.readouterr().err
    assert cloud.started == []


# -- on this computer -------------------------------------------------------------------------------------------------

Datamart = Callable[..., Done]


@pytest.fixture
def datamart(run_command: Datamart) -> Datamart:
    return lambda command, *words: run_command(command, *words, "--max-wait", "0")


def ran(datamart: Datamart, tmp_path: Path, given: Any) -> str:
    """The ID of what ``datamart run`` has run last, of a batch that of the batch."""
    file = tmp_path / "event.json"
    file.write_text(json.dumps(given), "utf-8")
    datamart("run", str(file))
    kind = "batch" if "batch" in given else "run"
    return next(record.id for record in Files().records(Selection()) if record.kind == kind)


def test_a_run_of_this_computer_runs_again_in_the_emulator(datamart: Datamart, tmp_path: Path) -> None:
    first = ran(datamart, tmp_path, FAILS)
    done = datamart("rerun", first, "--json", "--reason", "once more")
    assert (done.code, json.loads(done.out)["error"]) == (1, "DatamartFailed")
    record = next(iter(Files().records(Selection())))
    assert (record.rerun_of, record.trigger, record.reason) == (first, "rerun", "once more")
    assert record.id != first


def test_a_run_of_this_computer_that_has_loaded_its_table_needs_force_too(datamart: Datamart, tmp_path: Path) -> None:
    first = ran(datamart, tmp_path, REQUEST)
    refused = datamart("rerun", first)
    assert (refused.code, "has loaded its table DM_CITY; a run replaces" in refused.err) == (2, True)
    assert datamart("rerun", first, "--force", "--yes").code == 0
    assert datamart("rerun", first, "--no-wait").code == 2


def later(record: HistoryRecord | None, number: int, **changes: Any) -> str:
    """The ID of a later execution that is kept beside ``record``, from which it differs by ``changes``."""
    assert record is not None
    name = f"later-{number}"
    changed = replace(record, id=name, execution=f"{record.execution.rpartition(':')[0]}:{name}", **changes)
    Files().keep(Ended({"name": name, "executionArn": changed.execution}, [], changed, Path("/dev/null")))
    return name


@pytest.mark.parametrize(("loaded", "words"), [("yes", "has loaded"), ("unknown", "may have loaded (nobody knows)")])
def test_on_this_computer_a_later_run_that_has_loaded_or_may_have_counts_too(
    datamart: Datamart, tmp_path: Path, loaded: str, words: str
) -> None:
    first = ran(datamart, tmp_path, FAILS)
    second = later(Files().find(first), 2, rerun_of=first, loaded="no")
    later(Files().find(first), 3, rerun_of=second, loaded=loaded)
    refused = datamart("rerun", first)
    assert (refused.code, f"later-3 has run {first} once more and {words}" in refused.err) == (2, True)
    assert datamart("rerun", first, "--force", "--yes").code == 1


def test_of_a_batch_of_this_computer_what_later_runs_have_loaded_stays_loaded(
    datamart: Datamart, tmp_path: Path
) -> None:
    first = ran(
        datamart, tmp_path, batch(EARLY, AFTER[0], *({"name": one, "datamart": one} for one in ("late", "last")))
    )
    item = {str(each.item): each for each in Files().records(Selection()) if each.item}
    restart = later(Files().find(first), 1, rerun_of=first)
    later(item["early"], 2, batch_run=restart, loaded="yes")
    later(item["late"], 3, rerun_of=item["late"].id, batch_run=None, item=None, loaded="yes")
    done = datamart("rerun", first, "--json")
    found = {each["name"]: each["outcome"] for each in json.loads(done.out)["output"]["items"]}
    assert found == {"stock": "loaded", "last": "failed"}


@pytest.mark.exhaustive  # guarded by: what later runs have loaded
def test_of_a_batch_of_this_computer_runs_what_is_not_loaded(datamart: Datamart, tmp_path: Path) -> None:
    first = ran(datamart, tmp_path, batch(SALES, EARLY, BROKEN, *AFTER))
    done = datamart("rerun", first, "--json")
    items = json.loads(done.out)["output"]["items"]
    assert {item["name"]: item["outcome"] for item in items} == {"early": "failed", "stock": "skipped"}
    done = datamart("rerun", first, "--json", "--accept", "broken")
    items = json.loads(done.out)["output"]["items"]
    assert {item["name"]: item["outcome"] for item in items} == {
        **{"early": "failed", "stock": "skipped", "stores": "loaded"}
    }
    nothing = ran(datamart, tmp_path, batch(SALES))
    assert "nothing is left to run" in datamart("rerun", nothing).err


def test_without_its_details_a_run_cannot_be_repeated(datamart: Datamart, tmp_path: Path) -> None:
    first = ran(datamart, tmp_path, FAILS)
    (Files().details(first) / "execution.json").unlink()
    done = datamart("rerun", first)
    assert (done.code, "is not kept any more" in done.err) == (2, True)
