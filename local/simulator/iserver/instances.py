"""The instances that are open, and the answers given in them (API.md 5, 7, 9)."""

import secrets
from collections.abc import Callable
from typing import Any

from local.simulator.catalogue import DatamartSpec, Prompt
from local.simulator.iserver.instance import Instance
from local.simulator.iserver.session import Session
from local.simulator.prompts.open_prompt import OpenPrompt, answer_all
from local.simulator.prompts.rules import Rules
from local.simulator.response import Refusal
from local.simulator.scenario import Scenario
from local.simulator.warehouse.elements import Elements, offered


def new_id() -> str:
    """A new object or instance id."""
    return secrets.token_hex(16).upper()


class Instances:
    """Every instance of every session.

    Parameters
    ----------
    scenario, clock
        How to behave, seconds since the epoch.
    """

    def __init__(self, scenario: Scenario, clock: Callable[[], float]) -> None:
        self._scenario, self._clock = scenario, clock
        self._open: dict[str, Instance] = {}
        self.answers: list[dict[str, Any]] = []

    def all(self) -> list[Instance]:
        """Every instance, the oldest first."""
        return list(self._open.values())

    def of(self, session: Session) -> list[Instance]:
        """A session's instances, the oldest first."""
        return [instance for instance in self.all() if instance.session is session]

    def create(self, session: Session, spec: DatamartSpec, defaults: dict[str, Any]) -> Instance:
        """A new instance; the session's oldest is dropped when its working set is full (9)."""
        mine = self.of(session)
        if len(mine) >= session.working_set:
            self.remove(mine[0], self._scenario.delete_ends_job)
        instance = Instance(new_id(), spec, session, defaults)
        self._open[instance.id] = instance
        return instance

    def find(self, session: Session, instance_id: str) -> Instance:
        """An instance of this session. Raises Refusal 404."""
        for instance in self.of(session):
            if instance_id.upper() in (instance.id, instance.alias):
                return instance
        raise Refusal(404, 4, "The message was not found in the inbox.", -2147468986)

    def find_in_modelling(self, session: Session, instance_id: str) -> Instance:
        """The same for the Modeling service, whose error is another matter (API.md 11.12)."""
        try:
            return self.find(session, instance_id)
        except Refusal as refusal:
            status, code = self._scenario.unknown_ms_instance
            known = refusal.i_server_code if isinstance(code, int) else None
            raise Refusal(status, code, refusal.message, known) from None

    def remove(self, instance: Instance, ends_job: bool) -> None:
        """Delete an instance; its job ends with it or goes on."""
        self._open.pop(instance.id, None)
        if instance.job is not None and ends_job:
            instance.job.look(self._clock())
            instance.job.cancel()

    def forget(self) -> None:
        """Lose every instance."""
        self._open = {}

    def listed(self, instance: Instance) -> list[OpenPrompt]:
        """The prompts that the server lists by now (API.md 7.1, 11.5)."""
        now, job = self._clock(), instance.job
        if job is None and (self._scenario.late_prompts or not self._scenario.answers_before_post):
            return []
        return [] if job is not None and job.prompts_are_late(now) else instance.listed(now)

    def answer(self, instance: Instance, body: Any) -> None:
        """Response prompts and let the job go on (API.md 7.3)."""
        entries = body.get("prompts") if isinstance(body, dict) else None
        if instance.job is None and not self._scenario.answers_before_post:
            raise Refusal(400, 6, "The instance has no open prompts.")
        before = len(instance.visible())
        now = self._clock()
        for prompt in answer_all(self._answerable(instance), entries, self._rules(instance)):
            prompt.listed_open_until = now + self._scenario.still_listed
        self.answers.append({"datamartId": instance.spec.id, "body": body})
        if instance.job is None:
            return
        if len(instance.visible()) > before and instance.open_prompts():
            instance.job.open_nested(now)
        else:
            instance.job.prompts_answered(now)

    def _answerable(self, instance: Instance) -> list[OpenPrompt]:
        """What is listed; where the list is behind, without what was answered."""
        return [p for p in self.listed(instance) if not (p.closed and self._scenario.still_listed)]

    def _rules(self, instance: Instance) -> Rules:
        scenario = self._scenario
        return Rules(
            lambda prompt: self.elements(instance, prompt), scenario.structured_answers, scenario.names_answer_elements
        )

    def elements(self, instance: Instance, prompt: Prompt) -> Elements:
        """The elements that may answer a prompt, under the answers given so far to the others."""
        answered = [p for p in instance.prompts if p.prompt.type == "ELEMENTS" and p.answer]
        given = {str(p.prompt.source): [e["name"] for e in p.answer] for p in answered if p.prompt is not prompt}
        return offered(str(prompt.source), given)
