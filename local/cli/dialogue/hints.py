"""What to type, in a few words."""

from functions.prompts.choices import OFFERS
from functions.prompts.describe import Question
from functions.prompts.prompt import has_default, is_required
from functions.prompts.types.value import kind_of
from local.cli.dialogue.rendering import choices_shown
from local.cli.dialogue.typed_answer import NOTHING

VALUES = {
    "NUMERIC": "A number",
    "DATE": "A date, such as 2026-11-23",
    "TIMESTAMP": "A date and time, such as 2026-11-23T05:00+01:00; without an offset it is in UTC",
    "TEXT": "A text",
}
"""By what the prompt's data type means."""

PICKS = {
    (True, True): "A number or a name",
    (True, False): "Numbers, such as 1,3 or 2-4, or names; a name with a comma in quotes",
    (False, True): "A name",
    (False, False): "Names; one with a comma in quotes",
}
"""By whether choices are listed and whether only one is picked."""

EXPRESSION = (
    'JSON: {"metric": name or id, "operator": ">", "value": 1000}'
    ' or {"attribute": name or id, "operator": "In", "elements": [element ids]}'
)


def hint(question: Question) -> str:
    """What to type, and what an empty line means."""
    return f"{_wanted(question)}{_when_empty(question)}"


def _wanted(question: Question) -> str:
    if question["type"] in OFFERS:
        return PICKS[bool(choices_shown(question)), question.get("max") == 1]
    if question["type"] == "EXPRESSION":
        return EXPRESSION
    return VALUES.get(kind_of(question) or "", "A value")


def _when_empty(question: Question) -> str:
    if has_default(question):
        return "; Enter takes the default" + ("" if is_required(question) else f", {NOTHING} leaves it open")
    return "" if is_required(question) else "; Enter leaves it open"
