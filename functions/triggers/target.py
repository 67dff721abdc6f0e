"""What triggers start: the named jobs and the named batches that are deployed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from functions.requests.named_batches import deployed_batches
from functions.requests.named_jobs import Job, deployed_jobs


@dataclass(frozen=True)
class Target:
    """A named job or a named batch; ``declared`` is what is deployed of it, its triggers among it."""

    what: Literal["job", "batch"]
    name: str
    declared: Job

    @property
    def requests(self) -> Iterator[dict[str, Any]]:
        """The requests that its file has, whose prompt answers may hold placeholders."""
        if self.what == "job":
            yield self.declared["request"]
            return
        batch, jobs = self.declared["batch"], deployed_jobs()
        yield batch["defaults"]
        for item in batch.get("items", []):
            yield jobs[item["job"]]["request"] if "job" in item else item


def targets() -> Iterator[Target]:
    """All that are deployed. No two have the same name."""
    for name, job in deployed_jobs().items():
        yield Target("job", name, job)
    for name, batch in deployed_batches().items():
        yield Target("batch", name, batch)
