"""Refuses triggers that fit their schema and still cannot start the job or batch whose file has them."""

from typing import Any

from functions.errors import InvalidRequest
from functions.requests.placeholders import (
    ONLY_IN_JOBS,
    BadPlaceholder,
    Placeholder,
    placeholders,
    strings,
    unfilled,
)
from functions.requests.request import normalise
from functions.triggers.kinds import KINDS
from infra.jobs.topics import check_subscriptions
from infra.jobs.triggered import Triggered
from infra.jobs.triggers import Trigger, kind_named, kind_of, kinds_in
from infra.settings.settings import BadConfiguration

FROM_OUTSIDE = {"project": "P", "datamart": "D"}
"""Stands for what a request from outside brings when the rest of a file is checked."""


def check_triggers(owner: Triggered) -> None:
    """Raise BadConfiguration, naming key and reason, for triggers that cannot start it, or would start it twice."""
    for index, trigger in enumerate(owner.triggers):
        _check_trigger(f"triggers[{index}]", trigger, owner)
        if trigger in owner.triggers[:index]:
            raise BadConfiguration(
                f"triggers[{index}]: is a duplicate, and would start the {owner.what} twice. Remove it."
            )
        check_literal(f"triggers[{index}]", trigger)
    check_subscriptions(owner)
    if "expectOn" in owner.content and "expectBy" not in owner.content:
        raise BadConfiguration("expectOn: needs expectBy, the time of the load. Add expectBy, or remove expectOn.")


def _check_trigger(where: str, trigger: Trigger, owner: Triggered) -> None:
    kinds = kinds_in(trigger)
    if len(kinds) != 1:
        raise BadConfiguration(
            f"{where}: must have exactly one of {', '.join(KINDS)}, not {', '.join(kinds) or 'none'}."
        )
    for kind in KINDS:
        if kind not in kinds and (extra := sorted(set(kind_named(kind).PROPERTIES) & set(trigger))):
            raise BadConfiguration(f"{where}.{extra[0]}: is only allowed in a trigger with {kind}. Remove it.")
    kind_of(trigger).check(where, trigger, owner)


def kinds_that_bring_requests() -> str:
    """The kinds of triggers whose event may carry a request, in words."""
    return " or ".join(kind for kind in KINDS if kind_named(kind).CAN_BRING_REQUEST)


def check_accepted(owner: Triggered) -> None:
    """Raise BadConfiguration for projects and datamarts in ``acceptRequests`` that no request can name."""
    for key, one in (("projects", "project"), ("datamarts", "datamart")):
        for index, value in enumerate(owner.content.get("acceptRequests", {}).get(key, [])):
            try:
                normalise(FROM_OUTSIDE | {one: value})
            except InvalidRequest as problem:
                sentence = str(problem).removeprefix(f"{one}: ")
                raise BadConfiguration(f"acceptRequests.{key}[{index}]: {sentence}") from None


def check_answers(where: str, request: dict[str, Any], owner: Triggered) -> None:
    """Raise BadConfiguration for placeholders in a request's answers that are wrong, or that no trigger fills in."""
    for index, prompt in enumerate(request.get("prompts", [])):
        check_literal(f"{where}.prompts[{index}].name", prompt.get("name"))
        at = f"{where}.prompts[{index}].answers"
        for text in strings(prompt.get("answers")):
            try:
                found = placeholders(text)
            except BadPlaceholder as problem:
                raise BadConfiguration(f"{at}: {problem}.") from None
            for placeholder in found:
                _check_is_brought(at, placeholder, owner)


def check_literal(where: str, value: Any) -> None:
    """What is taken as it is written holds no day, which would never be filled in."""
    if found := unfilled(value, days_only=True):
        raise BadConfiguration(f"{where}: {found} is not filled in here; {ONLY_IN_JOBS}.")


def _check_is_brought(where: str, placeholder: Placeholder, owner: Triggered) -> None:
    for trigger in owner.triggers:
        if not placeholder.is_of_time and not kind_of(trigger).brings(trigger, placeholder):
            (kind,) = kinds_in(trigger)
            raise BadConfiguration(
                f"{where}: {{{placeholder.name}}} has no value when the trigger {kind} starts the {owner.what}."
            )
