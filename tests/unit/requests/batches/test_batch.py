"""A batch is checked as a whole, and its one error names every problem with the item and the key."""

import json
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.errors import LONGEST_TEXT, InvalidRequest
from functions.requests.batches import dependencies
from functions.requests.batches.batch import LARGEST, Batch, batch_of
from functions.requests.batches.dependencies import MOST_DEPENDENCIES
from functions.requests.batches.frozen import frozen_inputs
from functions.requests.batches.items import REQUEST_KEYS
from functions.requests.batches.problems import MOST_SHOWN
from functions.requests.batches.schema import BATCH, ITEM_KEYS
from functions.similar_names import nearest
from tests.unit.requests.batches.samples import JOBS, item


def read(*items: Any, **keys: Any) -> Batch:
    return batch_of({"items": list(items)} | keys, "night.json", jobs=JOBS)


def refusal(*items: Any, **keys: Any) -> str:
    with pytest.raises(InvalidRequest) as caught:
        read(*items, **keys)
    return str(caught.value)


def test_a_whole_number_may_be_written_with_a_point() -> None:
    """As Step Functions may pass it on: places are counted by it."""
    batch = read(item("a"), maxConcurrency=2.0, toleratedFailures=1.0)
    assert (repr(batch.max_concurrency), repr(batch.tolerated_failures)) == ("2", "1")
    assert "maxConcurrency: must be a whole number, not 2.5" in refusal(item("a"), maxConcurrency=2.5)


def test_an_item_is_a_request_or_a_named_job_with_a_name_and_what_it_comes_after() -> None:
    batch = read(
        item("customers"),
        {
            "name": "sales",
            "after": ["customers", "city-nightly"],
            "project": "P",
            "datamart": "Sales",
            "onConflict": "skip",
        },
        {"job": "city-nightly"},
        defaults={"connection": "finance", "onConflict": "fail"},
        maxConcurrency=3,
        toleratedFailures=1,
        onFailure="stop",
        timeZone="Europe/Paris",
    )
    customers, sales, city = batch.items
    assert (customers.name, customers.after, customers.job, customers.where) == (
        *("customers", (), None),
        'item 1 ("customers")',
    )
    assert customers.request == {
        **{"connection": "finance", "onConflict": "fail"},
        **{"project": "P", "datamart": "DM customers"},
    }
    assert sales.after == ("customers", "city-nightly")
    assert sales.request["onConflict"] == "skip"
    assert (city.name, city.job, city.request) == ("city-nightly", "city-nightly", {})
    assert (batch.max_concurrency, batch.tolerated_failures, batch.on_failure) == (3, 1, "stop")
    assert (batch.time_zone, batch.literal) == ("Europe/Paris", False)


def test_without_keys_of_its_own_a_batch_tolerates_no_failure_and_runs_what_it_can() -> None:
    batch = read(item("sales"))
    assert (batch.max_concurrency, batch.tolerated_failures, batch.on_failure) == (None, 0, "continue")
    assert batch.time_zone == "UTC"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ({"project": "P", "datamart": "Sales"}, "Sales"),
        ({"project": "P", "datamart": {"name": "Sales", "path": "/Public Objects"}}, "Sales"),
        ({"job": "city-nightly"}, "city-nightly"),
    ],
)
def test_an_item_without_a_name_is_called_like_its_datamart_or_job(written: dict[str, Any], name: str) -> None:
    assert read(written).items[0].name == name


def test_items_that_would_have_one_name_are_refused() -> None:
    twice = {"project": "P", "datamart": "Sales"}
    found = refusal(twice, item("other"), twice)
    assert 'item 3 ("Sales"): name: is that of item 1 too. Give each a name of its own' in found


@pytest.mark.parametrize("other", ["SALES", "sales  DE", "sales\u00a0DE"])
def test_names_that_people_read_as_one_are_one(other: str) -> None:
    first = "sales DE" if "DE" in other else "sales"
    assert "name: is that of item 1 too" in refusal(item(first), item(other, datamart="Another"))


def test_accents_of_a_name_may_be_composed_or_not() -> None:
    batch = read(item("Pr\u00e9vision"), item("sales", "Pre\u0301vision"))
    assert batch.items[1].after == (batch.items[0].name,)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"project": "P", "datmart": "X"}, "item 1: datmart: unknown key (did you mean datamart?); allowed keys: name"),
        ({"project": "P", "datamart": "X", "afer": []}, "afer: unknown key (did you mean after?)"),
        ({"datamart": "X"}, 'item 1 ("X"): project: is missing; it is the ID (32 hexadecimal digits)'),
        ({"project": "P"}, "item 1: datamart: is missing"),
        ({"name": "x", "project": "P"}, 'item 1 ("x"): datamart: is missing'),
        ({"project": "P", "datamart": "X", "timeoutMinutes": 0}, "timeoutMinutes: must be at least 1, not 0."),
        ({"project": "P", "datamart": "X", "save": {}, "saveAs": {"name": "a"}}, "save, saveAs: give only one"),
        ({"job": "cty-nightly"}, 'job: there is no job "cty-nightly" (did you mean city-nightly?); jobs: city-nightly'),
        ({"job": "requests"}, "takes its datamart from requests from outside"),
        ({"job": "city-nightly", "prompts": []}, "prompts: is not allowed beside job"),
        ({"job": 3}, "job: must be a string, not 3."),
        (item("x", "y"), 'item 1 ("x"): after: there is no item "y".'),
        (item("x", "x"), 'item 1 ("x"): after: names the item itself. Remove it.'),
        (item("x") | {"after": "y"}, "after: must be a list […]"),
        (item("x") | {"after": ["y", "y"]}, "after: has an entry twice."),
        (item("a,b"), "is not a name without commas, | and blanks at its ends."),
        (item("a|b"), "is not a name without commas"),
        (item(" a"), "is not a name without commas"),
        (item("x" * 81), "name: is too long: it has 81 characters, and 80 are allowed."),
        (item("a\u202eb"), "contains a character that does not print"),
        ({"project": "P", "datamart": "X, Y"}, "the datamart's name cannot take its place"),
        (item("x", prompts=[{"name": "D", "answers": "{yesterdy}"}]), "prompts[0].answers: {yesterdy} is not a placeh"),
        (item("x", prompts=[{"name": "D", "answers": "{"}]), "prompts[0].answers: there is a lone {"),
        (item("x", prompts=[{"answers": "a"}]), "prompts[0]: the prompt is missing"),
        ("sales", "item 1: must be an object {…}."),
    ],
)
def test_a_wrong_item_is_refused_with_its_place_its_key_and_what_is_expected(written: Any, expected: str) -> None:
    found = refusal(written)
    assert found.startswith("night.json: item 1")
    assert expected in found


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({}, "items: is missing; it is the list of datamarts."),
        ({"items": []}, "items: is empty."),
        ({"items": {}}, "items: must be a list […], not an object."),
        ([], "the batch: must be an object {…}, not a list."),
        (None, "the batch: must be an object {…}, not null."),
        ({"items": [item("a")], "maxConcurency": 3}, "unknown key (did you mean maxConcurrency?)"),
        ({"items": [item("a")], "maxConcurrency": 201}, "maxConcurrency: must be at most 200, not 201."),
        ({"items": [item("a")], "toleratedFailures": -1}, "toleratedFailures: must be at least 0, not -1."),
        ({"items": [item("a")], "onFailure": "stopp"}, 'must be one of continue, stop, not "stopp"'),
        ({"items": [item(str(n)) for n in range(1001)]}, "items: has too many entries: 1001, and 1000 are allowed."),
        ({"items": [item("a")], "timeZone": "Europe/Pris"}, '"Europe/Pris" is not an IANA time zone'),
        ({"items": [item("a")], "timeZone": "../etc"}, "is not an IANA time zone"),
        ({"items": [item("a")], "timeZone": "Europe"}, "is not an IANA time zone"),
        ({"items": [item("a", project="\ud800")]}, "half of a character"),
        ({"items": [item("a", timeoutMinutes=float("nan"))]}, "NaN or Infinity"),
    ],
)
def test_a_batch_that_does_not_fit_its_schema_is_refused(content: Any, expected: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        batch_of(content, "night.json", jobs=JOBS)
    assert str(caught.value).startswith("night.json: ")
    assert expected in str(caught.value)


def test_a_batch_nested_too_deeply_is_refused() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    assert "nested too deeply" in refusal(item("a", prompts=deep))


def test_a_batch_of_too_many_bytes_is_refused() -> None:
    assert f"and {LARGEST} are allowed" in refusal(item("a", prompts=[{"name": "x", "answers": "x" * LARGEST}]))


@pytest.mark.parametrize(
    "written", [{"datamrt": "X"}, {"priority": "higher"}, {"prompts": [{"name": "a"}]}, {"name": "a"}]
)
def test_a_wrong_default_is_one_problem_and_not_one_of_each_item(written: dict[str, Any]) -> None:
    found = refusal(*[item(str(number)) for number in range(50)], defaults=written)
    assert found.startswith("night.json: defaults.")
    assert "item" not in found.partition("allowed keys")[0]


def test_all_problems_are_in_one_error() -> None:
    found = refusal(
        item("a", "b"), item("b", "a"), item("c", "d"), {"project": "P", "datmart": "x"}, item("e", onConflict=1)
    )
    assert "has 4 problems" in found
    for one in ("a -> b -> a", 'there is no item "d"', "datmart: unknown key", 'item 5 ("e"): onConflict'):
        assert one in found


def test_a_wrong_key_of_the_batch_hides_neither_other_keys_nor_its_items() -> None:
    found = refusal(item("a", "b"), item("c", datmart="x"), maxConcurrency=0, onFailur="stop", timeZone="Nowhere")
    assert "has 5 problems" in found
    for one in (
        "maxConcurrency: must be",
        "onFailur: unknown",
        '"Nowhere"',
        'item 1 ("a"): after',
        'item 2 ("c"): dat',
    ):
        assert one in found


def test_wrong_keys_are_named_where_the_items_are_missing_or_wrong_too() -> None:
    for items, said in (
        ({}, "items: is missing"),
        ({"items": []}, "items: is empty"),
        ({"items": 3}, "items: must be"),
    ):
        with pytest.raises(InvalidRequest) as caught:
            batch_of(items | {"maxConcurrency": "x"}, "night.json", jobs=JOBS)
        assert "has 2 problems" in str(caught.value)
        assert said in str(caught.value)


def test_an_item_that_comes_after_one_that_cannot_be_read_is_not_a_second_problem() -> None:
    found = refusal(item("a", unknwon=1), item("b", "a"))
    assert "problems" not in found
    assert "there is no item" not in found


@given(st.lists(st.text(max_size=300), min_size=30, max_size=200))
def test_an_error_of_many_problems_is_bounded(names: list[str]) -> None:
    with pytest.raises(InvalidRequest) as caught:
        batch_of({"items": [{"name": name, "what": 1} for name in names]}, "night.json", jobs={})
    assert len(str(caught.value).encode("utf-8", "replace")) < LONGEST_TEXT
    assert str(caught.value).startswith(f"night.json: has {len(names)} problems. (1) item 1") or len(set(names)) == 1


def test_a_cycle_is_shown() -> None:
    found = refusal(item("start"), item("a", "c", "start"), item("b", "a"), item("c", "b"), item("late", "c"))
    assert "the items wait for each other: a -> c -> b -> a (each comes after the next). Remove one of them." in found
    assert "problems" not in found


def test_of_a_long_cycle_the_beginning_and_the_end_are_shown() -> None:
    found = refusal(*[item(f"i{number}", f"i{(number + 1) % 500}") for number in range(500)])
    assert "i0 -> i1 -> " in found
    assert "more) -> i0" in found
    assert len(found) < 400


@given(st.lists(st.sets(st.integers(0, 29)), min_size=30, max_size=30))
def test_any_cycle_is_found_and_what_is_shown_is_one(after: list[set[int]]) -> None:
    items = [item(f"i{number}", *(f"i{other}" for other in names)) for number, names in enumerate(after)]
    done: set[int] = set()
    while more := {number for number, names in enumerate(after) if number not in done and names <= done}:
        done |= more
    if len(done) == len(after):
        assert len(read(*items).items) == 30
        return
    with pytest.raises(InvalidRequest) as caught:
        read(*items)
    assert "names the item itself" in str(caught.value) or "wait for each other" in str(caught.value)
    for shown in str(caught.value).split("each other: ")[1:]:
        names = shown.partition(" (each")[0].split(" -> ")
        pairs = [(one, two) for one, two in pairwise(names) if "more" not in one + two]
        assert pairs
        assert all(int(two[1:]) in after[int(one[1:])] for one, two in pairs)


WRITES_SALES = {"project": "P", "datamart": "Sales"}


@pytest.mark.parametrize(
    "other",
    [
        WRITES_SALES,
        {"project": "p", "datamart": "SALES"},
        {"connection": "default", "project": "P", "datamart": "Sales"},
        {"project": "P", "datamart": "Sales", "prompts": [{"name": "Country", "answers": "France"}]},
        {"project": "P", "datamart": {"name": "Sales", "path": "/Public Objects/Datamarts"}},
    ],
)
def test_two_items_that_write_one_datamart_need_an_order(other: dict[str, Any]) -> None:
    one, two = {"name": "one"} | WRITES_SALES, {"name": "two"} | other
    found = refusal(one, two)
    assert 'item 2 ("two"): writes the same datamart as item 1 ("one"), and neither comes after the other.' in found
    assert read(one, item("between", "one"), two | {"after": ["between"]}).items
    assert read(one | {"after": ["two"]}, two).items


def test_datamarts_of_one_name_in_two_folders_are_two_unless_a_third_item_says_no_folder() -> None:
    one, two = ({"name": name, "project": "P", "datamart": {"name": "Sales", "path": f"/{name}"}} for name in "ab")
    assert read(one, two).items
    found = refusal(one, two, {"name": "c"} | WRITES_SALES)
    assert found.count("writes the same datamart") == 2


def test_an_item_and_a_job_that_write_one_datamart_need_an_order() -> None:
    job, city = {"job": "city-nightly"}, {"project": "P", "datamart": "City"}
    assert "writes the same datamart" in refusal(job, city)
    assert read(job, city | {"after": ["city-nightly"]}).items


@pytest.mark.parametrize(
    "other",
    [
        {"connection": "finance", "project": "P", "datamart": "Sales"},
        {"project": "Q", "datamart": "Sales"},
        {"project": "P", "datamart": "Stock"},
    ],
)
def test_datamarts_of_other_names_need_no_order(other: dict[str, Any]) -> None:
    assert read({"name": "one"} | WRITES_SALES, {"name": "two"} | other).items


def test_of_several_items_that_write_one_datamart_each_pair_without_an_order_is_named() -> None:
    found = refusal(*[{"name": f"i{number}"} | WRITES_SALES for number in range(4)])
    assert "has 3 problems" in found


def test_too_many_dependencies_are_refused() -> None:
    first = [item(f"a{number}") for number in range(400)]
    then = [item(f"b{number}", *(one["name"] for one in first)) for number in range(MOST_DEPENDENCIES // 400 + 1)]
    assert f"and {MOST_DEPENDENCIES} are allowed" in refusal(*first, *then)
    assert read(*first, *then[:-1]).items


def test_only_names_that_are_shown_are_compared_with_all_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifty thousand unknown names, each compared with a thousand, would take longer than the function has."""
    compared: list[object] = []

    def counting(value: object, known: Iterable[str]) -> str:
        compared.append(value)
        return nearest(value, known)

    monkeypatch.setattr(dependencies, "nearest", counting)
    found = refusal(*[item(f"name {n}", *(f"nam {n} {other}" for other in range(50))) for n in range(200)])
    assert "has 10000 problems" in found
    assert len(compared) == MOST_SHOWN


KEYS = [*BATCH.rules["properties"], *ITEM_KEYS, *REQUEST_KEYS, "answers", "name", "x"]
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["a", "b", "P", "{", "{today}", "…"])
ANYTHING = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
)
ITEMS = st.builds(
    lambda name, more: item(name) | more,
    st.sampled_from("abc"),
    st.dictionaries(st.sampled_from(KEYS), ANYTHING, max_size=1),
)
BATCHES = st.fixed_dictionaries(
    {"items": st.lists(ITEMS | ANYTHING, max_size=4) | ANYTHING}, optional={"defaults": ANYTHING}
)


@given(BATCHES)
def test_any_json_is_a_batch_whose_items_can_start_or_refused_as_an_invalid_request(content: Any) -> None:
    try:
        batch = batch_of(content, "night.json", jobs=JOBS)
    except InvalidRequest:
        return
    inputs = frozen_inputs(batch, "2026-11-24T04:00:00Z", {}, jobs=JOBS)
    assert len(inputs) == len(content["items"])
    assert {name for one in batch.items for name in one.after} <= {one.name for one in batch.items}


def test_the_largest_batch_is_checked_in_linear_time() -> None:
    """A thousand items, and each names up to forty others."""
    items = [item(f"i{n}", *(f"i{other}" for other in range(max(0, n - 40), n))) for n in range(1000)]
    batch = read(*items)
    assert len(batch.items) == 1000
    assert len(json.dumps([one.after for one in batch.items])) > 100_000
