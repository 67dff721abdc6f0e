"""Do a job's answers fit the prompts of its datamart's definition (contract 7)? By the very rules of a run."""

from typing import Any

from functions.library import Client, PermissionDenied, PromptAnswerRejected
from functions.run.answers import ADDRESSED_BY, plan
from functions.run.errors import PromptsUnanswered
from functions.run.schema import nearest
from local.check.findings import Findings

Prompt = dict[str, Any]


def check_prompts(
    client: Client, project_id: str, datamart_id: str, request: dict[str, Any], job: str, findings: Findings
) -> None:
    """Compare; raises LibraryError, except where the definition's prompts may just not be read."""
    try:
        prompts = client.get_definition_prompts(project_id, datamart_id)
    except PermissionDenied as error:
        findings.note("prompts", job, f"They may not be read, so the answers are not checked. {error}.")
        return
    problems = [problem for answer in request["prompts"] if (problem := _misses(answer, prompts))]
    answered, refused = _planned(prompts, request)
    for problem in (*problems, *refused):
        findings.problem("prompts", job, problem)
    if not problems and not refused:
        findings.ok("prompts", job, _summary(answered))


def _planned(prompts: list[Prompt], request: dict[str, Any]) -> tuple[list[Prompt], list[str]]:
    """What a run would answer, and what it would fail at."""
    answered: list[Prompt] = []
    missing: list[Prompt] = []
    refused: list[str] = []
    for prompt in prompts:
        try:
            answered += plan([prompt], request["prompts"], request["unanswered"])
        except PromptsUnanswered:
            missing.append(prompt)
        except PromptAnswerRejected as error:
            refused.append(f"The run would end as PromptAnswerRejected: {error.message}")
    try:
        plan(missing, request["prompts"], request["unanswered"])
    except PromptsUnanswered as all_of_them:
        refused.append(f"The run would end as PromptsUnanswered: {all_of_them}")
    return answered, refused


def _misses(answer: Prompt, prompts: list[Prompt]) -> str | None:
    """What the server, or nobody, would make of an answer of the request."""
    field = next(field for field in ADDRESSED_BY if field in answer)
    named = [prompt for prompt in prompts if prompt.get(field) == answer[field]]
    if not named:
        known = [str(prompt.get(field)) for prompt in prompts if prompt.get(field)]
        there = f"its prompts are {', '.join(known)}" if known else "it has no prompts"
        return f'The answer to {field} "{answer[field]}" belongs to no prompt{nearest(answer[field], known)}; {there}.'
    if answer.get("useDefault") and named[0].get("defaultAnswer") in (None, "", [], {}):
        return f'The prompt "{answer[field]}" has no default answer, and the request says useDefault.'
    return _wrong_number(answer, named[0])


def _wrong_number(answer: Prompt, prompt: Prompt) -> str | None:
    """Too few or too many elements or objects (contract 7.4)."""
    given = answer.get("answers")
    if prompt["type"] not in ("ELEMENTS", "OBJECTS") or not isinstance(given, list) or answer.get("useDefault"):
        return None
    least, most = prompt.get("min"), prompt.get("max")
    if (isinstance(least, int) and len(given) < least) or (isinstance(most, int) and len(given) > most > 0):
        limits = " and ".join(f"{word} {n}" for word, n in (("at least", least), ("at most", most)) if n is not None)
        return f'The prompt "{prompt.get("name")}" takes {limits} answers, and the request has {len(given)}.'
    return None


def _summary(answered: list[Prompt]) -> str:
    if not answered:
        return "It asks nothing."
    each = ", ".join(f"{answer['name']} ({_HOW[answer['how']]})" for answer in answered)
    return f"Every prompt has an answer: {each}. Whether the answers' values exist shows when it runs."


_HOW = {"answers": "from the request", "default": "its default", "closed": "left open, as it is optional"}
