"""The findings of a check, one sentence each, with secrets redacted."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal

from functions.errors import LibraryError
from local.server_access.redacted import Redactor

Result = Literal["ok", "problem", "note"]


@dataclass(frozen=True)
class Finding:
    """One thing that was checked.

    Parameters
    ----------
    check
        What was looked at, in a word or two: ``login``.
    subject
        Of what: a URL, a job.
    result
        ``ok``; ``problem``: a run will fail or already does; ``note``: for information, or could not be checked.
    text
        A sentence.
    """

    check: str
    subject: str
    result: Result
    text: str


class Findings:
    """Everything that was found so far.

    Parameters
    ----------
    on_finding
        Called with each finding at once.

    Attributes
    ----------
    redactor
        Redacts secrets from every finding.
    """

    def __init__(self, on_finding: Callable[[Finding], None]) -> None:
        self.all: list[Finding] = []
        self._on_finding = on_finding
        self.redactor = Redactor()

    def add(self, result: Result, check: str, subject: str, text: str) -> None:
        """Add a finding and report it."""
        finding = Finding(check, self.redactor(subject), result, self.redactor(text))
        self.all.append(finding)
        self._on_finding(finding)

    def ok(self, check: str, subject: str, text: str) -> None:
        """As it should be."""
        self.add("ok", check, subject, text)

    def note(self, check: str, subject: str, text: str) -> None:
        """For information, or could not be checked."""
        self.add("note", check, subject, text)

    def problem(self, check: str, subject: str, why: str | LibraryError) -> None:
        """A run fails because of it."""
        text = why if isinstance(why, str) else f"{type(why).__name__}: {why}"
        self.add("problem", check, subject, text if text.endswith((".", "}")) else f"{text}.")

    def has(self, check: str) -> bool:
        """Whether there is anything to say about ``check``."""
        return any(finding.check == check for finding in self.all)

    @property
    def problems(self) -> int:
        """How many."""
        return sum(1 for finding in self.all if finding.result == "problem")

    def as_json(self) -> dict[str, Any]:
        """``{"ok", "findings": [{"check", "subject", "result", "text"}]}``"""
        return {"ok": self.problems == 0, "findings": [asdict(finding) for finding in self.all]}
