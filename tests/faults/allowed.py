"""Where nobody could know whether the table was loaded, or that something was left; each class with its reason.

What is in neither table and happens all the same is a failure of the campaign.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.faults.lab import Evidence


@dataclass(frozen=True)
class Allowed:
    """A class of cases and why it is allowed in them.

    Parameters
    ----------
    case
        Pattern of :mod:`re` for ``place/fault``.
    why
        Why nobody could know.
    loads
        The server's own counts with which it is allowed.
    status
        Ends of the execution with which it is allowed; any if empty.
    """

    case: str
    why: str
    loads: tuple[int, ...] = (0, 1)
    status: str = ""

    def fits(self, seen: "Evidence") -> bool:
        """Whether the case is one of the class."""
        case = seen.case
        return (
            case is not None
            and re.fullmatch(self.case, f"{case.place}/{case.fault}") is not None
            and seen.loads in self.loads
            and self.status in ("", seen.outcome.status)
        )


UNKNOWN: tuple[Allowed, ...] = (
    Allowed(
        r"execute#\d+/(reset-before|stall|page|error-200|(408|409|413|429|5\d\d)-.*)(-for-ever)?",
        "the order went out and nobody but something in between answered; what GET answers before an order is not "
        "documented (contract 11.6), so that ten minutes without a sign of the job prove nothing",
        loads=(0,),
    ),
    Allowed(
        r"execute#\d+/404-.*",
        "404 without the Intelligence Server's own code may also come from something before it: the order is doubtful, "
        "and nothing is seen of it",
        loads=(0,),
    ),
    Allowed(
        r"execute#\d+/(reset-after|5\d\d-html-after)-for-ever",
        "the same, as long as the job cannot be seen",
    ),
    Allowed(
        r"(execute|get_execution|answer_prompts)#\d+/(cookies-dropped|cookies-garbled|401-.*)",
        "401 after the order: the session is lost for all that a client can see, its instance with it, and the job may "
        "go on (contract 8.3, 11.9)",
    ),
    Allowed(
        r"get_execution#\d+/404-json",
        "the Library itself says that it does not know the instance; the job may go on (contract 8.3, 11.8)",
    ),
    Allowed(
        r"get_execution#\d+/(400|403|409|501)-json",
        "the Library itself refuses for good to tell of the job (contract 8.3)",
    ),
    Allowed(
        r"(get_execution|answer_prompts)#\d+/.*-for-ever",
        "the job was taken, and every look at it failed until the run gave up",
    ),
    Allowed(
        r"lambda:get_status#\d+/(raises|timeout|state-timeout|throttled).*-for-ever",
        "the job was taken, and every look at it failed until the run gave up",
    ),
    Allowed(
        r"dynamodb:(get_status|answer_prompts)#\d+/throttled-for-ever",
        "the job was taken, and what became of it cannot be written down",
    ),
    Allowed(
        r"(get_prompts|search_elements)#([2-9]|\d\d)/.*",
        "for a moment after prompts were answered the job may still be reported as waiting (contract 7.3), and the "
        "run ended in this moment",
        loads=(0,),
    ),
    Allowed(
        r".*/(stop|behind)(-.*)?",
        "stopped after the order went out: nobody looks any more, and the job ends with its instance in whatever state "
        "it is in (contract 11.8)",
        status="ABORTED",
    ),
)

LEFT: tuple[Allowed, ...] = (
    Allowed(
        r"log_in#\d+/(reset-after|break-off|break-head|stall|gzip-garbage|page|5\d\d-.*-after)(-for-ever)?",
        "the answer to the login was lost, and with it the only name of the session: it ends by its idle timeout. A "
        "login is repeated once at most, so that there are never more than two",
    ),
    Allowed(
        r"log_out#\d+/(cookies-dropped|cookies-garbled|(401|404)-json)(-for-ever)?",
        "the Library itself answers that there is no such session: it ends by its idle timeout (contract 2.5, 8.5)",
    ),
)

TOLD_TWICE: tuple[Allowed, ...] = (
    Allowed(
        r"(dynamodb|lambda|sns|events):end_run#\d+/.*",
        "the end was told and the mark that it was could not be written: it is told again rather than never",
    ),
)


def unknown_is_allowed(seen: "Evidence") -> bool:
    """Whether ``loaded: unknown`` is the truth that there is."""
    return any(one.fits(seen) for one in UNKNOWN)


def left_is_allowed(seen: "Evidence") -> bool:
    """Whether nobody could know what was left: sessions, at most two."""
    return set(seen.left) == {"sessions"} and len(seen.left["sessions"]) <= 2 and any(one.fits(seen) for one in LEFT)


def told_twice_is_allowed(seen: "Evidence") -> bool:
    """Whether an end may be told a second time."""
    return any(one.fits(seen) for one in TOLD_TWICE)
