"""Failures in a row: how many runs of a job, or of a batch, people were notified of since it was last loaded. Pure."""

from dataclasses import dataclass

from functions import clock


@dataclass(frozen=True)
class Series:
    """``since`` is when the first of ``count`` failures ended, ``loaded_at`` the load before them; None if none."""

    count: int
    since: float
    loaded_at: float | None = None

    def in_words(self) -> str:
        """``3 in a row since 2026-11-24 05:00 UTC``."""
        return f"{self.count} in a row since {clock.minute(self.since)}"

    def last_load_in_words(self) -> str:
        """When it was loaded before the failures."""
        return clock.minute(self.loaded_at) if self.loaded_at else "never, as far as is known"
