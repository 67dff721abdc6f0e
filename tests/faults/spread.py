"""The faults at one place, family by family."""

from collections.abc import Iterator

from tests.faults.aws import AwsCall
from tests.faults.faults import BODIES, CONNECTION, COOKIES, HEADS, LATE_STATUSES, REDIRECTS, STATUSES, Case
from tests.faults.lambdas import BREAKDOWNS, NOT_STARTED

LASTING = (
    *("refused", "reset-before", "reset-after", "stall", "503-html", "500-json", "401-json", "429-empty", "page"),
    "redirect-away",
)
TWICE = ("late", "twice", "overtaken", "twice-at-the-end")
LASTING_BREAKDOWNS = ("raises-before", "raises-after", "timeout-after")
LOST_ANSWERS = ("answer-lost", "sent-again")
MOMENTS = ("before", "after")

ONCE = {
    "connection": CONNECTION,
    "body": BODIES,
    "cookies": COOKIES,
    "late status": LATE_STATUSES,
    "redirect": REDIRECTS,
}
"""Faults by family that meet every request."""

FORMS = {"break-head": ("connection", tuple(HEADS))} | {name: ("status", forms) for name, forms in STATUSES.items()}
"""Faults that have several forms: the family, and each form's name."""


def at_a_request(run: str, place: str, every_form: bool = False) -> Iterator[Case]:
    """Every fault once; of one that has several forms every form, or the one that a seed picks."""
    for family, faults in ONCE.items():
        yield from (Case(run, place, fault, family) for fault in faults)
    yield Case(run, place, "overtaken", "invoked again")
    for name, (family, forms) in FORMS.items():
        picked = forms[Case(run, place, name, family).seed % len(forms)]
        yield from (Case(run, place, form, family) for form in (forms if every_form else (picked,)))


def lasting_at_a_request(run: str, place: str) -> Iterator[Case]:
    """From this request on until the run has ended."""
    yield from (Case(run, place, f"{fault}-for-ever", "for ever") for fault in LASTING)


def stops_at(run: str, place: str, *ways: str) -> Iterator[Case]:
    """Stopped before and after a request or inside a function; ``behind``: the clean-up goes first."""
    yield from (Case(run, place, f"{how}-{when}", "stop inside") for how in ways for when in MOMENTS)


def at_a_function(run: str, function: str, first: bool) -> Iterator[Case]:
    """Every way to break down or to be called twice; for ever: from the first of a function on."""
    place = f"lambda:{function}"
    broken = (fault for fault in BREAKDOWNS if fault not in NOT_STARTED)
    yield from (Case(run, place, fault, "function") for fault in (*broken, *TWICE))
    yield from not_started(run, function, first)
    if first:
        yield from (Case(run, place, f"{fault}-for-ever", "function for ever") for fault in LASTING_BREAKDOWNS)
    if function != "end_run#1":
        yield from stops_at(run, place, "behind")


def not_started(run: str, function: str, first: bool) -> Iterator[Case]:
    """Every way in which Lambda does not start it; for minutes, and for ever: from the first of a function on."""
    place = f"lambda:{function}"
    lasting = ("not-ready-for-minutes", "throttled-for-ever") if first else ()
    yield from (Case(run, place, fault, "not started") for fault in (*NOT_STARTED, *lasting))


def at_an_aws_call(run: str, call: AwsCall, first: bool) -> Iterator[Case]:
    """Throttled; a write's answer is lost; for ever: from the first of a function on."""
    yield Case(run, call.place, "throttled", "throttling")
    if first:
        yield Case(run, call.place, "throttled-for-ever", "throttling for ever")
    if call.writes:
        yield from (Case(run, call.place, fault, "lost answer") for fault in LOST_ANSWERS)
