"""The kinds of notifications that are sent once: names of the marks in their items."""

from collections.abc import Container
from enum import StrEnum


class Notification(StrEnum):
    """What is sent once; the values are keys of the stored maps ``claimed`` and ``told``."""

    EVENT = "event"  # the end event
    NOTICE = "notice"  # people's notice of a failure, or of late loads
    LONGER = "longer"  # of a run that takes longer than usual
    LINEAGE = "lineage"  # the events of OpenLineage

    @property
    def in_chat(self) -> str:
        """The key of the same in the chat, which becomes due once the mail is sent."""
        return f"{self.value}Chat"

    def chat_is_due(self, claimed: Container[str], notified: Container[str]) -> bool:
        """Whether people were notified by mail, and are not yet in the chat that the stage has."""
        return self.in_chat in claimed and self.in_chat not in notified
