"""JSON Schema validation with messages for people: each names the key and what is expected there.

The schema is the one source for keys, types and limits: this module only words its findings.
"""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import fastjsonschema

from functions.similar_names import nearest
from functions.text import one_line, shown, shown_key

UNLISTED = "x-unlisted"
"""A rule of a key in a schema: messages do not list it. What the product writes itself, or reads over, helps nobody."""


class SchemaError(ValueError):
    """The value does not fit its schema; the text names the key and what is expected there."""


class Schema:
    """A JSON Schema, mostly read from a file.

    Parameters
    ----------
    source
        The schema (draft 7), or its file.
    subject
        What it describes, for messages: ``the request``.
    patterns
        What each ``pattern`` of the schema means, in words that can follow "is not".
    choices
        What each key with an ``anyOf`` may be, in words that can follow "must be".
    """

    def __init__(
        self,
        source: Path | dict[str, Any],
        subject: str,
        patterns: dict[str, str],
        choices: dict[str, str] | None = None,
    ) -> None:
        self.rules: dict[str, Any] = json.loads(source.read_text("utf-8")) if isinstance(source, Path) else source
        self._check: Callable[[Any], dict[str, Any]] = fastjsonschema.compile(self.rules)
        self._subject = subject
        self.patterns = patterns
        self._choices = choices or {}

    def check(self, value: Any) -> dict[str, Any]:
        """Fill the defaults into ``value`` and return it. Raises SchemaError."""
        try:
            return self._check(value)
        except fastjsonschema.JsonSchemaValueException as finding:
            raise SchemaError(self._sentence(finding)) from None
        except RecursionError:
            raise SchemaError(f"{self._subject} is nested too deeply.") from None

    def _sentence(self, finding: fastjsonschema.JsonSchemaValueException) -> str:
        where = _path(finding.path)
        rule, wanted, value = finding.rule, finding.rule_definition, finding.value
        known = (finding.definition or {}).get("properties", {})
        if isinstance(value, dict) and known and (unknown := sorted(set(map(str, value)) - set(known))):
            return f"{_join(where, unknown[0])}: {_unknown_key(unknown[0], _listed(known))}"
        if rule == "required":
            missing = next(key for key in wanted if key not in value)
            return f"{_join(where, missing)}: is missing; it is the {_describe(known, missing)}"
        sayings: dict[str, Callable[[], str]] = {
            "type": lambda: f"must be {_one_of(wanted)}, not {_kind(value)}.",
            "enum": lambda: (
                f"must be one of {', '.join(map(str, wanted))}, not {shown(value)}{nearest(value, wanted)}."
            ),
            "pattern": lambda: f"{shown(value)} is not {self.patterns.get(wanted, f'of the form {wanted}')}.",
            "minLength": lambda: "is empty." if not value else f"must have at least {wanted} characters.",
            "maxLength": lambda: f"is too long: it has {len(value)} characters, and {wanted} are allowed.",
            "minItems": lambda: f"must have at least {wanted} entries." if value else "is empty.",
            "maxItems": lambda: f"has too many entries: {len(value)}, and {wanted} are allowed.",
            "uniqueItems": lambda: "has an entry twice.",
            "maxProperties": lambda: f"has too many entries: {len(value)}, and {wanted} are allowed.",
            "minimum": lambda: f"must be at least {wanted}, not {value}.",
            "maximum": lambda: f"must be at most {wanted}, not {value}.",
            "anyOf": lambda: f"must be {self._choices.get(where.rpartition('.')[2], 'something else')}.",
        }
        return f"{where or self._subject}: {sayings[rule]()}" if rule in sayings else one_line(finding.message)


_KINDS = {"object": "an object {…}", "array": "a list […]", "string": "a string", "integer": "a whole number"}


def _listed(known: dict[str, Any]) -> list[str]:
    """The keys that a person may write."""
    return [key for key, rules in known.items() if UNLISTED not in rules]


def _unknown_key(name: str, known: Iterable[str]) -> str:
    return f"unknown key{nearest(name, known)}; allowed keys: {', '.join(known)}."


def _describe(known: dict[str, Any], key: str) -> str:
    text = known.get(key, {}).get("description", f"{key}.")
    return str(text if text[:2].isupper() else text[0].lower() + text[1:])


def _one_of(types: str | list[str]) -> str:
    names = [types] if isinstance(types, str) else types
    return " or ".join(_KINDS.get(name, f"a {name}") for name in names)


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "the string ", bool: "", type(None): "null"}
    kind = names.get(type(value), "")
    return kind if isinstance(value, (dict, list)) or value is None else f"{kind}{shown(value)}"


def _path(parts: list[str]) -> str:
    path = ""
    for part in parts[1:]:
        path = f"{path}[{part}]" if str(part).isdigit() else _join(path, part)
    return path


def _join(where: str, key: str) -> str:
    return f"{where}.{shown_key(key)}" if where else shown_key(key)
