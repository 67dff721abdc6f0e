"""Makes the content of a job's file from the prompts of a datamart: as much filled in as can be known."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from functions.prompts.prompt import EMPTY
from functions.prompts.types.value import data_type_of
from functions.requests.prompt_answers import UNFILLED, named_by
from local.server_access.datamart_prompts import Asked

EVERY_MORNING = "cron(0 5 * * ? *)"
"""The schedule that a person changes: every day at five."""

DAYS = {"DATE": "{yesterday:%Y-%m-%d}", "TIMESTAMP": "{scheduledTime}"}
"""Answers to prompts for a time, by data type: a job that runs every night mostly loads the day before."""

LONGEST_NAME = 40


def job_content(asked: Asked, connection: str | None) -> dict[str, Any]:
    """The content of the file. A prompt with a default takes it, an optional one stays without an answer."""
    request = dict(asked.request)
    if connection is not None:
        request = {"connection": connection} | request
    request["prompts"] = [_entry(sample) for sample in request["prompts"]]
    if not request["prompts"]:
        del request["prompts"]
    return {"timeZone": "UTC", "request": request, "triggers": [{"schedule": EVERY_MORNING}]}


def to_fill_in(content: Mapping[str, Any]) -> list[str]:
    """The names of the prompts whose answer only a person knows."""
    prompts = content["request"].get("prompts", [])
    return [named_by(prompt)[1] for prompt in prompts if UNFILLED in _texts(prompt.get("answers"))]


def job_name(datamart: str) -> str:
    """A name for the job of a datamart: ``daily-sales``; ``load`` where its name has no Latin letter or digit."""
    plain = unicodedata.normalize("NFKD", datamart[:200]).encode("ascii", "ignore").decode().lower()
    name = "-".join(re.findall("[a-z0-9]+", plain))
    name = name if name[:1].isalpha() else f"load-{name}".rstrip("-")
    return name[:LONGEST_NAME].rstrip("-")


def _entry(sample: dict[str, Any]) -> dict[str, Any]:
    """One of the samples of :func:`functions.prompts.describe.skeleton` as a job has it."""
    field, address = named_by(sample)
    if "useDefault" in sample:
        return {field: address, "useDefault": True}
    entry = {field: address, "type": sample["type"]}
    if sample.get("defaultAnswer") not in EMPTY:
        return entry | {"useDefault": True}
    if not sample.get("required"):
        return entry | {"answers": []}
    day = DAYS.get(data_type_of(sample) or "") if sample["type"] == "VALUE" else None
    return entry | {"answers": _without_placeholders(sample["answers"]) if day is None else day}


def _without_placeholders(answers: Any) -> Any:
    """The same texts in a job, where single braces are placeholders."""
    if isinstance(answers, str):
        return answers.replace("{", "{{").replace("}", "}}")
    if isinstance(answers, list):
        return [_without_placeholders(one) for one in answers]
    if isinstance(answers, dict):
        return {key: _without_placeholders(one) for key, one in answers.items()}
    return answers


def _texts(answers: Any) -> list[Any]:
    if isinstance(answers, dict):
        return list(answers.values())
    return answers if isinstance(answers, list) else [answers]
