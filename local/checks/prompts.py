"""Checks a job's answers against the prompts of its datamart's definition (API.md 7), by the rules of a run."""

from typing import Any

from functions.errors import PermissionDenied
from functions.microstrategy import Client
from functions.prompts.describe import missing, questions
from functions.prompts.plan import Answer, Plan, plan, unmatched_in_words
from functions.prompts.prompt import Prompt, address_of, name_of, titled
from infra.jobs.named_job import NamedJob
from local.checks.answers import Answers, answers_of
from local.checks.findings import Findings
from local.server_access.prompt_choices import NewInstance
from local.server_access.unlisted_choices import Watched

MOST_CHOICES = 3
"""Example choices for each prompt without an answer."""


def check_prompts(
    client: Client, project_id: str, datamart_id: str, job: NamedJob, request: dict[str, Any], findings: Findings
) -> None:
    """Compare; raises LibraryError, except if the account may not read the definition's prompts."""
    try:
        prompts = client.get_definition_prompts(project_id, datamart_id)
    except PermissionDenied as error:
        findings.note("prompts", job.name, f"They may not be read, so the answers are not checked. {error}.")
        return
    answers = answers_of(request["prompts"], job.time_zone)

    def left(text: str) -> None:
        findings.note("instance", job.name, text)

    with NewInstance(client, project_id, datamart_id, left) as instance:
        _PromptCheck(prompts, answers, request["unanswered"], Watched(instance)).tell(job.name, findings)


class _PromptCheck:
    """A run's answers to the prompts, and its errors."""

    def __init__(self, prompts: list[Prompt], answers: Answers, unanswered: str, choices: Watched) -> None:
        self._prompts = prompts
        self._answers = answers
        self._asks = unanswered == "ask"
        self._choices = choices
        made_of, given = answers.standing_in(prompts)
        self._made: Plan = plan(made_of, given, unanswered, choices)

    def tell(self, job: str, findings: Findings) -> None:
        """Report every problem as a finding; if there is none, one finding with the answer to each prompt."""
        problems = self._problems()
        for problem in problems:
            findings.problem("prompts", job, problem)
        for answer in self._made.answers:
            if (reason := self._not_judged(answer)) is not None:
                findings.note("prompts", job, f'The answer to "{answer["name"]}" is not checked: {reason}.')
        asked = ", ".join(map(titled, self._made.missing)) if self._asks else ""
        if asked:
            findings.note("prompts", job, f"A person will be asked for {asked}.")
        if not problems and (self._made.answers or not asked):
            findings.ok("prompts", job, self._summary("Every other" if asked else "Every"))

    def _problems(self) -> list[str]:
        names = ", ".join(map(name_of, self._prompts))
        there = f"its prompts are {names}" if names else "it has no prompts"
        found = [
            f"One answer belongs to no prompt: {one}; {there}"
            for one in unmatched_in_words(self._answers.given, self._prompts)
        ]
        found += [f"The run would end as PromptAnswerRejected: {problem}" for problem in self._made.problems]
        if self._made.missing and not self._asks:
            open_prompts = questions(self._made.missing, self._choices, MOST_CHOICES)
            found.append(f"The run would end as PromptsUnanswered: {missing(open_prompts, self._answers.given)}")
        return found

    def _not_judged(self, answer: Answer) -> str | None:
        """Why the answer could not be checked, or None."""
        if (brought := self._answers.brought.get(answer["given"])) is not None:
            return f"{' and '.join(brought)} is known only when the job is triggered"
        _, reason = self._choices.refused.get(address_of(answer["send"])[1], (None, None))
        return f"its choices are not listed: {reason}" if reason and answer["how"] == "answers" else None

    def _summary(self, every: str) -> str:
        if not self._made.answers:
            return "It asks nothing."
        each = ", ".join(f"{answer['name']} ({self._how(answer)})" for answer in self._made.answers)
        return f"{every} prompt has an answer: {each}."

    def _how(self, answer: Answer) -> str:
        return _HOW["answers" if answer["given"] in self._answers.brought else answer["how"]]


_HOW = {"answers": "from the request", "default": "its default", "closed": "left open, as it is optional"}
