"""Prints findings for people: a table on a terminal, plain lines elsewhere."""

import contextlib
from collections.abc import Callable, Iterator
from typing import TextIO

from rich.table import Table
from rich.text import Text

from local.checks.findings import Finding, Findings
from local.cli.console import console_for
from local.cli.terminal import put

STYLES = {"ok": "green", "problem": "bold red", "note": "yellow"}

OnFinding = Callable[[Finding], None]


@contextlib.contextmanager
def shown_on(stream: TextIO) -> Iterator[OnFinding]:
    """Yields the function that shows a finding: line by line, or on a terminal as a table at the end."""
    if not stream.isatty():
        yield lambda finding: put(f"{finding.result:<8} {finding.check:<12} {finding.subject}: {finding.text}")
        return
    console = console_for(stream)
    table = Table(box=None, padding=(0, 1))
    for column in ("check", "subject", "result"):
        table.add_column(column, overflow="fold")
    table.add_column("", ratio=1, overflow="fold")
    with console.status("checking …") as status:

        def on_finding(finding: Finding) -> None:
            status.update(Text(f"checked: {finding.check} of {finding.subject} …"))
            result = Text(finding.result, STYLES[finding.result])
            table.add_row(Text(finding.check), Text(finding.subject), result, Text(finding.text))

        yield on_finding
    if table.row_count:
        console.print(table)


def summary(findings: Findings) -> str:
    """The last line."""
    if findings.problems:
        return f"{findings.problems} problem(s) in {len(findings.all)} findings. Nothing was executed."
    return f"No problem in {len(findings.all)} findings. Nothing was executed."
