"""Evaluates what our queries use of CloudWatch Logs Insights' language, over log lines: a test runs them as AWS would.

Commands: filter, fields, stats … by, sort, limit, unnest. Functions: count, sum, avg, min, max, pct, latest, ispresent,
jsonParse, bin. Anything else raises :class:`NotSupported`, so that no query passes unread.
"""

import json
import re
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

Record = dict[str, Any]

_TOKEN = re.compile(
    r"\s*(?:(?P<text>\"[^\"]*\")|(?P<regex>/(?:[^/\\]|\\.)+/)|(?P<number>\d+(?:\.\d+)?(?![\w.]))"
    r"|(?P<name>[@\w]+(?:\.\w+)*)|(?P<sign>!=|<=|>=|[=<>()*,/+-]))"
)


class NotSupported(Exception):
    """The evaluator does not know it: teach it, by AWS's documentation of the language."""


class Evaluated:
    """The result of a query: ``records``, and ``fields``: every name that the query reads of the log lines."""

    def __init__(self, query: str, lines: list[Record]) -> None:
        self.records: list[Record] = [{"@message": json.dumps(line, separators=(",", ":")), **line} for line in lines]
        for number, record in enumerate(self.records):
            record["@timestamp"] = number
        self.fields: set[str] = set()
        self._made: set[str] = {"@message", "@timestamp"}
        self.filtered: list[Record] = self.records
        for command in query.split("\n| "):
            verb, _, rest = command.partition(" ")
            getattr(self, f"_{verb}", self._unknown)(rest)

    def _unknown(self, rest: str) -> None:
        raise NotSupported(rest)

    def _filter(self, condition: str) -> None:
        holds = self._expression(condition)
        self.records = [record for record in self.records if holds(record) is True]
        self.filtered = self.records

    def _fields(self, named: str) -> None:
        columns = [self._column(each) for each in _split(named)]
        for record in self.records:
            record |= {name: value(record) for name, value in columns if name not in record}

    def _unnest(self, rest: str) -> None:
        source, _, name = rest.partition(" into ")
        value = self._expression(source)
        self._made.add(name)
        self.records = [record | {name: one} for record in self.records for one in value(record) or []]

    def _stats(self, rest: str) -> None:
        aggregates, _, keys = rest.partition(" by ")
        groups = [self._column(each) for each in _split(keys)] if keys else []
        columns = [self._column(each) for each in _split(aggregates)]

        def key(record: Record) -> list[Any]:
            return [value(record) for _, value in groups]

        in_order = sorted(self.records, key=lambda record: json.dumps(key(record)))
        self.records = [
            dict(zip([name for name, _ in groups], values, strict=True))
            | {name: value({"@group": list(members)}) for (name, value), members in _each(columns, found)}
            for values, found in groupby(in_order, key)
        ]

    def _sort(self, rest: str) -> None:
        name, _, direction = rest.partition(" ")
        if name not in self._made:
            self.fields.add(name)
        self.records.sort(
            key=lambda record: (_value(record, name) is not None, _value(record, name)), reverse=direction == "desc"
        )

    def _limit(self, rest: str) -> None:
        self.records = self.records[: int(rest)]

    # -- expressions --------------------------------------------------------------------------------------------------

    def _column(self, text: str) -> tuple[str, Callable[[Record], Any]]:
        expression, _, name = text.partition(" as ")
        value = self._expression(expression)
        if name:
            self._made.add(name)
        return name or expression, value

    def _expression(self, text: str) -> Callable[[Record], Any]:
        tokens = list(_tokens(text))
        value = self._either(tokens)
        if tokens:
            raise NotSupported(f"{tokens[0]!r} in {text!r}")
        return value

    def _either(self, tokens: list[str]) -> Callable[[Record], Any]:
        left = self._both(tokens)
        while _taken(tokens, "or"):
            left = _of_two(lambda one, other: bool(one) or bool(other), left, self._both(tokens))
        return left

    def _both(self, tokens: list[str]) -> Callable[[Record], Any]:
        left = self._compared(tokens)
        while _taken(tokens, "and"):
            left = _of_two(lambda one, other: bool(one) and bool(other), left, self._compared(tokens))
        return left

    def _compared(self, tokens: list[str]) -> Callable[[Record], Any]:
        left = self._sum(tokens)
        if tokens and tokens[0] in _COMPARISONS:
            compare = _COMPARISONS[tokens.pop(0)]
            return _of_two(compare, left, self._sum(tokens))
        return left

    def _sum(self, tokens: list[str]) -> Callable[[Record], Any]:
        left = self._one(tokens)
        while tokens and tokens[0] in _ARITHMETIC:
            left = _of_two(_ARITHMETIC[tokens.pop(0)], left, self._one(tokens))
        return left

    def _one(self, tokens: list[str]) -> Callable[[Record], Any]:
        token = tokens.pop(0)
        if token[0] in '"/':
            constant: Any = token[1:-1] if token[0] == '"' else re.compile(token[1:-1])
            return lambda _: constant
        if token[0].isdigit():
            return lambda _: float(token)
        if tokens and tokens[0] == "(":
            return self._call(token, tokens)
        if not re.match(r"[@\w]", token):
            raise NotSupported(token)
        if token.split(".")[0] not in self._made:
            self.fields.add(token)
        return lambda record: _value(record, token)

    def _call(self, function: str, tokens: list[str]) -> Callable[[Record], Any]:
        tokens.pop(0)
        arguments: list[Callable[[Record], Any]] = []
        while not _taken(tokens, ")"):
            if function == "bin" or tokens[0] == "*":
                tokens.pop(0)
            elif not _taken(tokens, ","):
                arguments.append(self._sum(tokens))
        if function in _AGGREGATES:
            aggregate = _AGGREGATES[function]
            return lambda record: aggregate(record["@group"], *arguments)
        if function not in _FUNCTIONS:
            raise NotSupported(function)
        return lambda record: _FUNCTIONS[function](*(argument(record) for argument in arguments))


def _values(group: list[Record], value: Callable[[Record], Any]) -> list[Any]:
    return [found for record in group if (found := value(record)) is not None]


def _percentile(group: list[Record], value: Callable[[Record], Any], share: Callable[[Record], Any]) -> Any:
    found = sorted(_values(group, value))
    return found[min(len(found) - 1, int(share({}) / 100 * len(found)))] if found else None


_AGGREGATES: dict[str, Callable[..., Any]] = {
    "count": lambda group, *of: len(_values(group, *of)) if of else len(group),
    "sum": lambda group, of: sum(_values(group, of)),
    "avg": lambda group, of: sum(found) / len(found) if (found := _values(group, of)) else None,
    "min": lambda group, of: min(_values(group, of), default=None),
    "max": lambda group, of: max(_values(group, of), default=None),
    "latest": lambda group, of: (_values(group, of) or [None])[-1],
    "pct": _percentile,
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "ispresent": lambda value: value is not None,
    "jsonParse": json.loads,
    "bin": lambda: "a day",
}
_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "=": lambda one, other: one == other,
    "!=": lambda one, other: one != other,
    ">": lambda one, other: None not in (one, other) and one > other,
    "<": lambda one, other: None not in (one, other) and one < other,
    "like": lambda one, other: one is not None and re.search(other, str(one)) is not None,
}
_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "*": lambda one, other: None if None in (one, other) else one * other,
    "/": lambda one, other: None if None in (one, other) or not other else one / other,
}


def _of_two(
    operation: Callable[[Any, Any], Any], one: Callable[[Record], Any], other: Callable[[Record], Any]
) -> Callable[[Record], Any]:
    return lambda record: operation(one(record), other(record))


def _value(record: Record, path: str) -> Any:
    """A field of a record, also one within another: ``queue.position``."""
    value: Any = record
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return record.get(path) if value is None else value


def _tokens(text: str) -> Iterator[str]:
    at = 0
    while at < len(text.rstrip()):
        found = _TOKEN.match(text, at)
        if found is None:
            raise NotSupported(text[at:])
        yield found[found.lastgroup or 0]
        at = found.end()


def _taken(tokens: list[str], expected: str) -> bool:
    if tokens and tokens[0] == expected:
        tokens.pop(0)
        return True
    return False


def _split(text: str) -> list[str]:
    """At the commas that are not within parentheses."""
    return [part.strip() for part in re.split(r",(?![^(]*\))", text)]


def _each(columns: list[Any], found: Iterator[Record]) -> Iterator[tuple[Any, list[Record]]]:
    members = list(found)
    return ((column, members) for column in columns)
