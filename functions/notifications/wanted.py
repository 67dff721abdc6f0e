"""What people are notified of beside failures, by the stage's settings (``notifyOn``)."""

import os
from typing import Literal

Kind = Literal["recovery", "success"]

DEFAULT = "failure,recovery"


def is_wanted(kind: Kind) -> bool:
    """Whether the stage notifies of it (environment variable ``NOTIFY_ON``)."""
    return kind in os.environ.get("NOTIFY_ON", DEFAULT).split(",")
