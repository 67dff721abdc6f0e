"""JSON as no server should write it: odd values, and a right value with some of its parts replaced or missing."""

import json
from typing import Any

from hypothesis import strategies as st

from tests.unit.microstrategy.any_server import PASSWORD, TOKEN
from tests.unit.microstrategy.test_calls import CITY

KEYS = (
    *("id", "name", "status", "type", "subtype", "result", "elements", "objects", "instanceId", "jobId", "objectId"),
    *("code", "iServerCode", "message", "errorMessage", "ticketId", "errors", "subErrors", "ancestors", "level", "a"),
)


def text_of(value: Any) -> str:
    return json.dumps(value)


def nested(opening: str, closing: str, depth: int) -> str:
    return opening * depth + "0" + closing * depth


FEW = (
    *("", "null", "true", "{}", "[]", '""', "1", "-1", "1e999", "9" * 4_300, '"\\ud800"', nested("[", "]", 600)),
    *(text_of("x" * 9_000), text_of(CITY.lower())),
)
"""In place of a value, or (the first) in place of its key, too."""

MORE = (
    *("false", "0", "2", "3", "772", '" "', "NaN", "-Infinity", "1.7976931348623157e308", "9" * 30, "9" * 5_000, "5.0"),
    *('"x\\udfffy"', '"\\u0000"', '"ERR009"', '"ERR\\u0669"', '"-5"', '"9999999999999999"', text_of("日" * 9_000)),
    *(text_of("http://[::1"), text_of(f"{TOKEN} {PASSWORD}"), text_of(f"{'x' * 5_990}{TOKEN}")),
    *(nested("[", "]", depth) for depth in (99, 500, 900, 100_000)),
    *(nested(opening, "]", 3_000) for opening in ("[", '{"a":', '[{"code":1,"errors":')),
    *(nested('{"errors":[', "]}", depth) for depth in (40, 400)),
)


def few_for(number: int, every: int) -> list[str]:
    """For a value of that number the first, and some of the others: the next values get others of them."""
    return [FEW[0], *FEW[1 + number % every :: every]]


odd = st.one_of(
    st.sampled_from([*FEW[1:], *MORE]),
    st.text(max_size=8).map(text_of),
    st.integers().map(str),
    st.floats().map(text_of),
)


def joined(pairs: list[tuple[str, str]]) -> str:
    """An object; keys may come twice."""
    return "{" + ",".join(f"{text_of(key)}:{value}" for key, value in pairs) + "}"


any_json = st.recursive(
    odd,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{','.join(items)}]")
        | st.lists(st.tuples(st.sampled_from(KEYS), inner), max_size=4).map(joined)
    ),
    max_leaves=8,
)


def written(value: Any, spoilt: dict[int, str]) -> str:
    """``value`` as JSON, its nodes of those numbers (in the order in which they are written) replaced, or left out."""
    count = iter(range(1_000))

    def write(one: Any) -> str:
        instead = spoilt.get(next(count))
        if instead is not None:
            return instead
        if isinstance(one, dict):
            return joined([(key, text) for key, inner in one.items() if (text := write(inner))])
        return f"[{','.join(filter(None, map(write, one)))}]" if isinstance(one, list) else text_of(one)

    return write(value)


def nodes(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(nodes, inner))


def near(right: Any) -> st.SearchStrategy[str]:
    """A right answer in which up to three values are others or are missing."""
    which = st.integers(0, nodes(right) - 1)
    return st.builds(written, st.just(right), st.dictionaries(which, odd | st.just(""), max_size=3))
