"""Elements: ids as they are, names turned into ids with few calls, however long the list is."""

import contextlib
import time
from typing import Any

import pytest

from functions.errors import DatamartFailed, ServerUnavailable
from functions.microstrategy import Client
from functions.prompts.choices import PAGE
from functions.prompts.lookup import MOST_PAGES, MOST_SEARCHES
from functions.prompts.prompt import InvalidAnswer
from functions.prompts.server_choices import ServerChoices
from functions.prompts.types.elements import elements
from tests.unit.prompts.offered import Hidden, Offered, customers, deaf, named, searching, stuck

PROMPT = {"key": f"{'C' * 32}@0@10", "name": "Country", "type": "ELEMENTS"}
COUNTRIES = named("USA", "England", "Österreich")
USA, ENGLAND, AUSTRIA = COUNTRIES


@pytest.mark.parametrize(
    "written",
    ["England", ["England"], {"name": "England"}, [{"name": "England"}], [{"id": "", "name": "England"}], ["england"]],
)
def test_a_name_becomes_the_element_of_that_name(written: Any) -> None:
    assert elements(PROMPT, written, Offered(COUNTRIES)) == [ENGLAND]


@pytest.mark.parametrize(
    "id_", ["h1;8D679D3811D3E4981000E787EC6DE8A4", "8D679D3811D3E4981000E787EC6DE8A4:1", "h2014;;2014"]
)
def test_an_id_is_taken_as_it_is_and_nothing_is_asked(id_: str) -> None:
    choices = Offered(COUNTRIES)
    assert elements(PROMPT, id_, choices) == [{"id": id_}]
    assert elements(PROMPT, [{"id": id_, "name": "any"}], choices) == [{"id": id_, "name": "any"}]
    assert choices.calls == []


def test_an_id_of_a_form_that_is_not_known_can_be_given_as_an_object() -> None:
    assert elements(PROMPT, {"id": "?"}, Offered([])) == [{"id": "?"}]


def test_names_and_ids_may_be_mixed_and_each_element_is_sent_once_in_its_order() -> None:
    given = ["England", USA["id"], "USA", "England", {"id": ENGLAND["id"]}]
    assert elements(PROMPT, given, Offered(COUNTRIES)) == [ENGLAND, {"id": USA["id"]}]


def test_what_the_api_does_not_read_is_left_out() -> None:
    assert elements(PROMPT, [{"id": "h1;x", "displayed": True, "name": None}], Offered([])) == [{"id": "h1;x"}]


@pytest.mark.parametrize("written", [2026, "2026", {"name": 2026}])
@pytest.mark.parametrize("offered", [2026, "2026"])
def test_a_year_may_be_a_number_on_either_side(written: Any, offered: Any) -> None:
    year = {"id": f"h2026;{'A' * 32}", "name": offered}
    assert elements(PROMPT, written, Offered([year])) == [year]


def test_names_compare_by_what_they_look_like() -> None:
    assert elements(PROMPT, "O\u0308sterreich", Offered(COUNTRIES)) == [AUSTRIA]  # the accent a character of its own


def test_the_exact_name_wins_over_one_that_differs_in_case() -> None:
    two = named("usa", "USA")
    assert elements(PROMPT, "USA", Offered(two)) == [two[1]]


def test_a_name_that_two_elements_have_is_refused_with_their_ids() -> None:
    with pytest.raises(
        InvalidAnswer, match=r'^offers 2 choices called "X"; give the ID of one: "X" \(h1;A+\), "X" \(h2;A+\)$'
    ):
        elements(PROMPT, "X", Offered(named("X", "X")))
    with pytest.raises(InvalidAnswer, match=r"\(h5;A+\), …$"):
        elements(PROMPT, "X", Offered(named(*"XXXXXXX")))


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(InvalidAnswer, match=r'^offers no choice called "Englnd"; the nearest are "England"$'):
        elements(PROMPT, "Englnd", Offered(COUNTRIES))
    with pytest.raises(
        InvalidAnswer, match=r'^offers no choice called "zzz"; it offers "USA", "England", "Österreich"$'
    ):
        elements(PROMPT, "zzz", Offered(COUNTRIES))
    with pytest.raises(InvalidAnswer, match=r'^offers no choice called "zzz"$'):
        elements(PROMPT, "zzz", Offered([]))


@pytest.mark.parametrize(
    "one", [True, None, [], {}, {"id": 5}, {"nme": "USA"}, {"id": None}, {"name": ["USA"]}, ["USA"], ""]
)
def test_values_that_are_neither_name_nor_id_are_refused(one: Any) -> None:
    with pytest.raises(
        InvalidAnswer, match=r"^takes each element as its name, its ID, or an object with one of these keys, not "
    ):
        elements(PROMPT, [one], Offered(COUNTRIES))


def test_an_empty_list_of_elements_is_refused() -> None:
    with pytest.raises(InvalidAnswer, match=r"^takes at least one element, but the list is empty$"):
        elements(PROMPT, [], Offered(COUNTRIES))


@pytest.mark.parametrize("limits", [{"min": 2, "max": 2}, {"min": "2", "max": "2"}, {"min": 2.0, "max": 2.0}])
def test_too_few_and_too_many_are_refused_and_the_same_one_twice_counts_once(limits: dict[str, Any]) -> None:
    prompt = PROMPT | limits
    assert elements(prompt, ["USA", "England", "USA"], Offered(COUNTRIES)) == [USA, ENGLAND]
    with pytest.raises(InvalidAnswer, match=r"^takes at least 2(\.0)? elements, not 1$"):
        elements(prompt, ["USA", "USA"], Offered(COUNTRIES))
    with pytest.raises(InvalidAnswer, match=r"^takes at most 2(\.0)? elements, not 3$"):
        elements(prompt, ["USA", "England", "Österreich"], Offered(COUNTRIES))


@pytest.mark.parametrize("most", [0, -1, "-1", None, "", True, {}])
def test_what_is_not_a_limit_limits_nothing(most: Any) -> None:
    assert len(elements(PROMPT | {"min": None, "max": most}, ["USA", "England"], Offered(COUNTRIES))) == 2


def test_two_names_are_found_in_a_list_of_fifty_thousand_with_three_calls() -> None:
    choices = Offered(customers())
    picked = elements(PROMPT, ["Customer 40000", "Customer 00001"], choices)
    assert picked == [choices.listed[39_999], choices.listed[0]]
    assert choices.calls == [("", 0), ("Customer 40000", 0), ("Customer 00001", 0)]


def test_an_unknown_name_in_a_long_list_fails_with_the_closest_matches_after_one_more_call() -> None:
    choices = Offered(customers())
    with pytest.raises(InvalidAnswer, match=r'called "customr 1"; the nearest are "Customer 00'):
        elements(PROMPT, "customr 1", choices)
    assert len(choices.calls) == 3


def test_a_second_one_of_a_name_is_found_however_far_behind_the_first_it_is() -> None:
    listed = customers()
    choices = Offered([named("Smith, John")[0], *listed[1:], {"id": "h0;" + "B" * 32, "name": "Smith, John"}])
    with pytest.raises(
        InvalidAnswer, match=r'^offers 2 choices called "Smith, John"; give the ID of one: .*h1;A+\).*h0;B+\)$'
    ):
        elements(PROMPT, "Smith, John", choices)


def test_a_name_that_many_others_contain_is_found_behind_them() -> None:
    listed = [*named(*(f"Ann {number}" for number in range(500))), {"id": "h0;" + "B" * 32, "name": "Ann"}]
    choices = Offered([*customers(300), *listed])
    assert elements(PROMPT, "Ann", choices) == [listed[-1]]
    assert len(choices.calls) <= 5


def test_a_name_that_too_many_others_contain_is_left_to_the_server() -> None:
    choices = Offered(customers())
    assert elements(PROMPT, "Customer", choices) == [{"name": "Customer"}]
    assert len(choices.calls) == 2 + MOST_PAGES


def test_many_names_in_a_long_list_are_refused_before_any_search() -> None:
    choices = Offered(customers())
    with pytest.raises(InvalidAnswer, match=rf"give at most {MOST_SEARCHES} of them by name and the others by ID$"):
        elements(PROMPT, [f"Customer {number:05}" for number in range(1, MOST_SEARCHES + 2)], choices)
    assert len(choices.calls) == 1


def test_a_very_long_name_is_searched_for_by_its_beginning() -> None:
    long = "x" * 5_000
    choices = Offered([*customers(300), *named(long)])
    assert elements(PROMPT, long, choices)[0]["name"] == long
    assert max(len(pattern) for pattern, _ in choices.calls) == 100


@pytest.mark.parametrize(
    "name", ['Miles "Tails" O\'Brien', "{% $x %}", r"C:\temp\new", "*", "%", "a&b=c", " padded ", "東京 🦆"]
)
def test_elements_with_odd_names_are_found(name: str) -> None:
    assert elements(PROMPT, name, Offered([*customers(300), *named(name)])) == named(name)


def test_a_server_that_ignores_the_pattern_is_read_through_once_for_all_names() -> None:
    choices = Offered(customers(900), deaf)
    picked = elements(PROMPT, ["Customer 00900", "Customer 00450", "Customer 00001"], choices)
    assert [one["name"] for one in picked] == ["Customer 00900", "Customer 00450", "Customer 00001"]
    assert len(choices.calls) == 2 + 5
    with pytest.raises(InvalidAnswer, match='called "Customer 00901"; the nearest are '):
        elements(PROMPT, "Customer 00901", choices)


@pytest.mark.parametrize("page", [deaf, stuck])
def test_a_long_list_that_cannot_be_searched_is_given_up_and_the_names_left_to_the_server(page: Any) -> None:
    choices = Offered(customers(), page)
    assert elements(PROMPT, ["Customer 40000", "USA"], choices) == [{"name": "Customer 40000"}, {"name": "USA"}]
    assert len(choices.calls) == 2 + MOST_PAGES


def test_where_elements_are_not_listed_the_names_are_left_to_the_server() -> None:
    given = [{"name": "USA"}, ENGLAND["id"]]
    assert elements(PROMPT, given, Hidden()) == [{"name": "USA"}, {"id": ENGLAND["id"]}]
    with pytest.raises(InvalidAnswer, match=r"^takes at most 1 elements, not 2$"):
        elements(PROMPT | {"max": 1}, given, Hidden())


@pytest.mark.parametrize(
    "broken", [{}, {"id": None, "name": "USA"}, {"name": "USA"}, {"id": "h9;x"}, {"id": [], "name": "USA"}]
)
def test_a_choice_without_an_id_or_a_name_is_passed_over(broken: dict[str, Any]) -> None:
    assert elements(PROMPT, "USA", Offered([broken, *COUNTRIES], deaf)) == [USA]
    with pytest.raises(InvalidAnswer, match='called "Germany"'):
        elements(PROMPT, "Germany", Offered([broken, *COUNTRIES], deaf))


def test_thousands_of_names_are_judged_in_a_moment() -> None:
    began = time.process_time()
    for choices in (Offered(COUNTRIES), Offered(customers()), Hidden()):
        with contextlib.suppress(InvalidAnswer):
            elements(PROMPT, [f"n{number}" for number in range(12_000)], choices)
    assert time.process_time() - began < 2


class Canned(Client):
    """A client whose pages are canned, or which fails."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def search_elements(self, *where: Any) -> Any:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_a_server_that_gives_more_than_it_is_asked_for_is_searched_nevertheless() -> None:
    assert len(ServerChoices(Canned(customers(5_000)), "p", "d", "i").page(PROMPT)) == PAGE


def test_a_server_that_refuses_to_list_and_one_that_cannot_be_reached_are_distinguished() -> None:
    assert elements(PROMPT, "USA", ServerChoices(Canned(DatamartFailed("no")), "p", "d", "i")) == [{"name": "USA"}]
    with pytest.raises(ServerUnavailable):
        elements(PROMPT, "USA", ServerChoices(Canned(ServerUnavailable("gone")), "p", "d", "i"))


def test_the_choices_in_memory_behave_like_the_contract() -> None:
    assert len(searching(customers(), "customer", 49_900)) == 100
