"""The answers of a job before it is triggered: placeholders of a trigger are still unknown."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from functions import clock
from functions.prompts.matching import unmatched
from functions.prompts.prompt import Given, Prompt
from functions.requests.placeholders import fill, placeholders, strings


@dataclass(frozen=True)
class Answers:
    """``given``: all of them; ``brought``: by position, the placeholders that only a trigger fills."""

    given: list[Given]
    brought: dict[int, list[str]]

    def standing_in(self, prompts: list[Prompt]) -> tuple[list[Prompt], list[Given]]:
        """Prompts and answers for ``plan``, which checks everything but the unknown values.

        An empty answer stands in for each unknown value, and its prompt is changed to accept that.
        """
        given = [
            answer | {"answers": []} if index in self.brought else answer for index, answer in enumerate(self.given)
        ]
        empty = [given[index] for index in self.brought]
        return [prompt | {"required": False} if _is_for(prompt, empty) else prompt for prompt in prompts], given


def answers_of(given: list[Given], time_zone: str) -> Answers:
    """As a run that is triggered now would have them, without the values of its trigger."""
    at, zone = datetime.fromtimestamp(clock.now(), UTC), ZoneInfo(time_zone)
    brought = {index: names for index, answer in enumerate(given) if (names := _brought(answer.get("answers")))}
    return Answers(
        [
            answer | {"answers": fill(answer["answers"], at, zone, {})}
            if "answers" in answer and index not in brought
            else answer
            for index, answer in enumerate(given)
        ],
        brought,
    )


def _brought(answers: Any) -> list[str]:
    """The placeholders that only a trigger can fill."""
    found = (placeholder for text in strings(answers) for placeholder in placeholders(text))
    return list(dict.fromkeys(f"{{{one.name}}}" for one in found if not one.is_of_time))


def _is_for(prompt: Prompt, answers: list[Given]) -> bool:
    return len(unmatched(answers, [prompt])) < len(answers)
