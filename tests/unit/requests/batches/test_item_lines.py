"""The line of each item of a batch in JSON, however the text is formatted and whatever its strings contain."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.errors import InvalidRequest
from functions.requests.batches.batch_bytes import batch_from_bytes
from functions.requests.batches.item_lines import item_lines
from tests.unit.requests.batches.samples import JOBS, item


def refusal(text: str | bytes) -> str:
    with pytest.raises(InvalidRequest) as caught:
        batch_from_bytes(text if isinstance(text, bytes) else text.encode(), "night.json", jobs=JOBS)
    return str(caught.value)


WRONG = json.dumps({"items": [item("a"), item("b", "c")]}, indent=2)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_an_error_names_the_line_on_which_the_item_begins(mark: bytes, newline: str) -> None:
    line = 1 + WRONG[: WRONG.index('{\n      "name": "b"')].count("\n")
    found = refusal(mark + WRONG.replace("\n", newline).encode())
    assert found == f'night.json: line {line}, item 2 ("b"): after: there is no item "c".'


def test_the_other_item_of_an_error_has_its_line_too() -> None:
    found = refusal('{"items": [\n' + ",\n".join(json.dumps(item("a", datamart=name)) for name in "XY") + "]}")
    assert 'line 3, item 2 ("a"): name: is that of line 2, item 1 too.' in found


def test_an_item_of_a_batch_on_one_line_is_named_by_its_number_too() -> None:
    assert refusal(json.dumps(json.loads(WRONG))).startswith('night.json: line 1, item 2 ("b")')


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('{"items": []}', []),
        ('{"items": [1,\n2\n,\n3]}', [1, 2, 4]),
        ('{"defaults": {"items": [\n1,\n2]},\n"items":\n[\n{"items": [\n1]},\n[]]}', [6, 8]),
        ('{"x": "\\"items\\": [\\n{", "\\u0069tems": [\n"]}\\\\",\n"b"]}', [2, 3]),
        ('\n{"batch":\n{"items": [\n{}]}, "asOf": "x"}', [4]),
        ('{"batch": "night",\n"items": [{}]}', [2]),
        ('{"items": [{}],\n"items": [{}]}', [2]),
    ],
)
def test_the_items_are_those_of_the_batch_whatever_else_is_called_so(text: str, lines: list[int]) -> None:
    assert item_lines(text) == lines


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "[",
            "[{}]",
            "{",
            "{}",
            '{"items"',
            '{"items": 1}',
            '{"items": [1',
            '{"items": [1 2]}',
            '{"batch": {}}',
            "{[]: 1}",
        ),
        '{"items": [],\n"batch": {"items": [1]}}',
        '{"items": [' + "[" * 100_000,
    ],
)
def test_where_it_is_not_certain_no_line_is_known(text: str) -> None:
    assert item_lines(text) is None


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text('[]{}",:\\ \n\ritems', max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["items", "batch", "{", '"']), inner),
    max_leaves=8,
)


@given(st.lists(VALUES, max_size=6), VALUES, st.data(), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
def test_each_line_is_that_of_its_item_in_any_formatting(
    items: list[Any], other: Any, data: st.DataObject, newline: str, inside: bool
) -> None:
    blanks = st.lists(st.sampled_from([" ", "\t", newline]), max_size=3).map("".join)
    text, expected = "", []

    def put(part: str) -> None:
        nonlocal text
        text += data.draw(blanks) + part

    def put_value(value: Any) -> None:
        put(json.dumps(value, indent=data.draw(st.sampled_from([None, 1]))).replace("\n", newline))

    for part in ("{", '"batch"', ":") if inside else ():
        put(part)
    for part in ("{", '"defaults"', ":"):
        put(part)
    put_value(other)
    for part in (",", '"items"', ":", "["):
        put(part)
    for number, value in enumerate(items):
        if number:
            put(",")
        before = data.draw(blanks)
        text += before
        expected.append(len((text + "x").splitlines()))
        text += json.dumps(value, indent=data.draw(st.sampled_from([None, 1]))).replace("\n", newline)
    for part in ("]", "}", *("}" * inside)):
        put(part)
    json.loads(text)
    assert item_lines(text) == expected
