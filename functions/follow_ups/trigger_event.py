"""Triggers an event of the server: whatever is scheduled by it starts (API.md 12). At most once."""

from functions.follow_ups.kind import FollowUpKind, Found
from functions.microstrategy import Client


def _find(client: Client, project_id: str, reference: str) -> Found:
    event = client.find_event(reference)  # events are the server's, and of no project
    return Found(event.id, event.name)


TRIGGER_EVENT = FollowUpKind("triggerEvent", "event", "triggered", is_harmless_twice=False, find=_find)
