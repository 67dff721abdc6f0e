"""What a person sees of a datamart's prompts."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from functions.requests.request import normalise
from local.simulator import catalogue
from tests.unit.cli.prompts.conftest import Person, pasted, row


def test_a_newcomer_can_try_it_on_the_built_in_simulator(person: Person) -> None:
    code, out, err = person.ask("City")
    assert (code, err) == (0, "")
    assert " ".join(out.split()).startswith(
        f"City ({catalogue.CITY}) in MicroStrategy Tutorial asks 1 prompt. Nothing was executed."
    )
    assert row(out, "Elements of Country") == (
        "Elements of Country ELEMENTS required USA, England, France, Germany, Italy, …"
    )
    assert pasted(out)["prompts"][0]["answers"] == ["USA", "England", "France"]


def test_every_type_of_prompt_is_shown_with_its_limits_default_and_choices(person: Person) -> None:
    _, out, _ = person.here("All Prompts")
    assert row(out, "Comment") == "Comment VALUE, TEXT optional at most 50 characters none"
    assert row(out, "Least amount") == "Least amount VALUE, NUMERIC optional 0 to 10000"
    assert row(out, "From day") == "From day VALUE, DATE required from 2020-01-01"
    assert row(out, "Category").startswith("Category ELEMENTS optional 1 to 2 Books, Electronics,")
    assert row(out, "Metrics") == "Metrics OBJECTS optional at least 1 Sales Sales, Cost"
    assert row(out, "Qualification") == "Qualification EXPRESSION optional"
    assert row(out, "Level") == "Level LEVEL optional Country, City, Category"


def test_titles_names_and_instructions_are_shown_where_they_differ(person: Person) -> None:
    _, out, _ = person.here("Strict Prompts")
    lines = [line.strip() for line in out.splitlines()]
    at = next(index for index, line in enumerate(lines) if line.startswith("Short code"))
    assert lines[at + 1 : at + 3] == ["named Code", "2 to 5 characters"]
    assert "exactly 1" in row(out, "Sales or cost?")
    assert [prompt["name"] for prompt in pasted(out)["prompts"]][:2] == ["Code", "Percentage"]


def test_of_nested_prompts_it_is_said_that_more_may_open_and_what_is_not_listed_yet(person: Person) -> None:
    code, out, _ = person.here("Nested")
    text = " ".join(out.split())
    assert code == 0
    assert "Note: Further prompts may open, depending on the answers." in text
    assert row(out, "City in the country").endswith("required not listed")
    assert 'does not list the choices of the prompt "City in the country": Failed to locate the prompt' in text


def test_a_datamart_that_asks_nothing_says_so(person: Person) -> None:
    _, out, _ = person.here("Category Sales")
    assert "asks nothing." in out
    assert "Note:" not in out
    assert "create_instance" not in person.steps()
    assert pasted(out) == {"project": "MicroStrategy Tutorial", "datamart": "Category Sales", "prompts": []}


@pytest.mark.parametrize(
    "datamart",
    ["City", catalogue.CITY.lower(), "/Public Objects/Datamarts/City", "/Public Objects/Datamarts/City/"],
)
def test_id_name_and_path_lead_to_the_datamart_and_into_a_request_that_is_one(person: Person, datamart: str) -> None:
    code, out, _ = person.here(datamart)
    assert code == 0
    assert out.startswith(f"City ({catalogue.CITY})")
    expected: Any = {"name": "City", "path": "/Public Objects/Datamarts"} if "/" in datamart else datamart
    request = normalise(pasted(out))
    assert request["datamart"] == (expected.upper() if expected == catalogue.CITY.lower() else expected)


@pytest.mark.parametrize("scenario", ["default", "old-prompt-shapes", "elements-forbidden", "huge-prompts"])
@pytest.mark.parametrize(
    "datamart", ["City", "All Prompts", "Nested", "Strict Prompts", "Customers", "Same Names", "Category Sales"]
)
def test_what_is_to_be_pasted_is_a_request_that_is_accepted(
    new_person: Callable[..., Person], scenario: str, datamart: str
) -> None:
    code, out, _ = new_person(scenario).here(datamart)
    assert code == 0
    request = pasted(out.replace("…", "filled in"))
    assert len(normalise(request)["prompts"]) == len(request["prompts"])


@pytest.mark.parametrize("scenario", ["elements-forbidden", "no-access-to-execute", "prompts-only-after-execute"])
def test_choices_that_are_not_listed_are_reported_and_the_prompts_are_shown(
    new_person: Callable[..., Person], scenario: str
) -> None:
    code, out, _ = new_person(scenario).here("City")
    assert code == 0
    assert row(out, "Elements of Country") == "Elements of Country ELEMENTS required not listed"
    assert 'Note: The server does not list the choices of the prompt "Elements of Country": ' in " ".join(out.split())


def test_one_note_says_why_no_instance_could_be_made(new_person: Callable[..., Person]) -> None:
    person = new_person("no-access-to-execute")
    _, out, _ = person.here("All Prompts")
    text = " ".join(out.split())
    assert text.count("no instance can be created to list them: The user has no access to the object") == 1
    assert person.steps().count("create_instance") == 1


@pytest.mark.parametrize("step", ["create_instance", "search_elements"])
@pytest.mark.parametrize("fault", [{"kind": "evict session"}, {"kind": "reset after"}, {"status": 503, "body": "<p>"}])
def test_a_server_that_fails_at_the_choices_leaves_the_prompts_to_be_shown(
    person: Person, step: str, fault: dict[str, Any]
) -> None:
    person.simulator.inject(step, **fault, times=3)
    code, out, _ = person.here("City")
    assert code == 0
    assert "not listed" in row(out, "Elements of Country")
    assert "Note: The" in out


def test_nothing_in_a_name_is_taken_for_markup_or_by_the_terminal(person: Person) -> None:
    name = "[bold]x[/bold] :smile: \x1b[31m\x9b1m\u202e{{key}} " + "long " * 40
    odd = {"key": f"{catalogue.CITY}@0@10", "id": catalogue.CITY, "name": name, "title": name, "type": "VALUE"}
    person.simulator.inject("get_definition_prompts", status=200, json=[odd | {"defaultAnswer": "[red]d[/red]"}])
    code, out, err = person.here("City")
    assert (code, err) == (0, "")
    assert all(character.isprintable() or character == "\n" for character in out)
    assert "[bold]x[/bold]" in out
    assert ":smile:" in out
    assert "[red]d[/red]" in out
    assert pasted(out)["prompts"][0]["name"] == name


@pytest.mark.parametrize(
    ("changes", "limits"),
    [
        ({"dataType": 3, "min": 5, "max": 5}, "VALUE, NUMERIC optional exactly 5"),
        ({"dataType": "TEXT", "min": 2}, "VALUE, TEXT optional at least 2 characters"),
        ({"dataType": "DATE", "max": "2026-12-31"}, "VALUE, DATE optional until 2026-12-31"),
        ({"dataType": 99}, "VALUE, 99 optional"),
        ({"dataType": [1]}, "VALUE, [1] optional"),
        ({"dataType": "numeric", "max": 0}, "VALUE, NUMERIC optional at most 0"),
        ({"defaultAnswer": "x" * 3000}, "VALUE optional (too long to be shown)"),
        ({"type": "EXPRESSION", "maxElementsPerSelection": 7}, "EXPRESSION optional at most 7 elements"),
        ({"type": "EXPRESSION", "maxElementsPerSelection": -1}, "EXPRESSION optional"),
        ({"type": "LEVEL", "min": 0, "max": -1}, "LEVEL optional at least 0 not listed"),
        ({"defaultAnswer": ["a", "b", "c", "d", "e", "f"]}, "VALUE optional a, b, c, d, e, …"),
        ({"defaultAnswer": 0}, "VALUE optional 0"),
        ({"type": "OBJECTS", "defaultAnswer": {"id": "1", "name": "Sales"}}, "OBJECTS optional Sales not listed"),
        ({"type": "LEVEL", "defaultAnswer": {"units": [{"name": "City"}]}}, "LEVEL optional City not listed"),
        ({"type": "EXPRESSION", "defaultAnswer": {"content": "Sales > 5"}}, "EXPRESSION optional Sales > 5"),
        ({"type": "EXPRESSION", "defaultAnswer": {"xml": "<a>"}}, 'EXPRESSION optional {"xml": "<a>"}'),
    ],
)
def test_whatever_shape_a_server_gives_a_prompt_it_is_put_into_words(
    person: Person, changes: dict[str, Any], limits: str
) -> None:
    odd = {"key": f"{catalogue.CITY}@0@10", "name": "Odd", "type": "VALUE"}
    person.simulator.inject("get_definition_prompts", status=200, json=[odd | changes])
    code, out, _ = person.here("City")
    assert code == 0
    assert row(out, "Odd") == f"Odd {limits}"


@pytest.mark.parametrize("odd", [{"key": f"{catalogue.CITY}@0@10", "name": "Odd", "type": "UNSUPPORTED"}, {}])
def test_a_prompt_that_cannot_be_answered_is_reported_and_left_out_of_the_request(
    person: Person, odd: dict[str, Any]
) -> None:
    person.simulator.inject("get_definition_prompts", status=200, json=[odd])
    _, out, _ = person.here("City")
    assert "cannot be answered, and is left out of the request." in " ".join(out.split())
    assert pasted(out)["prompts"] == []


def test_of_a_prompt_that_cannot_be_answered_the_default_is_offered(person: Person) -> None:
    odd = {"key": f"{catalogue.CITY}@0@10", "name": "Odd", "type": "UNSUPPORTED", "defaultAnswer": "x"}
    person.simulator.inject("get_definition_prompts", status=200, json=[odd])
    _, out, _ = person.here("City")
    assert normalise(pasted(out))["prompts"] == [{"name": "Odd", "useDefault": True}]


def test_request_alone_is_what_standard_output_gets_and_people_read_the_rest(person: Person) -> None:
    code, out, err = person.here("City", "--request")
    assert code == 0
    assert json.loads(out) == pasted(person.here("City")[1])
    assert row(err, "Elements of Country")
    assert "To paste" not in err
