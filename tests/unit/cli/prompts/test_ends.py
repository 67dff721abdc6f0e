"""How the command ends: JSON, failures in plain words, bad usage."""

from collections.abc import Callable
from typing import Any

import pytest

from functions.requests.request import normalise
from local.simulator import catalogue
from tests.unit.cli.prompts.conftest import PROJECT, Person, only_object


def test_json_is_one_object_and_everything_for_the_eye_goes_elsewhere(person: Person) -> None:
    code, out, err = person.here("City", "--json")
    answer = only_object(out)
    assert code == 0
    assert list(answer) == ["project", "datamart", "prompts", "request"]
    assert answer["project"] == {"id": catalogue.TUTORIAL, "name": "MicroStrategy Tutorial"}
    assert answer["datamart"] == {"id": catalogue.CITY, "name": "City"}
    (prompt,) = answer["prompts"]
    assert (prompt["name"], prompt["type"], prompt["required"], prompt["more"]) == (
        *("Elements of Country", "ELEMENTS"),
        *(True, False),
    )
    assert prompt["choices"][0] == {"id": "h1;8D679D3811D3E4981000E787EC6DE8A4", "name": "USA"}
    assert normalise(answer["request"])["prompts"][0]["answers"] == ["USA", "England", "France"]
    assert "asks 1 prompt" in err


def test_of_a_long_list_fifty_choices_are_given_and_it_is_said_that_there_are_more(person: Person) -> None:
    _, answer = person.json("Customers")
    (prompt,) = answer["prompts"]
    assert (len(prompt["choices"]), prompt["more"]) == (50, True)


def test_only_reading_calls_are_made_beside_the_session_and_an_instance_that_is_deleted(person: Person) -> None:
    person.here("City")
    changing = [request["step"] for request in person.simulator.state()["requests"] if request["method"] != "GET"]
    assert changing == ["log_in", "create_instance", "delete_instance", "log_out"]


@pytest.mark.parametrize(
    ("datamart", "words", "sentence"),
    [
        ("Citty", (), 'no datamart "Citty"; the nearest are City'),
        (catalogue.CITY_REPORT, (), "is a report, but not a datamart"),
        ("Same Name", (), "/Public Objects/Archive"),
        ("/Public Objects/Archive/City", (), "in /CASTOR_SERVER/Public Objects/Datamarts"),
        ("City", ("--project", "Microstrategy Tutorial"), "the nearest are MicroStrategy Tutorial"),
    ],
)
def test_a_name_that_leads_nowhere_is_reported_in_plain_words(
    person: Person, datamart: str, words: tuple[str, ...], sentence: str
) -> None:
    code, out, err = person.here(datamart, *words)
    assert (code, out) == (1, "")
    assert err.startswith("datamart: NotFound: ")
    assert sentence in err
    code, answer = person.json(datamart, *words)
    assert (code, answer["error"]) == (1, "NotFound")
    assert sentence in answer["cause"]


def test_wrong_credentials_are_tried_once_and_not_shown(person: Person) -> None:
    person.environment(MSTR_PASSWORD="wrong-pass-phrase")
    code, answer = person.json("City")
    assert (code, answer["error"]) == (1, "CredentialsRejected")
    assert person.steps() == ["log_in"]
    assert "wrong-pass-phrase" not in "".join(person.written)


def test_what_a_server_quotes_of_the_password_is_not_shown(person: Person) -> None:
    quoting = {"code": "ERR001", "message": f"user dm_runner, \x1b[31mpassword {person.simulator.password}"}
    person.simulator.inject("get_definition_prompts", status=400, json=quoting)
    code, out, err = person.here("City")
    assert (code, out) == (1, "")
    assert "password ***" in err
    assert "\x1b" not in err


@pytest.mark.parametrize("step", ["find_project", "find_datamart", "get_definition_prompts"])
@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500, "json": {"code": "ERR002", "message": "broken"}},
        {"status": 200, "json": {"unexpected": [1]}},
        {"status": 200, "json": [[{"id": 5}], None, "x", {"id": 5}]},
        {"status": 200, "json": [{}]},
        {"status": 200, "body": "<html>hello</html>"},
        {"kind": "truncate"},
        {"kind": "evict session"},
    ],
)
def test_no_answer_to_any_call_ends_in_a_stack_trace(person: Person, step: str, answer: dict[str, Any]) -> None:
    person.simulator.inject(step, **answer)
    code, said = person.json("City")
    assert code in (0, 1)
    assert ("error" in said) == (code == 1)


def test_a_server_that_is_down_is_reported(person: Person) -> None:
    code, out, err = person.ask("City", "--library-url", "http://127.0.0.1:9/MicroStrategyLibrary", *PROJECT)
    assert (code, out) == (1, "")
    assert err.startswith("datamart: ServerUnavailable: ")


def test_an_instance_or_session_that_is_left_behind_is_reported(person: Person) -> None:
    person.simulator.inject("delete_instance", status=503, times=10)
    _, out, _ = person.here("City")
    assert "Note: The instance could not be deleted; it ends with the session." in " ".join(out.split())


def test_a_login_whose_answer_was_lost_says_that_a_session_may_be_left(new_person: Callable[..., Person]) -> None:
    person = new_person()
    person.simulator.inject("log_in", kind="reset before")
    code, _, err = person.here("City")
    assert code == 1
    assert "a session may be left behind" in err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("City", "--library-url", "https://h"), "--project is missing"),
        (("City", "--stage", "dev"), "--project is missing"),
        (("City", "--library-url", "http://h", *PROJECT), "--library-url: "),
        (("City", "--library-url", "https://u:planted@h/x", *PROJECT), "--library-url: "),
        (("City", "--connection", "default"), "--connection needs --stage"),
        (("City", "--stage", "dve", *PROJECT), "did you mean dev?"),
        (("City", "--stage", "dev", "--connection", "defualt", *PROJECT), "did you mean default?"),
        (("/City",), "invalid path"),
        (("",), "datamart: must be an ID, a name"),
        ((" City",), "white space"),
        (("City", "--stage", "dev", "--library-url", "https://h"), "not allowed with"),
        (("City", "--no-such-option"), "--no-such-option"),
        ((), "DATAMART"),
    ],
)
def test_bad_usage_ends_with_a_sentence_and_code_2(person: Person, words: tuple[str, ...], sentence: str) -> None:
    code, out, err = person.ask(*words, "--json")
    assert code == 2
    assert sentence in err
    assert only_object(out)["error"] == "InvalidRequest"
    assert "planted" not in out + err
    assert person.steps() == []


def test_credentials_that_are_not_in_the_environment_are_bad_usage(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MSTR_PASSWORD")
    code, _, err = person.here("City")
    assert code == 2
    assert "MSTR_PASSWORD is not set" in err
