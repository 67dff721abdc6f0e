"""Prompts of every kind, answered as people write, through the real state machine (API.md 7)."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from local.outcome import Outcome
from local.simulator import catalogue
from local.simulator.scenario import Scenario
from local.simulator.warehouse.sales import COUNTRIES
from tests.integration.conftest import System
from tests.support.cases import exhaustive, one_of

NewSystem = Callable[..., System]

STRICT = [
    {"name": "Code", "answers": "ab12"},
    {"name": "Percentage", "answers": 99.5},
    {"name": "Load day", "answers": "2026-02-28"},
    {"name": "Countries", "answers": ["USA", "england"]},
    {"name": "One metric", "answers": "Sales"},
]
"""An answer for every required prompt of Strict Prompts."""


def asking(system: System, datamart: str, *answers: dict[str, Any], **request: Any) -> Outcome:
    return system.run(datamart=datamart, prompts=list(answers), **request)


def recorded(system: System) -> dict[str, Any]:
    """What the server was told, by the prompts' names."""
    names = {p.key: p.name for spec in catalogue.datamarts(10, 1).values() for p in spec.prompts}
    told = [entry for body in system.simulator.state()["answers"] for entry in body["body"]["prompts"]]
    return {names[entry["key"]]: entry.get("answers", "the default") for entry in told}


def changed(**instead: Any) -> list[dict[str, Any]]:
    """The answers to Strict Prompts with some of them replaced, or left out where None."""
    named = {name.replace("_", " "): answer for name, answer in instead.items()}
    return [a | {"answers": named.get(a["name"], a["answers"])} for a in STRICT if named.get(a["name"], "") is not None]


def rejected(outcome: Outcome) -> str:
    assert outcome.error == "PromptAnswerRejected", (outcome.error, outcome.cause)
    assert str(outcome.cause).startswith("Loaded: no. ")
    return str(outcome.cause)


# -- answers as people write them ----------------------------------------------------------------------------------


def test_every_type_may_be_answered_in_short(system: System) -> None:
    short = [
        *STRICT,
        {"name": "Detail", "answers": ["Country", "City"]},
        {"name": "Condition", "answers": {"metric": "Sales", "operator": ">", "value": 1000}},
    ]
    outcome = asking(system, catalogue.STRICT_PROMPTS, *short)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert recorded(system) == {
        "Code": "ab12",
        "Percentage": "99.5",
        "Load day": "2026-02-28T00:00:00.000+0000",
        "Countries": [
            {"id": f"h1;{catalogue.COUNTRY}", "name": "USA"},
            {"id": f"h2;{catalogue.COUNTRY}", "name": "England"},
        ],
        "One metric": [{"id": catalogue.SALES_METRIC, "name": "Sales", "type": "metric"}],
        "Detail": {"units": [{"id": catalogue.COUNTRY}, {"id": catalogue.CITY_ATTRIBUTE}]},
        "Condition": {
            "expression": {
                "operator": "Greater",
                "operands": [
                    {"type": "metric", "id": catalogue.SALES_METRIC},
                    {"type": "constant", "dataType": "Real", "value": "1000"},
                ],
            }
        },
    }


def test_what_is_written_as_the_api_takes_it_is_sent_as_it_is(system: System) -> None:
    attribute = {"type": "attribute", "id": catalogue.COUNTRY}
    elements = {"type": "elements", "elements": [{"id": f"h1;{catalogue.COUNTRY}"}]}
    answers = {
        "Comment": "a text",
        "Least amount": "10",
        "From day": "2026-03-01T00:00:00.000+0000",
        "Category": [{"id": f"h1;{catalogue.CATEGORY}", "name": "Books"}],
        "Metrics": [{"id": catalogue.COST_METRIC, "type": "metric"}],
        "Qualification": {"expression": {"operator": "In", "operands": [attribute, elements]}},
        "Level": {"units": [{"id": catalogue.COUNTRY}]},
    }
    given = [{"name": name, "answers": answer} for name, answer in answers.items()]
    outcome = asking(system, catalogue.ALL_PROMPTS, *given)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert recorded(system) == answers


def test_two_of_fifty_thousand_elements_are_found_without_a_download(system: System) -> None:
    wanted = ["Customer 49998", "customer 00007"]
    outcome = asking(system, catalogue.CUSTOMERS, {"name": "Customers", "answers": wanted})
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert [entry["name"] for entry in recorded(system)["Customers"]] == ["Customer 49998", "Customer 00007"]
    assert sum(1 for step in system.steps() if step.endswith("/elements")) <= 3


def test_an_unknown_element_is_reported_with_the_nearest_and_an_ambiguous_one_with_its_ids(system: System) -> None:
    wanted = ["Custommer 00012", "Smith, John"]
    for name, told in zip(wanted, ["Customer 00012", f"h12345;{catalogue.CUSTOMER}"], strict=True):
        cause = rejected(asking(system, catalogue.CUSTOMERS, {"name": "Customers", "answers": name}))
        assert '"Which customers?" (named "Customers") offers ' in cause
        assert told in cause


@pytest.mark.parametrize("scenario", ["element-search-ignored", "elements-by-id-only"])
@pytest.mark.exhaustive  # guarded by: unit/prompts/test_elements.py
def test_names_are_found_whatever_the_server_makes_of_a_search(new_system: NewSystem, scenario: str) -> None:
    assert asking(new_system(scenario), catalogue.STRICT_PROMPTS, *STRICT).status == "SUCCEEDED"


def test_names_are_left_to_the_server_where_it_does_not_list_its_elements(new_system: NewSystem) -> None:
    system = new_system("elements-forbidden")
    assert system.run(prompts=[{"name": "Elements of Country", "answers": "USA"}]).status == "SUCCEEDED"
    assert recorded(system) == {"Elements of Country": [{"name": "USA"}]}


@pytest.mark.exhaustive  # guarded by: the server that does not list them
def test_names_are_left_to_a_server_that_has_no_list_of_elements(system: System) -> None:
    system.simulator.inject("search_elements", status=404, json={"code": "ERR004", "message": "no such endpoint"})
    assert system.run(prompts=[{"name": "Elements of Country", "answers": "USA"}]).status == "SUCCEEDED"
    assert recorded(system) == {"Elements of Country": [{"name": "USA"}]}


# -- invalid answers (API.md 7.4) ----------------------------------------------------------------------------------

WRONG = {
    "too little": changed(
        Code="a", Percentage=-1, Load_day="2025-12-31", Countries=["Atlantis"], One_metric=catalogue.COUNTRY
    ),
    "too much": changed(
        Code="abcdef", Percentage="100.01", Load_day="2027-01-01", Countries=["USA", "Italy", "Spain"], One_metric="x"
    ),
    "something else": changed(
        Code=["a", "b"],
        Percentage="many",
        Load_day="28.02.2026",
        Countries={"nme": "USA"},
        One_metric=["Sales", "Cost"],
    ),
}
TOLD = {
    "too little": ["at least 2 characters", "at least 0", "2026-01-01", "Atlantis"],
    "too much": ["at most 5 characters", "at most 100", "2026-12-31", "at most 2 elements", '"x"'],
    "something else": ["one value", "a number", "a date", "name", "at most 1 objects"],
}


@pytest.mark.parametrize("wrong", one_of(*WRONG))
def test_every_answer_that_cannot_be_right_is_reported_by_its_prompts_title_before_any_is_sent(
    system: System, wrong: str
) -> None:
    cause = rejected(asking(system, catalogue.STRICT_PROMPTS, *WRONG[wrong]))
    for told in TOLD[wrong]:
        assert told in cause
    for prompt in catalogue.STRICT[:4]:
        assert f'the prompt "{prompt.title}" (named "{prompt.name}")' in cause
    assert system.simulator.state()["answers"] == []


@pytest.mark.exhaustive  # guarded by: unit/prompts/test_plan.py
def test_a_wrong_type_a_missing_default_and_an_empty_answer_to_a_required_prompt_are_reported(system: System) -> None:
    answers = [
        {"name": "Code", "type": "ELEMENTS", "answers": "ab"},
        {"name": "Percentage", "useDefault": True},
        {"name": "Load day", "answers": []},
        *STRICT[3:],
    ]
    cause = rejected(asking(system, catalogue.STRICT_PROMPTS, *answers))
    for told in ("is of type VALUE, but the request answers it as ELEMENTS", "has no default", "is required"):
        assert told in cause


def test_what_only_the_server_can_refuse_is_reported_with_its_ticket(system: System) -> None:
    unknown = {"name": "Elements of Country", "answers": [{"id": f"h99;{catalogue.COUNTRY}"}]}
    cause = rejected(system.run(prompts=[unknown]))
    assert "This is a required prompt" in cause
    assert "answered were Elements of Country" in cause
    assert "ticketId" in cause


@pytest.mark.parametrize(
    "message", ["Invalid JSON", "Failed to locate the prompt by either key, id or name.", "The value is out of range."]
)
@pytest.mark.exhaustive
def test_the_servers_own_words_are_kept(system: System, message: str) -> None:
    system.simulator.inject("answer_prompts", status=400, json={"code": "ERR006", "message": message, "ticketId": "t1"})
    cause = rejected(system.run(prompts=[{"name": "Elements of Country", "answers": "USA"}]))
    assert message.rstrip(".") in cause


@pytest.mark.exhaustive  # guarded by: unit/prompts/test_matching.py
def test_a_prompt_answered_twice_and_a_name_that_two_prompts_share_are_reported(system: System) -> None:
    shared = asking(system, catalogue.SAME_NAMES, {"name": "Remark", "answers": "x"})
    first, second = (prompt.key for prompt in catalogue.SAME_NAME_TWICE)
    assert f"give its key instead: {first}, {second}" in rejected(shared)
    twice = system.run(prompts=[{"name": "Elements of Country", "answers": "USA"}] * 2)
    assert "is answered 2 times" in rejected(twice)


@pytest.mark.exhaustive  # guarded by: unit/prompts/test_matching.py
def test_prompts_of_the_same_name_are_answered_by_their_keys(system: System) -> None:
    keys = [prompt.key for prompt in catalogue.SAME_NAME_TWICE]
    outcome = asking(system, catalogue.SAME_NAMES, *({"key": key, "answers": key} for key in keys))
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert [entry["answers"] for entry in system.simulator.state()["answers"][0]["body"]["prompts"]] == keys


# -- what the request does not answer -------------------------------------------------------------------------------


def test_by_default_the_default_is_taken_and_the_optional_closed(system: System) -> None:
    outcome = asking(system, catalogue.ALL_PROMPTS, {"name": "From day", "answers": "2026-01-05"})
    hows = {prompt["name"]: prompt["how"] for prompt in outcome.output["promptsAnswered"]}
    assert hows["Comment"] == hows["Metrics"] == "default"
    assert hows["Category"] == hows["Qualification"] == hows["Level"] == "closed"


@pytest.mark.exhaustive  # guarded by: unit/prompts/test_plan.py
def test_with_close_no_default_is_taken(system: System) -> None:
    day = {"name": "From day", "answers": "2026-01-05"}
    outcome = asking(system, catalogue.ALL_PROMPTS, day, unanswered="close")
    assert {p["how"] for p in outcome.output["promptsAnswered"] if p["name"] != "From day"} == {"closed"}


def test_with_fail_everything_missing_is_reported_short_in_the_cause_and_whole_elsewhere(system: System) -> None:
    outcome = asking(system, catalogue.STRICT_PROMPTS, STRICT[0], unanswered="fail")
    assert outcome.error == "PromptsUnanswered"
    cause = str(outcome.cause)
    assert cause.startswith("Loaded: no. ")
    pasted, _ = json.JSONDecoder().raw_decode(cause, cause.index('{"prompts"'))
    assert [entry["name"] for entry in pasted["prompts"]] == [prompt.name for prompt in catalogue.STRICT[1:]]
    assert pasted["prompts"][2]["answers"] == ["USA", "England"]
    (notice,) = system.notices()
    assert json.loads(notice["Message"].partition("Answers to put into the request: ")[2])["prompts"] != []
    kept = system.item(outcome)["unanswered"]["prompts"]
    assert [choice["name"] for choice in kept[2]["choices"]] == list(COUNTRIES)


@pytest.mark.exhaustive  # guarded by: unit/runs/test_conclusion.py
def test_the_cause_stays_short_however_much_the_prompts_say_of_themselves(new_system: NewSystem) -> None:
    outcome = asking(new_system("huge-prompts"), catalogue.STRICT_PROMPTS)
    assert outcome.error == "PromptsUnanswered"
    assert len(str(outcome.cause).encode()) < 8_000


@pytest.mark.exhaustive  # guarded by: unit/prompts/test_plan.py
def test_a_slip_in_a_name_leaves_no_prompt_to_its_default(system: System) -> None:
    slip = {"name": "Least amont", "answers": 5}
    cause = rejected(asking(system, catalogue.ALL_PROMPTS, slip, {"name": "From day", "answers": "2026-01-05"}))
    assert 'the request answers "Least amont"' in cause


def test_an_answer_that_no_prompt_was_ever_opened_for_is_an_error_in_the_end(system: System) -> None:
    stranger = {"name": "Something else", "answers": "x"}
    outcome = system.run(prompts=[{"name": "Elements of Country", "answers": "USA"}, stranger])
    assert outcome.error == "PromptAnswerRejected"
    assert str(outcome.cause).startswith("Loaded: yes. ")
    assert '"Something else"' in str(outcome.cause)
    assert system.loads() == 1


def test_nothing_is_saved_when_an_answer_was_for_no_prompt(system: System) -> None:
    stranger = {"name": "Something else", "answers": "x"}
    assert asking(system, catalogue.CATEGORY_SALES, stranger, save={}).error == "PromptAnswerRejected"
    assert not any(step.endswith("/save") for step in system.steps())


# -- nested, late, stale and huge -----------------------------------------------------------------------------------

NESTED = [
    {"name": "Country of the city", "answers": "USA"},
    {"name": "City in the country", "answers": "Boston"},
    *({"name": f"Least amount {n}", "answers": 0} for n in range(1, 9)),
]


@pytest.mark.parametrize("depth", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
@pytest.mark.exhaustive  # guarded by: test_runs_that_succeed.py: three rounds
def test_prompts_nested_that_deep_are_answered_round_after_round(new_system: NewSystem, depth: int) -> None:
    outcome = asking(new_system(Scenario(nesting=depth)), catalogue.NESTED, *NESTED[:depth])
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert outcome.states.count("AnswerPrompts") == depth


def test_the_choices_of_a_nested_prompt_are_those_under_the_earlier_answers(system: System) -> None:
    wrong = {"name": "City in the country", "answers": "Berlin"}
    cause = rejected(asking(system, catalogue.NESTED, NESTED[0], wrong, NESTED[2]))
    assert 'offers no choice called "Berlin"; it offers "Boston"' in cause


def test_an_attempt_looks_at_the_prompts_only_so_often(new_system: NewSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("functions.handlers.get_prompts.MOST_LOOKS", 4)
    outcome = asking(new_system(Scenario(late_prompts=10_000)), catalogue.CITY, NESTED[0], timeoutMinutes=1440)
    assert outcome.error == "PromptsUnanswered"
    assert "are still open after their list was read" in str(outcome.cause)


@pytest.mark.parametrize(
    "scenario",
    [
        "prompts-appear-late",
        *map(exhaustive, ("answered-prompts-still-listed", "huge-prompts")),
        *(
            pytest.param(name, marks=pytest.mark.exhaustive)
            for name in ("closed-filter-inverted", "closed-filter-ignored")
        ),
        pytest.param("old-prompt-shapes", marks=pytest.mark.exhaustive),
    ],
)
def test_a_datamart_is_loaded_once_however_the_server_lists_its_prompts(new_system: NewSystem, scenario: str) -> None:
    system = new_system(scenario)
    outcome = asking(system, catalogue.NESTED, *NESTED[:3])
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert len(recorded(system)) == len(system.simulator.state()["answers"]) == 3
    assert max(len(json.dumps(event, default=str)) for event in outcome.history) < 20_000


SURVIVING = Scenario(still_open=3.0, delete_ends_job=False, monitor_forbidden=True)
"""A job that is reported as waiting for a moment after it was answered, and that nobody can end."""


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500, "json": {"code": "ERR002", "iServerCode": -2147209192, "message": "idle"}},
        exhaustive({"status": 403, "json": {"code": "ERR014", "message": "no"}}),
    ],
)
def test_a_job_that_was_answered_a_moment_ago_is_not_taken_for_one_that_waits(
    new_system: NewSystem, answer: dict[str, Any]
) -> None:
    """Else it would be executed once more after the ServerBusy of the first answer: two loads."""
    system = new_system(SURVIVING)
    system.expect_left = True
    system.simulator.inject("get_prompts", skip=1, **answer)
    outcome = system.run(prompts=[{"name": "Elements of Country", "answers": "USA"}])
    assert outcome.states.count("GetPrompts") == 2
    assert str(outcome.cause).startswith("Loaded: unknown. ")
    assert system.posts() == 1


def test_answers_that_were_taken_although_the_call_failed_are_no_reason_to_give_up(new_system: NewSystem) -> None:
    """Their prompts are listed for a moment longer, and then refused because nothing is left to answer."""
    system = new_system(Scenario(still_listed=8.0))
    system.simulator.inject("answer_prompts", kind="reset after")
    outcome = system.run(prompts=[{"name": "Elements of Country", "answers": "USA"}])
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert (outcome.states.count("AnswerPrompts"), system.loads()) == (3, 1)


def test_a_further_prompt_shows_that_the_job_waits_after_all(new_system: NewSystem) -> None:
    outcome = asking(new_system(Scenario(nesting=2)), catalogue.NESTED, NESTED[0])
    assert outcome.error == "PromptsUnanswered"
    assert str(outcome.cause).startswith("Loaded: no. ")
