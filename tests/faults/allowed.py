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
        Pattern of :mod:`re` for ``place/fault`` of any kind of run, or for a case's whole name.
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
            and re.fullmatch(f"([^/]+/)?({self.case})", case.name) is not None
            and seen.loads in self.loads
            and self.status in ("", seen.outcome.status)
        )


UNKNOWN: tuple[Allowed, ...] = (
    # -- the order ----------------------------------------------------------------------------------------------
    Allowed(
        r"execute#\d+/(reset-before|page|redirect-(away|here)|error-200|(408|413|429|500|502|503|504)-(json|html|empty))(-for-ever)?",
        "the order went out and nobody but something in between answered; what GET answers before an order is not "
        "documented (API.md 11.6), so that ten minutes without a sign of the job prove nothing",
        loads=(0,),
    ),
    Allowed(
        r"execute#\d+/(echo|(400|401|403|409|501)-(html|empty)|404-(json|html|empty))",
        "a refusal without the Library's envelope, or 404 without the Intelligence Server's own code, may also come "
        "from something before it: the order is doubtful, and nothing is seen of it",
        loads=(0,),
    ),
    Allowed(
        r"execute#\d+/409-json",
        "the Library itself refuses the order because of something else that is under way: perhaps an earlier order",
        loads=(0,),
    ),
    # -- the looks ----------------------------------------------------------------------------------------------
    Allowed(
        r"get_execution#\d+/(cookies-dropped|cookies-garbled|401-json)",
        "401 after the order: the session is lost for all that a client can see, its instance with it, and the job may "
        "go on (API.md 8.3, 11.9)",
    ),
    Allowed(
        r"get_execution#\d+/404-json",
        "the Library itself says that it does not know the instance; the job may go on (API.md 8.3, 11.8)",
    ),
    Allowed(
        r"get_execution#\d+/(400|403|409|501)-json",
        "the Library itself refuses for good to report the job (API.md 8.3)",
    ),
    Allowed(
        r"get_execution#\d+/.*-for-ever",
        "the job was taken, or its order went out, and every look at it failed until the run gave up",
    ),
    Allowed(
        r"lambda:get_status#\d+/((raises-before|throttled)-for-ever|denied)",
        "the job was taken, and every look at it failed until the run gave up, or Lambda says that none will succeed",
    ),
    Allowed(
        r"[^/]*\+late-accept/lambda:get_status#1/(raises-after|timeout-after)-for-ever",
        "the run gave up looking before the job was accepted",
        loads=(0,),
    ),
    Allowed(
        r"dynamodb:get_status#\d+/throttled-for-ever",
        "the job was taken, and its state cannot be read or recorded",
    ),
    # -- prompts ------------------------------------------------------------------------------------------------
    Allowed(
        r"answer_prompts#\d+/409-json",
        "the Library refuses answers because of something else that is under way: perhaps answers that it has taken",
        loads=(0,),
    ),
    Allowed(
        r"answer_prompts#\d+/(reset-before|page|redirect-away|503-html|500-json|429-empty)-for-ever",
        "answers went out that let the job go on, nobody but something in between answered, and the run gave up after "
        "the last of them",
        loads=(0,),
    ),
    Allowed(
        r"get_prompts#([2-9]|\d\d)/(cookies-dropped|cookies-garbled|(400|401|403|404|409|501)-json)",
        "for a moment after prompts were answered the job may still be reported as waiting (API.md 7.3), and the "
        "run ended in this moment",
        loads=(0,),
    ),
    Allowed(
        r"nested/(lambda:get_prompts#2/(raises-before|throttled|denied)|dynamodb:get_prompts#2/throttled|"
        r"lambda:get_status#2/(raises|timeout)-after)-for-ever",
        "the same, because the prompts that are open now can never be read, or no look ends as it should",
        loads=(0,),
    ),
    # -- stops: one more look is taken, and then the job ends with its instance in whatever state it is in (11.8)
    Allowed(
        r"(execute|answer_prompts)#\d+/(stop|behind)-(before|after)|"
        r"lambda:(execute_datamart|answer_prompts)#\d+/behind-after",
        "stopped while the order, or answers that let the job go on, were on their way or had just been taken",
        status="ABORTED",
    ),
    Allowed(
        r"state:(WaitForStatus|GetStatus)#\d+/stop|lambda:get_status#\d+/behind-before|get_execution#1/behind-before",
        "stopped while the job goes on, and the last look shows no more than that",
        status="ABORTED",
    ),
    Allowed(
        r"unprompted/state:JudgeStatus#1/stop|nested/state:JudgeStatus#4/stop|saveAs/lambda:get_status#2/behind-after|"
        r"unprompted(\+late-accept)?/(lambda:get_status#1/behind-after|get_execution#1/(stop|behind)-(before|after))",
        "stopped after a look that showed no more than that the job goes on",
        status="ABORTED",
    ),
    Allowed(
        r"nested/(state:GetPrompts#[23]/stop|lambda:get_status#2/behind-after|lambda:get_prompts#2/behind-before)",
        "stopped in the moment after prompts were answered in which a job may still be reported as waiting (7.3)",
        loads=(0,),
        status="ABORTED",
    ),
)

LEFT: tuple[Allowed, ...] = (
    Allowed(
        r"log_in#\d+/(reset-after|break-off|break-head-.*|stall|gzip-garbage|page|redirect-after|[45]\d\d-.*-after)(-for-ever)?",
        "the answer to the login was lost, and with it the only name of the session: it ends by its idle timeout. A "
        "login is repeated once at most, so that there are never more than two",
    ),
    Allowed(
        r"log_out#\d+/(cookies-dropped|cookies-garbled|(401|404)-json)(-for-ever)?",
        "the Library itself answers that there is no such session: it ends by its idle timeout (API.md 2.5, 8.5)",
    ),
)

TOLD_TWICE: tuple[Allowed, ...] = (
    Allowed(
        r"dynamodb:end_run#\d+/throttled|events:end_run#1/(answer-lost|sent-again)",
        "the end was told, and the answer to that was lost, or the mark that it was could not be written: it is told "
        "again rather than never",
    ),
)


def unknown_is_allowed(seen: "Evidence") -> list[Allowed]:
    """By what ``loaded: unknown`` is the truth that there is; empty if it is not."""
    return [one for one in UNKNOWN if one.fits(seen)]


def left_is_allowed(seen: "Evidence") -> list[Allowed]:
    """By what nobody could know what was left: sessions, at most two."""
    few = set(seen.left) == {"sessions"} and len(seen.left["sessions"]) <= 2
    return [one for one in LEFT if few and one.fits(seen)]


def told_twice_is_allowed(seen: "Evidence") -> list[Allowed]:
    """By what an end may be told a second time."""
    return [one for one in TOLD_TWICE if one.fits(seen)]
