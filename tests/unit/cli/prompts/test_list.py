"""``datamart list`` against a real simulator: what is there, what each writes and asks, and nothing left behind."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from functions.runs.history import HistoryRecord
from local.simulator import catalogue
from tests.unit.cli.prompts.conftest import PROJECT, Person, only_object

ARN = "arn:aws:states:eu-west-1:123456789012:execution:datamart-runner-dev:first"
ARCHIVE = "/Public Objects/Archive"


@pytest.fixture(autouse=True)
def own_history(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder of a history that is empty yet."""
    monkeypatch.setenv("DATAMART_HOME", str(tmp_path))
    return tmp_path


def here(person: Person, *words: str) -> tuple[int, str, str]:
    return person.run("list", "--library-url", person.simulator.base_url, *words)


def listed(person: Person, *words: str) -> list[dict[str, Any]]:
    code, out, _ = here(person, "--json", *words)
    assert code == 0
    found: list[dict[str, Any]] = only_object(out)["datamarts"]
    return found


def test_each_datamart_has_its_table_and_whether_it_appends_and_its_prompts(person: Person) -> None:
    by_name = {one["name"]: one for one in listed(person, *PROJECT)}
    assert by_name["City"] == {
        **{"project": "MicroStrategy Tutorial", "projectId": catalogue.TUTORIAL, "id": catalogue.CITY, "name": "City"},
        **{"path": "/Public Objects/Datamarts", "table": "DM_CITY", "append": False, "source": "Statistics"},
        "prompts": [
            {"title": "Elements of Country", "name": "Elements of Country", "type": "ELEMENTS", "required": True}
        ],
        "lastRun": None,
    }
    assert by_name["Daily Sales"]["append"] is True
    assert "City Report" not in by_name


def test_a_person_sees_a_row_for_each(person: Person) -> None:
    code, out, _ = here(person, *PROJECT)
    assert code == 0
    rows = [" ".join(line.split()) for line in out.splitlines()]
    assert rows[0] == "MicroStrategy Tutorial, /Public Objects/Archive: 1 datamart"
    assert "MicroStrategy Tutorial, /Public Objects/Datamarts: 23 datamarts" in rows
    assert "Daily Sales DM_DAILY_SALES appends" in rows
    assert "City DM_CITY replaces Elements of Country*" in rows
    assert rows[-1] == "Nothing was executed."


def test_a_path_that_is_listed_names_the_datamart_for_other_commands(person: Person) -> None:
    (one,) = listed(person, *PROJECT, "--folder", ARCHIVE)
    assert (one["name"], one["path"]) == ("Same Name", ARCHIVE)
    code, out, _ = person.here(f"{one['path']}/{one['name']}", "--json")
    assert (code, only_object(out)["datamart"]["id"]) == (0, one["id"])


def test_a_folder_counts_with_the_folders_in_it(person: Person) -> None:
    assert len(listed(person, *PROJECT, "--folder", "/Public Objects")) == len(listed(person, *PROJECT))


def test_without_a_project_those_of_all_open_projects_are_listed(person: Person) -> None:
    code, out, _ = here(person)
    assert code == 0
    assert "MicroStrategy Tutorial, /Public Objects/Datamarts: 23 datamarts" in out
    assert "Note: The project Idle Project cannot be listed: " in out


def test_only_reading_calls_are_made_in_one_session(person: Person) -> None:
    here(person, *PROJECT)
    assert [one["step"] for one in person.simulator.state()["requests"] if one["method"] != "GET"] == [
        *("log_in", "log_out")
    ]


def test_without_a_server_it_lists_those_of_the_simulator(person: Person) -> None:
    code, out, _ = person.run("list", "--json")
    assert code == 0
    assert "Category Sales" in [one["name"] for one in only_object(out)["datamarts"]]


def test_what_may_not_be_read_is_left_open_with_a_note(person: Person) -> None:
    person.simulator.inject("get_definition", status=403, json={"code": "ERR014", "message": "not yours"}, times=9)
    code, out, _ = here(person, *PROJECT, "--folder", "/Public Objects/Datamarts")
    assert code == 0
    assert "Note: /Public Objects/Datamarts/All Prompts cannot be read: " in out
    assert "Note: 4 more notes of this kind are left out." in out
    assert [line.split()[-2:] for line in out.splitlines() if line.startswith(" Board Extract")] == [["?", "?"]]
    person.simulator.inject("get_definition", status=403, json={"code": "ERR014", "message": "not yours"})
    (same,) = listed(person, *PROJECT, "--folder", ARCHIVE)
    assert (same["table"], same["append"], same["prompts"]) == (None, None, None)


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("--project", "Microstrategy Tutorial"), 1, "the nearest are MicroStrategy Tutorial"),
        ((*PROJECT, "--folder", "/Public Objects/Archve"), 1, 'there is no folder "/Public Objects/Archve"'),
        (("--project", "Nopee"), 1, "; those that are: "),
        (
            (*PROJECT, "--folder", "x"),
            1,
            'folders with datamarts are "/Public Objects/Archive", "/Public Objects/Datamarts"',
        ),
        (("--folder", ARCHIVE), 2, "--folder needs --project"),
        (("--connection", "default"), 2, "--connection needs --stage"),
    ],
)
def test_what_leads_nowhere_is_reported_in_plain_words(
    person: Person, words: tuple[str, ...], code: int, sentence: str
) -> None:
    ended, out, err = here(person, *words)
    assert (ended, out) == (code, "")
    assert sentence in err
    ended, out, _ = here(person, *words, "--json")
    assert (ended, sentence in only_object(out)["cause"]) == (code, True)


def test_a_server_that_is_lost_in_the_midst_ends_it_with_the_error(person: Person) -> None:
    person.simulator.inject("get_definition_prompts", status=401, json={"code": "ERR009", "message": "gone"})
    code, out, _ = here(person, *PROJECT, "--json")
    assert (code, only_object(out)["error"]) == (1, "SessionLost")


def test_the_last_run_of_each_is_that_of_this_computers_history(person: Person, own_history: Path) -> None:
    known = {"started_at": "2026-11-20T04:00:00.000Z", "datamart_id": catalogue.CITY}
    first = HistoryRecord("first", "run", ARN, "SUCCEEDED", "yes", **known)
    last = replace(first, id="last", status="FAILED", loaded="no", started_at="2026-11-21T04:00:00.000Z")
    folder = own_history / "history"
    folder.mkdir()
    lines = [json.dumps(one.as_json()) for one in (last, first)]
    (folder / "records.jsonl").write_text("\n".join(lines), "utf-8")
    (city,) = [one for one in listed(person, *PROJECT) if one["id"] == catalogue.CITY]
    assert city["lastRun"] == {
        **{"id": "last", "status": "FAILED", "loaded": "no", "startedAt": "2026-11-21T04:00:00.000Z"}
    }
    code, out, _ = here(person, *PROJECT)
    assert code == 0
    assert "2026-11-21 04:00 failed" in " ".join(out.split())


@pytest.mark.parametrize("name", ["\x1b[2J[red]Evil[/red]\nsecond line"])
def test_a_name_with_control_characters_and_markup_is_one_harmless_line(person: Person, name: str) -> None:
    ancestors = [{"name": "ROOT", "level": 2}, {"name": name, "level": 1}]
    found = {"id": catalogue.CITY, "name": name, "type": 3, "subtype": 772, "ancestors": ancestors}
    person.simulator.inject("find_datamart", status=200, json={"totalItems": 1, "result": [found]}, times=2)
    code, out, _ = here(person, *PROJECT)
    assert code == 0
    assert "\x1b" not in out
    assert "[red]Evil[/red]" in "".join(out.split())
    code, out, _ = here(person, *PROJECT, "--json")
    assert json.loads(out)["datamarts"][0]["name"] == name
