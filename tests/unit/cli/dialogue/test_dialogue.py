"""The dialogue: what is shown, what is typed, what comes of it."""

from typing import Any

import pytest

METRIC = "4C05177011D3E877C000B3B2D86C964F"


@pytest.mark.parametrize(
    ("about", "wrong", "why", "right"),
    [
        ({"dataType": "NUMERIC"}, "ten", "takes a number such as 1234.5", "1000.50"),
        ({"dataType": "NUMERIC", "min": 1, "max": 5}, "6", "takes at most 5", "5"),
        ({"dataType": "DATE"}, "24.11.2026", "takes a date such as 2026-11-23", "2026-11-24"),
        ({"dataType": "DATE", "min": "2026-01-01"}, "2025-12-31", "2026-01-01", "2026-01-01"),
        ({"dataType": "TEXT", "max": 3}, "four", "takes at most 3 characters", "two"),
        ({}, " ", "is required", "[bold]anything[/bold]"),
    ],
)
def test_a_typed_value_is_judged_at_once(
    person: Any, prompt: Any, about: dict[str, Any], wrong: str, why: str, right: str
) -> None:
    assert person.answer_to(prompt("VALUE", **about), wrong, right) == {"answers": right}
    assert why in person.said


def test_an_expression_is_typed_as_json_in_the_short_form_or_the_long(person: Any, prompt: Any) -> None:
    line = f'{{"metric": "{METRIC}", "operator": ">", "value": 1000}}'
    assert person.answer_to(prompt("EXPRESSION"), line) == {
        "answers": {"metric": METRIC, "operator": ">", "value": 1000}
    }
    assert '{"metric": name or ID, "operator": ">", "value": 1000}' in person.screen


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("Revenue > 1000", "that is not JSON"),
        ('{"value": NaN}', "NaN is not a JSON number"),
        ("[" * 100_000, "that is not JSON"),
        ("[1]", "takes {"),
        (f'{{"metric": "{METRIC}", "operator": "~", "value": 1}}', 'does not know the operator "~"'),
    ],
)
def test_what_is_not_an_expression_is_asked_again(person: Any, prompt: Any, line: str, why: str) -> None:
    right = f'{{"metric": "{METRIC}", "operator": "IsNull"}}'
    assert person.answer_to(prompt("EXPRESSION"), line, right)["answers"]["operator"] == "IsNull"
    assert why in person.said


def test_an_empty_line_takes_the_default(person: Any, countries: Any) -> None:
    default = [{"id": "h2;8D679D3711D3E4981000E787EC6DE8A4", "name": "France"}]
    assert person.answer_to(countries(defaultAnswer=default), "") == {"useDefault": True}
    assert "Default: France" in person.screen
    assert "Enter takes the default" in person.screen


def test_an_empty_line_leaves_an_optional_prompt_open(person: Any, prompt: Any) -> None:
    for kind in ("VALUE", "ELEMENTS", "OBJECTS", "LEVEL", "EXPRESSION"):
        assert person.answer_to(prompt(kind, required=False), "") == {"answers": []}
    assert "Enter leaves it open" in person.screen


def test_an_empty_line_is_not_an_answer_to_a_required_prompt(person: Any, prompt: Any) -> None:
    assert person.answer_to(prompt("VALUE"), "", "x") == {"answers": "x"}
    assert "is required; the answer must not be empty" in person.screen
    assert "Enter" not in person.screen


def test_a_prompt_with_a_default_is_left_open_by_another_input_than_the_empty_line(person: Any, prompt: Any) -> None:
    question = prompt("VALUE", required=False, defaultAnswer="7")
    assert person.answer_to(question, "[]") == {"answers": []}
    assert "[] leaves it open" in person.screen


def test_a_prompt_of_a_kind_that_nobody_can_answer_takes_its_default(person: Any, prompt: Any) -> None:
    assert person.answer_to(prompt("HIERARCHY", defaultAnswer={"x": 1}), "Europe", "") == {"useDefault": True}
    assert 'cannot be answered; use "useDefault": true' in person.said
    assert 'Default: {"x": 1}' in person.screen


def test_prompts_are_asked_one_after_another_each_by_what_alone_names_it(person: Any, prompt: Any) -> None:
    second = "0123456789ABCDEF0123456789ABCDEF@0@11"
    questions = [prompt("VALUE"), prompt("VALUE", key=second, title="Which region?"), {"name": "Day", "type": "VALUE"}]
    assert person.reply_to(questions, "a", "b", "") == {
        "prompts": [
            {"key": questions[0]["key"], "answers": "a"},
            {"key": second, "answers": "b"},
            {"name": "Day", "answers": []},
        ]
    }
    assert "1 of 3: Region\n" in person.screen
    assert '2 of 3: Which region? (named "Region")\n' in person.screen


def test_a_prompt_is_shown_with_all_that_is_known_of_it(person: Any, prompt: Any) -> None:
    about = {"dataType": "NUMERIC", "min": 0, "max": 9, "instruction": "The rate,\nin percent.", "defaultAnswer": "7"}
    person.answer_to(prompt("VALUE", **about), "1")
    for line in ("VALUE, NUMERIC, required, 0 to 9", "The rate, in percent.", "Default: 7", "A number"):
        assert f"  {line}" in person.screen


def test_the_dialogue_begins_with_the_reason_of_an_earlier_refusal(person: Any, prompt: Any) -> None:
    person.reply_to([prompt("VALUE")], "x", refusal="the server knows no [red]Atlantis[/red]")
    assert person.screen.startswith("The last reply was refused: the server knows no [red]Atlantis[/red]\n")


def test_what_a_server_wrote_is_shown_as_it_is_and_never_obeyed(person: Any, prompt: Any) -> None:
    name = "[bold red]North[/] :smile: " + "far " * 30 + "[/nothing]"
    question = prompt(
        "ELEMENTS",
        title="[link=http://x]Region[/link]\x1b[2J\x9b2J\u202e",
        instruction="[/]",
        defaultAnswer=[{"name": "[b]"}],
        choices=[{"id": "h1;" + "A" * 32, "name": name}],
        more=False,
    )
    assert person.answer_to(question, "[i]South[/i]", "1")["answers"][0]["name"] == name
    for shown in (name, "[link=http://x]Region[/link]", "  [/]\n", "Default: [b]", 'called "[i]South[/i]"'):
        assert shown in person.screen
    assert not {"\x1b", "\x9b", "\u202e"} & set(person.screen)


def test_a_lone_surrogate_is_not_an_answer(person: Any, prompt: Any) -> None:
    assert person.answer_to(prompt("VALUE"), "\udcff", "x") == {"answers": "x"}


def test_the_end_of_the_input_and_ctrl_c_end_the_dialogue(person: Any, prompt: Any) -> None:
    with pytest.raises(EOFError):
        person.reply_to([prompt("VALUE")])

    def interrupted(_: Any) -> str:
        raise KeyboardInterrupt

    person._type = interrupted
    with pytest.raises(KeyboardInterrupt):
        person.reply_to([prompt("VALUE")], "x")


def test_the_reason_why_something_is_not_accepted_is_broken_between_words(person: Any, countries: Any) -> None:
    person.answer_to(countries(), "the United Kingdom of Great Britain and Northern Ireland", "France")
    reason = person.screen[person.screen.index("Not accepted") :].splitlines()[:2]
    assert all(0 < len(line) <= 80 for line in reason)
    assert 'called "the United Kingdom of Great Britain and Northern Ireland"' in person.said
