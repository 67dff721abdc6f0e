"""``datamart free-lease``: frees a lease that an ended run still holds."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.text import Text

from functions import clock
from functions.runs.store.leases import LEASE, kind_of
from functions.text import printable
from local.aws.leases import Lease, Leases, lease_key
from local.cli.console import console_for
from local.cli.endings import reported
from local.errors import CannotGoOn, NotDone

Confirm = Callable[[str], str]
"""Shows a question and returns the line that is answered."""

YES = frozenset({"y", "yes"})


STOPPED = "stopped; unless the lease was just being freed, it is as it was."


@dataclass
class Report:
    """The result: whether the lease is ``freed``, the ``lease`` as it was found, the ``problem`` in words."""

    freed: bool = False
    lease: dict[str, Any] | None = None
    problem: str | None = None


def free_lease(arguments: argparse.Namespace, confirm: Confirm | None = None) -> int:
    """Free a lease and return the exit code.

    0 freed, or free already; 1 not freed: its run still runs, another run has it, not confirmed; 2 bad usage, or AWS
    refuses; 130 Ctrl-C.

    Parameters
    ----------
    arguments
        ``lease``, ``stage``, ``yes`` and ``json``, as local/cli/arguments.py parses them.
    confirm
        Asks for the confirmation; on the terminal if left out.
    """
    report = Report()
    return reported(lambda: _free(arguments, report, confirm), report, STOPPED, arguments.json)


def _free(arguments: argparse.Namespace, report: Report, confirm: Confirm | None) -> None:
    console = console_for(sys.stderr if arguments.json else sys.stdout)
    key = lease_key(arguments.lease)
    leases = Leases(arguments.stage)
    lease = leases.find(key)
    report.lease = lease.as_json() if lease else {"key": key}
    if lease is None:
        console.print(f"{key} is free.", soft_wrap=True)
        report.freed = True
        return
    for line in _shown(lease):
        console.print(line, soft_wrap=True)
    if lease.running:
        raise NotDone(
            "its run has not ended, and frees it by itself. To end the run first: "
            f"aws stepfunctions stop-execution --execution-arn {lease.owner}"
        )
    if not arguments.yes:
        _confirmed(lease, console, confirm)
    if not leases.free(lease):
        raise NotDone("another run or person changed it meanwhile; run the command again.")
    report.freed = True
    console.print("Freed; the next run takes it.")


def _shown(lease: Lease) -> list[str]:
    lines = [
        f"Lease:    {lease.key}",
        f"Owner:    since {clock.timestamp(lease.since)} by {lease.owner}",
        f"Run:      {lease.status}",
    ]
    if lease.pending is None:
        return [*lines, "Pending:  nothing; the next run takes it in any case."]
    until, job = lease.pending.until, lease.pending.job_id
    if job and printable(job) != job:  # such an ID could forge another job's line
        job = "its ID cannot be shown: it has control characters"
    passed = " (passed: the next run takes it in any case)" if until <= clock.now() else ""
    return [*lines, f"Pending:  until {clock.timestamp(until)}{passed}", f"Job:      {job or 'its id is not known'}"]


def _confirmed(lease: Lease, console: Console, confirm: Confirm | None) -> None:
    """Raises NotDone without a yes, CannotGoOn without a terminal."""
    if confirm is None and not (sys.stdin.isatty() and console.file.isatty()):
        raise CannotGoOn("there is no terminal to ask on; --yes says that what the run left has ended.")
    what = "its job" if kind_of(lease.key) == LEASE else "its session"
    try:
        said = (confirm or _asker(console))(f"Has {what} ended, as you saw on the Intelligence Server? [y/N] ")
    except EOFError:
        raise NotDone("the input ended without a yes; nothing was freed.") from None
    if said.strip().lower() not in YES:
        raise NotDone("not confirmed; nothing was freed.")


def _asker(console: Console) -> Confirm:
    return lambda question: console.input(Text(question))
