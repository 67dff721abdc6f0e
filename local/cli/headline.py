"""What is about to run, in one line: the first that a person sees, before anything that takes long."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from functions.requests.event_shapes import described
from functions.requests.prompt_answers import values_in_words
from functions.text import one_line
from local.cli.input_files import starts_batch

LONGEST = 40
"""Characters of a name or a value."""

MOST_VALUES = 3
"""Values that are named."""


class Target(NamedTuple):
    """The name of a datamart, and the table that it loads."""

    name: str
    table: str


Targets = Mapping[str, Target]
"""What is known of a server before it is asked: its datamarts by ID. Empty for a real one."""


def headline_of(content: Any, file: Path, targets: Targets, hides_answers: bool = False) -> str:
    """The line about a file's content: a request, a job by name, a batch, or an event.

    Parameters
    ----------
    content
        What the file holds; a request in the form of :func:`functions.requests.request.normalise`, or any other JSON.
    file
        Where it is from.
    targets
        The datamarts that are known.
    hides_answers
        Whether the values of answers stay out of it.
    """
    if starts_batch(content):
        return _of_batch(content, file)
    if (shape := described(content)) is not None:
        return f"{file.name} {shape}"
    if "job" in content:
        return f"Job {_named(content['job'])}" + (f", for {_named(content['asOf'])}" if "asOf" in content else "")
    return headline_of_request(content, targets, hides_answers)


def headline_of_request(request: dict[str, Any], targets: Targets, hides_answers: bool = False) -> str:
    """``City → DM_CITY, for USA and England``; without the table where it is not known."""
    given = request["datamart"]
    reference = given["name"] if isinstance(given, dict) else given
    target = _target(reference, targets)
    name = reference if target is None else target.name
    table = f" → {target.table}" if target is not None and target.table else ""
    values = [] if hides_answers else list(_values(request.get("prompts", [])))
    return f"{_named(name)}{table}" + (f", for {_listed(values)}" if values else "")


def _of_batch(content: dict[str, Any], file: Path) -> str:
    if "restartOf" in content:
        return f"The rest of {_named(str(content['restartOf']).rpartition(':')[2])}"
    batch = content["batch"]
    if isinstance(batch, str):
        return f"Batch {_named(batch)}"
    items = batch.get("items") if isinstance(batch, dict) else None
    return f"Batch {file.name}" + (f", {len(items)} items" if isinstance(items, list) else "")


def _target(reference: str, targets: Targets) -> Target | None:
    """The datamart of that ID or name; None where none or several have it."""
    if reference in targets:
        return targets[reference]
    found = [target for target in targets.values() if target.name == reference]
    return found[0] if len(found) == 1 else None


def _values(prompts: list[dict[str, Any]]) -> Iterator[str]:
    """The values of answers that can be read without knowing the prompt: texts and names."""
    for prompt in prompts:
        if not prompt.get("useDefault") and not isinstance(prompt.get("answers"), dict):
            yield from (_named(value) for value in values_in_words(prompt.get("answers")))


def _listed(values: list[str]) -> str:
    """``USA``, ``USA and England``, ``USA, England, France and 4 more``."""
    shown = values[:MOST_VALUES]
    if len(values) > len(shown):
        shown.append(f"{len(values) - len(shown)} more")
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))


def _named(text: object) -> str:
    return one_line(text, LONGEST)
