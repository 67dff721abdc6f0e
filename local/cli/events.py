"""What ``datamart run`` is given, and what comes of it: an event for each file, and a result for each event."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.outcome import Outcome

Result = tuple[Outcome, tuple[str, ...]]
"""How the run of an event ended, and the lines on standard error about an event that could not be started."""


@dataclass(frozen=True)
class Event:
    """The event of a file.

    Parameters
    ----------
    name
        How the run is called in the output, if there are several.
    file
        Where it is from; objects that it names may lie in the folder ``objects`` beside it.
    content
        The parsed JSON, or the CannotGoOn that says why there is none.
    """

    name: str
    file: Path
    content: Any
