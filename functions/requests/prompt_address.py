"""How an answer names the prompt that it is for (API.md 7.3)."""

from typing import Any

ADDRESSED_BY = ("key", "id", "name")
"""The order in which the server itself looks a prompt up."""


def named_by(answer: dict[str, Any]) -> tuple[str, str]:
    """The field and the value by which an answer names its prompt: key before id before name."""
    field = next(field for field in ADDRESSED_BY if field in answer)
    return field, str(answer[field])
