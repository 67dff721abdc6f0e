"""The kinds of notifications that are sent once: names of the marks in their items."""

from enum import StrEnum


class Notification(StrEnum):
    """What is sent once; the values are keys of the stored maps ``claimed`` and ``told``."""

    EVENT = "event"  # the end event
    NOTICE = "notice"  # people's notice of a failure, or of late loads
