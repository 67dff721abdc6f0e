"""Tables of the keys that a JSON Schema allows: requests, jobs, settings."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from infra.documents.markdown import code, either, table

Spec = dict[str, Any]

HEAD = ("key", "value", "default", "meaning")

_KINDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "`true` or `false`",
    "object": "object",
}


def schema_table(path: Path) -> str:
    """A row for each key of the schema in the file ``path``, nested keys with their path (``saveAs.name``)."""
    schema: Spec = json.loads(path.read_text("utf-8"))
    return table(HEAD, _merged(_rows(schema, "", schema.get("definitions", {}))))


def _rows(schema: Spec, prefix: str, definitions: dict[str, Spec]) -> Iterator[list[str]]:
    for key, given in schema.get("properties", {}).items():
        spec = _resolved(given, definitions)
        needed = key in schema.get("required", [])
        yield [code(prefix + key), _value(spec), _default(spec, needed), _meaning(spec)]
        yield from _rows(spec, f"{prefix}{key}.", definitions)
        for one in spec.get("anyOf", []):
            yield from _rows(one, f"{prefix}{key}.", definitions)
        if spec.get("type") == "array":
            yield from _rows(spec.get("items", {}), f"{prefix}{key}[].", definitions)


def _resolved(spec: Spec, definitions: dict[str, Spec]) -> Spec:
    return definitions[spec["$ref"].rpartition("/")[2]] if "$ref" in spec else spec


def _merged(rows: Iterator[list[str]]) -> list[list[str]]:
    """Merges keys without any rule of their own into the row of the key before them."""
    merged: list[list[str]] = []
    for row in rows:
        if merged and not any(row[1:]):
            merged[-1][0] += f", {row[0]}"
        else:
            merged.append(row)
    return merged


def _value(spec: Spec) -> str:
    if "enum" in spec:
        return either([code(str(value)) for value in spec["enum"]])
    if "anyOf" in spec:
        return either([_value(one) for one in spec["anyOf"]])
    kinds = spec.get("type", [])
    return either([_of_kind(kind, spec) for kind in ([kinds] if isinstance(kinds, str) else kinds)]) if kinds else ""


def _of_kind(kind: str, spec: Spec) -> str:
    if kind == "array":
        items = spec.get("items", {})
        inner = f" of {_value(items)}" if "properties" not in items and _value(items) else ""
        return f"list{inner}{_between(spec, 'minItems', 'maxItems', 'entries')}"
    if kind == "object" and isinstance(spec.get("additionalProperties"), dict):
        return f"object, each value {_value(spec['additionalProperties'])}"
    if kind == "string":
        return f"text{_between(spec, 'minLength', 'maxLength', 'characters')}"
    if kind == "integer" and "minimum" in spec:
        return f"whole number, {spec['minimum']} to {spec['maximum']}"
    return _KINDS[kind]


def _between(spec: Spec, least: str, most: str, unit: str) -> str:
    """A limit that matters to a person: not that a text or list must have an entry."""
    if most not in spec:
        return ""
    return f", {spec[least]} to {spec[most]} {unit}" if spec.get(least, 0) > 1 else f", at most {spec[most]} {unit}"


def _default(spec: Spec, needed: bool) -> str:
    if needed:
        return "required"
    return code(json.dumps(spec["default"])) if "default" in spec else ""


def _meaning(spec: Spec) -> str:
    return str(spec.get("description", ""))
