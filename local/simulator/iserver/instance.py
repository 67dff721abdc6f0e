"""A datamart's instance in a session, with its prompts and its job (API.md 5 and 7)."""

from typing import Any

from local.simulator.catalogue import DatamartSpec
from local.simulator.iserver.job import Job
from local.simulator.iserver.session import Session
from local.simulator.prompts.open_prompt import EMPTY, OpenPrompt
from local.simulator.prompts.types import type_of
from local.simulator.warehouse.query import Query


class Instance:
    """What POST …/instances makes; ``alias`` is the id under which its execution goes on, if that is another."""

    def __init__(self, instance_id: str, spec: DatamartSpec, session: Session, defaults: dict[str, Any]) -> None:
        self.id = instance_id
        self.alias: str | None = None
        self.spec = spec
        self.session = session
        self.prompts = [OpenPrompt(p, defaults.get(p.id)) for p in spec.prompts]
        self.job: Job | None = None
        self.last_poll: float | None = None

    @property
    def current_id(self) -> str:
        """The id that its execution is known by."""
        return self.alias or self.id

    def visible(self) -> list[OpenPrompt]:
        """The prompts that exist by now: of nested ones, those whose predecessors are closed, and the next."""
        if not self.spec.nested:
            return self.prompts
        closed = [p for p in self.prompts if p.closed]
        return self.prompts[: len(closed) + 1]

    def listed(self, now: float) -> list[OpenPrompt]:
        """The same as the list of prompts knows it, which may be behind."""
        if not self.spec.nested:
            return self.prompts
        closed = [p for p in self.prompts if p.listed_closed(now)]
        return self.prompts[: len(closed) + 1]

    def open_prompts(self) -> bool:
        """Whether any visible prompt waits for its answer."""
        return any(not p.closed for p in self.visible())

    def query(self) -> Query:
        """What it would select under the answers given so far."""
        query = Query(self.spec.attributes, self.spec.metrics)
        for prompt in self.prompts:
            if prompt.closed and prompt.answer not in EMPTY:
                query = type_of(prompt.prompt).apply(query, prompt.prompt, prompt.answer)
        return query
