"""How a command about a deployed run ends: a line for the eye, a report for ``--json``, an exit code."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, ClassVar, Protocol

from functions.text import printable
from local import signals
from local.cli.terminal import put_json, say

Ends = tuple[tuple[type[BaseException], int, str], ...]
"""What may go wrong, its exit code, and how it is told (with ``{problem}``); the first that fits."""


class Report(Protocol):
    """A dataclass with what became of it; ``problem`` in words, if there was one."""

    __dataclass_fields__: ClassVar[dict[str, Any]]
    problem: str | None


def reported(work: Callable[[], None], report: Report, ends: Ends, as_json: bool) -> int:
    """Do ``work``, tell how it ended, print the report if it was asked for, and return the exit code."""
    code = 0
    try:
        work()
    except tuple(kind for kind, _, _ in ends) as problem:
        code, words = next((code, words) for kind, code, words in ends if isinstance(problem, kind))
        report.problem = printable(words.format(problem=problem))
        if isinstance(problem, KeyboardInterrupt):
            code = signals.exit_code()
        say(f"datamart: {report.problem}")
    if as_json:
        put_json(asdict(report))
    return code
