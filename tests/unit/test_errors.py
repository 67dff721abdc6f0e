"""The table of errors: every class is a complete row, and the drawing of the tree is current."""

import json
import re
from pathlib import Path

import pytest

from functions import errors
from functions.errors import ERRORS, OWN_ERRORS, LibraryError, NamedError, RunError, RunTimedOut
from functions.text import one_line

FAMILIES = (RunError, LibraryError)
RELEASED = sorted((Path(__file__).parents[1] / "integration/upgrade/recordings").glob("*/run_datamart.asl.json"))
"""The definitions of earlier releases: executions that began under them go on with today's functions."""


def test_every_class_of_a_family_is_in_the_table_under_its_own_name() -> None:
    classes = {cls for family in FAMILIES for cls in family.__subclasses__()}
    assert set(ERRORS.values()) == classes
    assert [cls.__name__ for cls in ERRORS.values()] == list(OWN_ERRORS) == [cls.name for cls in ERRORS.values()]


def test_the_drawing_of_the_tree_shows_every_error_under_its_family() -> None:
    drawn: dict[str, list[str]] = {}
    for branch, name in re.findall(r"^ {4}([│ ]*[├└]── )(\w+)$", str(errors.__doc__), re.MULTILINE):
        if len(branch) == len("├── "):
            family = drawn.setdefault(name, [])
        else:
            family.append(name)
    assert drawn == {family.__name__: [cls.__name__ for cls in family.__subclasses__()] for family in FAMILIES}


def test_an_error_keeps_the_name_that_a_release_has_published() -> None:
    assert RELEASED
    for definition in RELEASED:
        states = json.loads(definition.read_text("utf-8"))["States"]
        (names,) = re.findall(r"in \[([^\]]*)\]", states["RunFailed"]["Error"])
        assert {name.strip(" '") for name in names.split(",")} <= set(OWN_ERRORS)


@pytest.mark.parametrize("error", ERRORS.values())
def test_an_error_has_a_meaning_and_an_advice_of_whole_sentences(error: type[NamedError]) -> None:
    for text in (error.meaning(), error.advice):
        assert re.fullmatch(r"[A-Z].*\.", text)
        assert one_line(text) == text
        assert "|" not in text  # the documentation has it in a table


@pytest.mark.parametrize("missing", ["advice", "loaded"])
def test_a_class_without_its_own_row_cannot_be_defined(missing: str) -> None:
    row = {"advice": "Do this.", "loaded": "no"}
    del row[missing]
    with pytest.raises(TypeError, match=f"Another does not state {missing}"):
        type("Another", (RunError,), row)
    assert "Another" not in ERRORS


@pytest.mark.parametrize("error", [error for error in ERRORS.values() if error.next_attempt])
def test_the_pauses_between_attempts_grow(error: type[NamedError]) -> None:
    again = error.next_attempt
    assert again is not None
    assert 1 <= again.first_pause < again.longest_pause <= 600


@pytest.mark.parametrize("error", [error for error in ERRORS.values() if error.times_out])
def test_only_an_error_that_another_attempt_may_cure_becomes_a_time_out(error: type[NamedError]) -> None:
    assert error.next_attempt is not None
    assert RunTimedOut.next_attempt is None


@pytest.mark.parametrize("family", FAMILIES)
def test_an_exceptions_text_stays_below_the_limit_of_step_functions(family: type[NamedError]) -> None:
    for error in family.__subclasses__():
        assert len(str(error("ü" * 50_000)).encode()) < 8_192


def test_a_servers_message_is_cut_before_the_details_that_follow_it() -> None:
    text = str(LibraryError("x" * 10_000, step="execute", http_status=500, ticket_id="T1"))
    assert text.endswith("x… (step execute, HTTP 500, ticketId T1)")
    assert str(LibraryError("half \ud800")) == "half ?"
