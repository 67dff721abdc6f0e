"""Hints: what to type for a prompt, in a few words."""

from functions.prompts.describe import Question
from functions.prompts.prompt import has_default, is_required
from functions.prompts.types import type_of
from local.cli.dialogue.rendering import choices_shown
from local.cli.dialogue.typed_answer import NO_ANSWER

CHOICES = {
    (True, True): "A number or a name",
    (True, False): "Numbers, such as 1,3 or 2-4, or names; a name with a comma in quotes",
    (False, True): "A name",
    (False, False): "Names; one with a comma in quotes",
}
"""By whether choices are listed, and whether only one can be picked."""


def hint(question: Question) -> str:
    """What to type, and what an empty line means."""
    of_type = type_of(question).hint
    wanted = of_type(question) if of_type else CHOICES[bool(choices_shown(question)), question.get("max") == 1]
    return f"{wanted}{_when_empty(question)}"


def _when_empty(question: Question) -> str:
    if has_default(question):
        return "; Enter takes the default" + ("" if is_required(question) else f", {NO_ANSWER} leaves it open")
    return "" if is_required(question) else "; Enter leaves it open"
