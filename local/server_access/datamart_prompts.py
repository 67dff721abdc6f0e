"""Reads a datamart's prompts without executing anything (API.md 7)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from functions.errors import LibraryError
from functions.microstrategy import Client, Datamart, Project
from functions.prompts.choices import NoChoices
from functions.prompts.describe import Question, questions, skeleton
from functions.prompts.prompt import Prompt, address_of, has_default, titled
from functions.prompts.types import can_be_answered
from local.server_access.prompt_choices import NewInstance
from local.server_access.unlisted_choices import Watched

MOST_CHOICES = 50
"""Of each prompt."""

EXAMPLES = 3
"""Choices that an answer to paste shows."""

OnNote = Callable[[str], None]


@dataclass(frozen=True)
class Asked:
    """The prompts of a datamart's definition.

    Parameters
    ----------
    project, datamart
        As they were found.
    questions
        Its prompts.
    request
        JSON to paste: the request with the answers still to be written.
    """

    project: Project
    datamart: Datamart
    questions: list[Question]
    request: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """``{"project": {id, name}, "datamart": {id, name}, "prompts": […], "request": {…}}``"""
        return {
            "project": {"id": self.project.id, "name": self.project.name},
            "datamart": {"id": self.datamart.id, "name": self.datamart.name},
            "prompts": self.questions,
            "request": self.request,
        }


def ask(client: Client, wanted: dict[str, Any], on_note: OnNote) -> Asked:
    """Find the datamart and read its prompts and their choices.

    Parameters
    ----------
    client
        In a session.
    wanted
        ``project`` and ``datamart`` as a request names them.
    on_note
        Called with a sentence for each note.

    Raises
    ------
    LibraryError
        Project, datamart or prompts cannot be read. Choices that cannot be read are only a note.
    """
    project = client.find_project(wanted["project"])
    datamart = client.find_datamart(project.id, wanted["datamart"])
    prompts = client.get_definition_prompts(project.id, datamart.id)
    with NewInstance(client, project.id, datamart.id, on_note) as instance:
        asked = _questions(prompts, Watched(instance), on_note)
    answerable = [question for question in asked if _is_answerable(question)]
    for question in asked:
        if question not in answerable:
            on_note(f"{titled(question)} cannot be answered, and is left out of the request.")
    return Asked(project, datamart, asked, wanted | {"prompts": skeleton(answerable, EXAMPLES)})


def _is_answerable(question: Question) -> bool:
    """Whether a request can answer it, or take its default."""
    return bool(address_of(question)[1]) and (can_be_answered(question) or has_default(question))


def _questions(prompts: list[Prompt], choices: Watched, on_note: OnNote) -> list[Question]:
    try:
        asked = questions(prompts, choices, MOST_CHOICES)
    except LibraryError as error:
        on_note(f"The choices cannot be listed: {error}.")
        return questions(prompts, NoChoices(), MOST_CHOICES)
    by_reason: dict[str, list[str]] = {}
    for prompt, reason in choices.refused.values():
        by_reason.setdefault(reason, []).append(titled(prompt))
    for reason, titles in by_reason.items():
        on_note(f"The server does not list the choices of {', '.join(titles)}: {reason}.")
    return asked
