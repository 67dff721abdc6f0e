"""Every notification as its reader gets it by mail: golden files, written anew by ``GOLDEN=write``."""

import re
import shlex
from pathlib import Path

import pytest

from functions import clock
from functions.notifications.commands import items
from functions.notifications.publish import LONGEST_SUBJECT
from infra.documents.command_tables import commands
from tests.support.golden import check
from tests.unit.notifications.notices import EVERY, MORNING

GOLDEN = Path(__file__).with_name("golden")


@pytest.fixture(autouse=True)
def in_the_morning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_source", lambda: MORNING + 300)


@pytest.mark.parametrize("kind", list(EVERY))
def test_each_notification_reads_as_in_its_golden_file(kind: str) -> None:
    notice = EVERY[kind]()
    check(GOLDEN / f"{kind}.txt", f"Subject: {notice.subject}\n\n{notice.text}\n")


def test_no_golden_file_is_of_a_notification_that_is_no_more() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(EVERY)


@pytest.mark.parametrize("kind", sorted(set(EVERY) - {"question"}))
def test_each_notification_says_what_to_do_and_names_a_command_that_shows_more(kind: str) -> None:
    text = EVERY[kind]().text
    assert re.search(r"^To see (it|its runs|the failed ones): datamart (show|runs) .+ --stage prod", text, re.MULTILINE)
    assert "What to do: " in text or kind == "sweep"


OF_REQUEST = {"prompts-unanswered", "request-refused", "failures-of-one-message", "batch-refused"}
"""Where what was stored of the request fails again."""


@pytest.mark.parametrize("kind", sorted(set(EVERY) - {"question", "sweep"}))
def test_each_notification_names_the_command_that_repeats_it_unless_that_fails_again(kind: str) -> None:
    text = EVERY[kind]().text
    found = re.search(r"^To (repeat|restart|load) (it|what).*: datamart (rerun|start) .+ --stage", text, re.MULTILINE)
    assert bool(found) is (kind not in OF_REQUEST)


@pytest.mark.parametrize("kind", sorted(set(EVERY)))
def test_each_time_in_a_notification_has_the_one_form_that_people_read(kind: str) -> None:
    assert re.findall(r"\d\dT[0-9:.]+Z", EVERY[kind]().text) == []


def test_the_chat_names_the_command_for_each_item_of_a_batch_that_is_not_loaded() -> None:
    steps = EVERY["batch-failed"]().next_steps
    assert [step.partition(": `")[0] for step in steps[1:]] == [
        *("To see it", "To restart it"),
        *("To restart it, if a look shows that these are loaded", "To restart it, if they are not"),
        *("To see customers", "To see stock"),
    ]


@pytest.mark.parametrize("names", [["a,b"], ["x" * 300], ["in\nside"], [f"item {number}" for number in range(21)]])
def test_a_command_names_no_item_whose_name_does_not_read_as_one(names: list[str]) -> None:
    assert items(names) == "'NAME,…'"


@pytest.mark.parametrize("kind", list(EVERY))
def test_each_command_in_a_notification_is_one_that_exists(kind: str) -> None:
    lines = re.findall(r"(?:: |^ +)datamart ([a-z-]+) (.+)$", EVERY[kind]().text, re.MULTILINE)
    assert lines
    for command, arguments in lines:
        commands()[command].parse_args(shlex.split(arguments))


@pytest.mark.parametrize("kind", list(EVERY))
def test_each_subject_is_one_that_sns_takes(kind: str) -> None:
    subject = EVERY[kind]().subject
    assert len(subject) <= LONGEST_SUBJECT
    assert subject.isascii()
    assert subject.isprintable()
