"""A job's answers as far as they are known before anything triggers it."""

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
    """``given``: all of them; ``brought``: of those that only a trigger completes, by position, its placeholders."""

    given: list[Given]
    brought: dict[int, list[str]]

    def standing_in(self, prompts: list[Prompt]) -> tuple[list[Prompt], list[Given]]:
        """Prompts and answers for ``plan``, by which everything is judged but the values that are not known yet.

        An empty answer stands in for each of these, and the prompt that it is for takes that.
        """
        given = [
            answer | {"answers": []} if index in self.brought else answer for index, answer in enumerate(self.given)
        ]
        empty = [given[index] for index in self.brought]
        return [prompt | {"required": False} if _is_for(prompt, empty) else prompt for prompt in prompts], given


def answers_of(given: list[Given], time_zone: str) -> Answers:
    """As a run that is triggered now would have them, but for what only its trigger brings."""
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
