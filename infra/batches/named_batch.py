"""A named batch, as its file describes it."""

from dataclasses import dataclass
from typing import Any, ClassVar

from functions.requests.batches.schema import BATCH
from infra.jobs.triggered import Triggered

KEYS = frozenset(BATCH.rules["properties"])
"""The keys of a file that are those of a batch itself: what a person may give as ``{"batch": …}``."""


@dataclass(frozen=True)
class NamedBatch(Triggered):
    """A batch's file, valid and with its defaults: ``content`` is as ``batch.schema.json`` describes it.

    ``lines`` are those on which its items begin, None where they are not known.
    """

    lines: tuple[int, ...] | None = None

    what: ClassVar[str] = "batch"

    @property
    def batch(self) -> dict[str, Any]:
        """The batch itself, without what starts it."""
        return {key: value for key, value in self.content.items() if key in KEYS}

    @property
    def words(self) -> str:
        """What it loads, in words: ``3 items, at most 2 at once``."""
        items, most = len(self.content.get("items", [])), self.content.get("maxConcurrency")
        count = f"{items} item{'' if items == 1 else 's'}" if items else "the items that its triggers bring"
        return f"{count}{f', at most {most} at once' if most else ''}"

    @property
    def shipped(self) -> dict[str, Any]:
        """What of it goes beside the code (functions/requests/named_batches.py)."""
        return {"batch": self.batch, "file": self.file, "lines": self.lines} | super().shipped
