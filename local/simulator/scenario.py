"""How the simulated server behaves where the contract leaves it open, by name."""

import difflib
from dataclasses import dataclass, replace
from typing import Literal


@dataclass(frozen=True)
class Scenario:
    """One way to behave; the defaults are what the contract says or what is most plausible.

    Parameters
    ----------
    before_post
        What GET execution answers before POST execution/jobs (contract 11.6): a status, or an HTTP error.
    delete_ends_job, logout_ends_job
        Whether the job ends with its instance (11.8) or its session (11.9).
    logout_ends_all
        Whether logout ends every session of the user (2.5, 11.11).
    late_accept
        Seconds after which a job starts whose POST was cut off, or None.
    accepted_202
        Whether a running job is answered 202 with Retry-After (6, 11.3).
    new_instance_on_execute
        Whether execution goes on under another instance id (5.2).
    still_open
        Seconds for which status 2 is reported although every prompt was answered (7.3).
    monitor_forbidden, definition_forbidden
        Whether the job monitor (6.1) and the definition (5.1) are closed to the account.
    create_header
        Whether the new instance's id is in the header; else only in the body (5, note a).
    long_err_codes
        ERR0009 in place of ERR009 (8.2).
    session_cap
        Sessions of one user in one project (2.2).
    idle_timeout
        Seconds of idleness that end a session (2.5).
    working_set
        Instances of a session before the oldest is dropped (9).
    nesting
        How many prompts open one after the other in the nested datamart.
    slow_seconds
        How long the slow datamart's SQL takes.
    """

    before_post: int | Literal["404", "500"] = 0
    delete_ends_job: bool = True
    logout_ends_job: bool = True
    logout_ends_all: bool = False
    late_accept: float | None = None
    accepted_202: bool = False
    new_instance_on_execute: bool = False
    still_open: float = 0.0
    monitor_forbidden: bool = False
    definition_forbidden: bool = False
    create_header: bool = True
    long_err_codes: bool = False
    session_cap: int = 20
    idle_timeout: float = 1800.0
    working_set: int = 10
    nesting: int = 3
    slow_seconds: float = 600.0


_DEFAULT = Scenario()

SCENARIOS: dict[str, Scenario] = {
    "default": _DEFAULT,
    "get-before-post-404": replace(_DEFAULT, before_post="404"),
    "get-before-post-0": replace(_DEFAULT, before_post=0),
    "get-before-post-13": replace(_DEFAULT, before_post=13),
    "get-before-post-500": replace(_DEFAULT, before_post="500"),
    "job-survives-delete": replace(_DEFAULT, delete_ends_job=False),
    "job-survives-logout": replace(_DEFAULT, delete_ends_job=False, logout_ends_job=False),
    "logout-ends-all-sessions": replace(_DEFAULT, logout_ends_all=True),
    "late-accept": replace(_DEFAULT, late_accept=20.0),
    "accepted-202": replace(_DEFAULT, accepted_202=True),
    "instance-id-changes-on-execute": replace(_DEFAULT, new_instance_on_execute=True),
    "prompts-still-reported-open": replace(_DEFAULT, still_open=2.0),
    "monitor-forbidden": replace(_DEFAULT, monitor_forbidden=True),
    "definition-forbidden": replace(_DEFAULT, definition_forbidden=True),
    "create-body-id-only": replace(_DEFAULT, create_header=False),
    "long-err-codes": replace(_DEFAULT, long_err_codes=True),
    "session-cap-1": replace(_DEFAULT, session_cap=1),
    "small-working-set": replace(_DEFAULT, working_set=3),
    "nested-ten-deep": replace(_DEFAULT, nesting=10),
}


def scenario_named(name: str) -> Scenario:
    """The scenario of that name. Raises ValueError naming the nearest."""
    if name in SCENARIOS:
        return SCENARIOS[name]
    near = difflib.get_close_matches(name, SCENARIOS, 1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    raise ValueError(f'there is no scenario "{name}"{hint}; there are: {", ".join(SCENARIOS)}')
