"""From the request to the server's own record of the answer: the real client, real HTTP, every byte."""

import json
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from functions.microstrategy import Client, Credentials, Server
from functions.prompts.plan import plan
from functions.prompts.server_choices import ServerChoices
from functions.requests.prompt_answers import UNFILLED
from functions.requests.request import normalise
from local.simulator import Simulator, catalogue
from local.simulator.warehouse.customers import ODD_NAMES, customer_names
from tests.support import vendor

Trip = Callable[..., Any]

texts = st.text(min_size=1)  # hypothesis makes no lone surrogates of its own accord


@pytest.fixture(scope="module")
def arrives() -> Iterator[Trip]:
    """Sends an answer to a prompt of a datamart, or a whole body, and gives what the server noted."""
    with Simulator() as simulator:
        library = Client(Server(simulator.base_url))
        library.log_in(Credentials(username=simulator.username, password=simulator.password))
        described = {
            datamart: {p["name"]: p for p in library.get_definition_prompts(catalogue.TUTORIAL, datamart)}
            for datamart in (catalogue.CITY, catalogue.ALL_PROMPTS, catalogue.SAME_NAMES, catalogue.CUSTOMERS)
        }

        def trip(datamart: str, name: str, answers: Any = None, body: Any = None) -> Any:
            prompt = described[datamart][name]
            body = body or {"prompts": [{"key": prompt["key"], "answers": answers}]}
            request = normalise(json.loads(json.dumps({"project": "p", "datamart": "d"} | body)))
            where = (catalogue.TUTORIAL, datamart, library.create_instance(catalogue.TUTORIAL, datamart))
            made = plan([prompt], request["prompts"], "fail", ServerChoices(library, *where))
            assert (made.problems, made.missing) == ([], [])
            library.answer_prompts(*where, [answer["send"] for answer in made.answers])
            (noted,) = simulator.state()["answers"][-1]["body"]["prompts"]
            assert (noted["key"], noted["type"], len(noted)) == (prompt["key"], prompt["type"], 3)
            return noted["answers"]

        yield trip


@given(texts.filter(lambda text: text != UNFILLED))
@example("{% $x %} {yesterday} \"quoted\" 'single' \\ \\n \n\r\t </script> ${x} $(x) `x`")
@example("".join(map(chr, range(32))) + "\x7f\x85\u2028\u2029\ufeff\u202e\ufffe\uffff")
@example("日本語 Ελληνικά עברית 🦆 👩\u200d👩\u200d👧 e\u0301 é")
@example(" ")
@example("true")
@example("東" * 33_000)
def test_a_text_arrives_as_it_was_written(arrives: Trip, text: str) -> None:
    assert arrives(catalogue.SAME_NAMES, "Remark", text) == text


@given(st.integers(0, 10_000) | st.floats(0, 10_000) | st.decimals(0, 10_000, places=9).map(lambda d: format(d, "f")))
def test_a_number_arrives_as_the_same_decimal(arrives: Trip, number: int | float | str) -> None:
    noted = arrives(catalogue.ALL_PROMPTS, "Least amount", number)
    assert isinstance(noted, str)
    assert Decimal(noted) == Decimal(str(number))


@given(st.dates(date(2020, 1, 1)), st.times().map(lambda at: at.isoformat("milliseconds")))
def test_a_date_arrives_in_the_form_of_the_documentation(arrives: Trip, day: date, time: str) -> None:
    assert arrives(catalogue.ALL_PROMPTS, "From day", day.isoformat()) == f"{day}T00:00:00.000+0000"
    assert arrives(catalogue.ALL_PROMPTS, "From day", f"{day} {time}") == f"{day}T{time}+0000"


NAMES = customer_names()
odd = st.sampled_from(sorted(number for number in ODD_NAMES if ODD_NAMES[number] != "Smith, John"))
customers = st.lists(odd | st.integers(20_000, 40_000), min_size=1, max_size=3, unique=True)


@given(customers)
def test_elements_arrive_whether_by_id_or_by_name(arrives: Trip, numbers: list[int]) -> None:
    ids = [f"h{number};{catalogue.CUSTOMER}" for number in numbers]
    names = [NAMES[number - 1] for number in numbers]
    both = [{"id": id_, "name": name} for id_, name in zip(ids, names, strict=True)]
    assert arrives(catalogue.CUSTOMERS, "Customers", names) == both
    assert arrives(catalogue.CUSTOMERS, "Customers", both) == both
    assert arrives(catalogue.CUSTOMERS, "Customers", ids) == [{"id": id_} for id_ in ids]


@given(st.permutations(["Sales", "Cost"]), st.integers(1, 2), st.booleans())
def test_objects_arrive_whether_by_id_or_by_name(arrives: Trip, names: list[str], count: int, by_name: bool) -> None:
    ids = {"Sales": catalogue.SALES_METRIC, "Cost": catalogue.COST_METRIC}
    picked = [name if by_name else ids[name] for name in names[:count]]
    noted = arrives(catalogue.ALL_PROMPTS, "Metrics", picked)
    assert [(one["id"], one["type"]) for one in noted] == [(ids[name], "metric") for name in names[:count]]


@given(texts, st.sampled_from(["Equals", "Contains", "NotLike"]))
@example('{% "x" %}\n', "Equals")
def test_the_constant_of_an_expression_arrives_as_it_was_written(arrives: Trip, text: str, operator: str) -> None:
    subject = {"type": "attribute", "id": catalogue.CITY_ATTRIBUTE}
    operands = [subject, {"type": "constant", "dataType": "Char", "value": text}]
    whole = {"content": text, "expression": {"operator": operator, "operands": operands}}
    assert arrives(catalogue.ALL_PROMPTS, "Qualification", whole) == whole
    for attribute in (catalogue.CITY_ATTRIBUTE, "City", "city"):
        short = {"attribute": attribute, "operator": operator, "value": text}
        assert arrives(catalogue.ALL_PROMPTS, "Qualification", short) == {"expression": whole["expression"]}


UNITS = {"Country": catalogue.COUNTRY, "City": catalogue.CITY_ATTRIBUTE, "Category": catalogue.CATEGORY}


@given(st.lists(st.sampled_from(sorted(UNITS)), min_size=1, unique=True), st.booleans(), st.booleans())
def test_the_units_of_a_level_arrive_whether_by_id_or_by_name(
    arrives: Trip, names: list[str], by_name: bool, flag: bool
) -> None:
    written = [name if by_name else UNITS[name] for name in names]
    units = [{"id": UNITS[name]} for name in names]
    assert arrives(catalogue.ALL_PROMPTS, "Level", written) == {"units": units}
    whole = {"filterRest": flag, "units": [unit | {"groupBy": flag} for unit in units]}
    assert arrives(catalogue.ALL_PROMPTS, "Level", whole) == whole


OF_THE_VENDOR: dict[str, Any] = {"prompts": [vendor.ANSWER]}
OPTIONS = {"saveAsWithAnswers": True, "saveAsFilterWithPrompts": True, "saveAsTemplateWithPrompts": True}


def test_the_answers_of_the_vendors_sample_can_be_pasted_and_just_these_arrive(arrives: Trip) -> None:
    noted = arrives(catalogue.CITY, "Elements of Country", body=OF_THE_VENDOR)
    assert [one["name"] for one in noted] == ["USA", "England"]


@pytest.mark.parametrize(
    "saving",
    [
        {"save": {"promptOptions": OPTIONS}},
        {
            "saveAs": {
                "name": "City",
                "destinationFolderId": "8A1831FF494F528D02A4A8BF5FB73459",
                "promptOptions": OPTIONS,
            }
        },
    ],
)
def test_the_vendors_bodies_of_save_and_save_as_pass_unchanged(saving: dict[str, Any]) -> None:
    normal = normalise({"project": "p", "datamart": "d"} | saving)
    assert {key: normal[key] for key in saving} == saving
