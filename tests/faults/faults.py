"""The faults by name: what each is, and how it is armed in a lab."""

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.faults.wire import SHORT

if TYPE_CHECKING:
    from tests.faults.lab import Lab

FOR_EVER = 10_000
"""How often a fault meets its request that is there until the run has ended."""

FOR_MINUTES = 25
"""How often a fault meets its function that is there for longer than a state retries it: a quarter of an hour."""


@dataclass(frozen=True)
class Case:
    """One fault at one place of one kind of run."""

    run: str
    place: str
    fault: str
    family: str

    @property
    def name(self) -> str:
        """By which it is replayed."""
        return f"{self.run}/{self.place}/{self.fault}"

    @property
    def seed(self) -> int:
        """A number that is always the same for this case."""
        return zlib.crc32(self.name.encode())


# -- on the way to the server ---------------------------------------------------------------------------------------

CONNECTION: dict[str, dict[str, Any]] = {
    "refused": {},  # by the wire
    "reset-before": {"kind": "reset before"},
    "reset-after": {"kind": "reset after"},
    "break-off": {"kind": "break off"},
    "stall": {"kind": "stall", "seconds": 2 * SHORT},
    "answer-twice": {"kind": "twice"},
}

HEADS: dict[str, dict[str, Any]] = {
    "break-head-start": {"kind": "break head", "point": "half the start line"},
    "break-head-line": {"kind": "break head", "point": "the start line"},
    "break-head-name": {"kind": "break head", "point": "half a name"},
    "break-head-value": {"kind": "break head", "point": "half a value"},  # which passes for a whole one
    "break-head-end": {"kind": "break head", "point": "all but the blank line"},
}
"""The answer's head breaks off; where no step first occurs, a case's seed says at which point."""

PAGE = "<html><head><title>Sign in</title></head><body>Please sign in</body></html>"
BODIES: dict[str, dict[str, Any]] = {
    "wrong-json": {"kind": "wrong json"},
    "truncated": {"kind": "truncate"},
    "wrong-type": {"kind": "wrong type"},
    "page": {"status": 200, "body": PAGE},
    "error-200": {"status": 200, "json": {"code": "ERR002", "message": "An injected fault.", "ticketId": "T200"}},
    "gzip-garbage": {"kind": "gzip garbage"},
    "echo": {"kind": "echo", "status": 400},  # what was sent is quoted: token, cookies, password
}

COOKIES: dict[str, dict[str, Any]] = {
    "cookies-dropped": {"kind": "no cookies"},
    "cookies-garbled": {"kind": "wrong cookies"},
    "cookies-changed": {"kind": "new cookies"},
}

CODES = {
    400: "ERR006",
    401: "ERR009",
    403: "ERR014",
    404: "ERR004",
    408: "ERR001",
    409: "ERR015",
    413: "ERR001",
    429: "ERR016",
    500: "ERR002",
    501: "ERR010",
    502: "ERR013",
    503: "ERR016",
    504: "ERR013",
}
"""Every status, and the code that its JSON envelope has."""

STATUSES = {str(status): tuple(f"{status}-{form}" for form in ("json", "html", "empty")) for status in CODES}
"""By status: what its body is."""

LATE_STATUSES = tuple(f"{status}-html-after" for status in (400, 403, 500, 502, 504))
"""The request is processed, and then something in between has the last word."""

SIGN_ON = {"status": 302, "body": PAGE}
REDIRECTS: dict[str, dict[str, Any]] = {
    "redirect-away": SIGN_ON | {"headers": {"Location": "https://sso.example.com/login"}},
    "redirect-here": SIGN_ON | {"headers": {"Location": "/portal/login"}},  # the same host, outside the context path
    "redirect-after": SIGN_ON | {"kind": "status after", "headers": {"Location": "https://sso.example.com/done"}},
}
"""Somebody in between redirects the request, before or after it is processed."""

RETRY_AFTER = (None, "2")
"""A case's seed says which."""


def _status(case: Case) -> dict[str, Any]:
    status, form, *late = case.fault.removesuffix("-for-ever").split("-")
    envelope = {"code": CODES[int(status)], "message": "An injected fault.", "ticketId": f"T{status}"}
    shown = {"json": {"json": envelope}, "html": {"body": f"<html><title>{status}</title></html>"}, "empty": {}}
    fault = {"kind": "status after" if late else "status", "status": int(status)} | shown[form]
    retry_after = RETRY_AFTER[case.seed % len(RETRY_AFTER)]
    return fault | ({"headers": {"Retry-After": retry_after}} if retry_after else {})


def _at_the_server(lab: "Lab", case: Case) -> None:
    step, _, number = case.place.partition("#")
    name = case.fault.removesuffix("-for-ever")
    times = FOR_EVER if case.fault.endswith("-for-ever") else 1
    if name == "refused":
        lab.wire.refused_from = (step, int(number), times)
        return
    fault = {**CONNECTION, **HEADS, **BODIES, **COOKIES, **REDIRECTS}.get(name) or _status(case)
    lab.simulator.inject(step, **fault, times=times, skip=int(number) - 1)


# -- on the side of AWS ---------------------------------------------------------------------------------------------


def _at_a_function(lab: "Lab", case: Case) -> None:
    name, lasting, how_long = case.fault.partition("-for-")
    times = {"ever": FOR_EVER, "minutes": FOR_MINUTES}[how_long] if lasting else 1
    lab.lambdas.break_down(case.place.removeprefix("lambda:"), name, times)


def _at_an_aws_call(lab: "Lab", case: Case) -> None:
    times = FOR_EVER if case.fault.endswith("-for-ever") else 1
    lab.aws.go_wrong(case.place, case.fault.removesuffix("-for-ever"), times, case.seed)


def _stopped(lab: "Lab", case: Case) -> None:
    """``stop``: moto lets the function that works end first. ``behind``: the clean-up comes first, as on AWS."""
    how, _, when = case.fault.partition("-")
    happens = lab.stop if how == "stop" else lab.stop_and_clean_up
    kind, _, place = case.place.rpartition(":")
    if kind == "state":
        lab.states.at[place] = happens
    elif kind == "lambda":
        (lab.lambdas.before if when == "before" else lab.lambdas.after)[place] = happens
    else:
        (lab.wire.before if when == "before" else lab.wire.after)[place] = happens


def _invoked_again(lab: "Lab", case: Case) -> None:
    """When the server has answered, and the function has not heard it yet: another invocation of it does everything."""
    lab.wire.after[case.place] = lab.lambdas.again_beside


ARMED = {
    "connection": _at_the_server,
    "status": _at_the_server,
    "late status": _at_the_server,
    "body": _at_the_server,
    "cookies": _at_the_server,
    "redirect": _at_the_server,
    "for ever": _at_the_server,
    "function": _at_a_function,
    "function for ever": _at_a_function,
    "not started": _at_a_function,
    "throttling": _at_an_aws_call,
    "throttling for ever": _at_an_aws_call,
    "lost answer": _at_an_aws_call,
    "invoked again": _invoked_again,
    "stop at a state": _stopped,
    "stop inside": _stopped,
}
"""How the faults of each family are armed."""
