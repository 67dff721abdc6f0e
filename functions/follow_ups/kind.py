"""One kind of what follows a load: what each has to say of itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from functions.microstrategy import Client


class Found(NamedTuple):
    """An object of the server: its ID and its name."""

    id: str
    name: str


@dataclass(frozen=True)
class FollowUpKind:
    """A kind of follow-up.

    Parameters
    ----------
    key
        Its key in a request, and its ``kind`` in events and in the history.
    noun
        What it is about, for messages: ``event``.
    done
        What was done with it, as a participle: ``triggered``.
    is_harmless_twice
        Whether it may be repeated although nobody knows whether it was done.
    find
        Finds the object by its name or ID: the client, the project's ID, the reference. Raises NotFound.
    """

    key: str
    noun: str
    done: str
    is_harmless_twice: bool
    find: Callable[[Client, str, str], Found]
