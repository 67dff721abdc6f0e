"""The kinds of what may follow a load (``then`` of a request): a module each, and the table of them."""

from functions.follow_ups.kind import FollowUpKind, Found
from functions.follow_ups.publish_cube import PUBLISH_CUBE
from functions.follow_ups.trigger_event import TRIGGER_EVENT

KINDS: dict[str, FollowUpKind] = {kind.key: kind for kind in (TRIGGER_EVENT, PUBLISH_CUBE)}
"""By their keys in a request: those of functions/requests/request.schema.json."""

__all__ = ["KINDS", "PUBLISH_CUBE", "TRIGGER_EVENT", "FollowUpKind", "Found"]
