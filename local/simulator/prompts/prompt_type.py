"""What each type of prompt defines in the simulator: one record, made in the type's module."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from local.simulator.catalogue import Prompt
from local.simulator.prompts.rules import Rules
from local.simulator.warehouse.query import Query


def _as_it_is(default: Any) -> Any:
    return default


@dataclass(frozen=True)
class PromptType:
    """One type of prompt.

    Parameters
    ----------
    name
        As the API writes it.
    check
        Checks an answer and returns it in the shape of API.md 7.2, in which it is kept, listed and saved as a default.
        Raises Refusal.
    apply
        The query under an answer that ``check`` returned.
    listing
        The list of the API that holds the choices, or None.
    page, largest_page
        Choices in a page of that list by default and at most (None: no limit).
    structured
        Whether the answer is an object: some pages say that such prompts cannot be answered.
    described
        Further keys of the description in API.md 7.2.
    old_name, old_default
        The name of the type and the form of a default answer in the older samples.
    """

    name: str
    check: Callable[[Prompt, Any, Rules], Any]
    apply: Callable[[Query, Prompt, Any], Query]
    listing: Literal["elements", "objects"] | None = None
    page: int = 100
    largest_page: int | None = 200
    structured: bool = False
    described: dict[str, Any] = field(default_factory=dict)
    old_name: str | None = None
    old_default: Callable[[Any], Any] = _as_it_is
