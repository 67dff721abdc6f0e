"""Which state a log line belongs to, by its function and its time."""

from local.report.events import Entry
from local.report.lines import CLOCKS_DIFFER, Line, lines_of_entries


def look(entered: float, exited: float | None) -> Entry:
    return Entry("GetStatus", 1, entered, exited, function="GetStatusFunction0")


def placed(*moments: float, entries: list[Entry], function: str = "GetStatusFunction0") -> dict[int, list[float]]:
    lines = [Line(at, function, {}, "") for at in moments]
    return {place: [line.at for line in own] for place, own in lines_of_entries(entries, lines).items()}


def test_a_line_belongs_to_the_state_that_went_on_when_it_was_written() -> None:
    entries = [look(10, 11), look(12, 13), look(14, None)]
    assert placed(10, 11, 12.5, 99, entries=entries) == {0: [10, 11], 1: [12.5], 2: [99]}


def test_a_line_that_is_a_little_early_belongs_to_the_state_that_begins() -> None:
    entries = [look(10, 11), look(12, 13)]
    assert placed(12 - CLOCKS_DIFFER, entries=entries) == {1: [12 - CLOCKS_DIFFER]}


def test_a_line_after_a_state_belongs_to_it_if_no_other_begins_at_once() -> None:
    assert placed(11.5, entries=[look(10, 11), look(12, 13)]) == {0: [11.5]}


def test_looks_that_follow_each_other_within_a_moment_keep_their_own_lines() -> None:
    entries = [look(10.00, 10.02), look(10.03, 10.05)]
    assert placed(10.01, 10.04, entries=entries) == {0: [10.01], 1: [10.04]}


def test_a_line_of_a_function_that_no_state_called_belongs_to_none() -> None:
    assert placed(10.5, entries=[look(10, 11)], function="EndRunFunction0") == {}
    assert placed(5, entries=[look(10, 11)]) == {}
