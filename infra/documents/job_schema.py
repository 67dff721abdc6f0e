"""Writes the keys of each kind of trigger into the schema of jobs, infra/jobs/job.schema.json, which editors read."""

import json
from typing import Any

from functions.triggers.kinds import KINDS
from infra.jobs.triggers import kind_named

WIDTH = 120
"""Characters of a line: a value that fits is on one line."""


def with_triggers(schema: str) -> str:
    """The text of the schema with the properties that the kinds of triggers have today."""
    rules = json.loads(schema)
    triggers = rules["properties"]["triggers"]
    names = [f"`{kind}`" for kind in KINDS]
    triggers["description"] = (
        f"What starts the job. Each entry has one of {', '.join(names[:-1])} and {names[-1]}. Empty for a job that is "
        "only started by name."
    )
    triggers["items"]["properties"] = {key: spec for kind in KINDS for key, spec in kind_named(kind).PROPERTIES.items()}
    return as_lines(rules)


def as_lines(rules: Any) -> str:
    """JSON with each value on one line that fits there."""
    return _json(rules, "") + "\n"


def _json(value: Any, indent: str) -> str:
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict) or len(indent) + len(line) <= WIDTH:
        return line
    inner = f"{indent}  "
    entries = (f"{inner}{json.dumps(key)}: {_json(one, inner)}" for key, one in value.items())
    return "{\n" + ",\n".join(entries) + f"\n{indent}}}"
