"""How an attempt ends (Succeed, Fail, Again or Ask), and how a run ended."""

from enum import StrEnum
from typing import Any, NamedTuple

from functions.runs.job_state import Loaded


class AttemptEnd(StrEnum):
    """How an attempt ends, as the state machine reads it and the run's item keeps it."""

    AGAIN = "Again"
    ASK = "Ask"
    FAIL = "Fail"
    SUCCEED = "Succeed"


class Again(NamedTuple):
    """The attempt is repeated after a pause; ``waits_for`` is the error and reason, None after people's answers."""

    wait_seconds: int
    waits_for: str | None = None

    def as_response(self) -> dict[str, Any]:
        """``{"end", "waitSeconds", "waitsFor"}`` for the state machine; the last one only with a reason."""
        why = {} if self.waits_for is None else {"waitsFor": self.waits_for}
        return {"end": AttemptEnd.AGAIN, "waitSeconds": self.wait_seconds} | why


class Ask(NamedTuple):
    """People are asked and have ``ask_seconds``; ``refusal`` is why the last answers were wrong."""

    ask_seconds: int
    refusal: str | None = None

    def as_response(self) -> dict[str, Any]:
        """``{"end", "askSeconds", "refusal"}`` for the state machine."""
        return {"end": AttemptEnd.ASK, "askSeconds": self.ask_seconds, "refusal": self.refusal}


class Fail(NamedTuple):
    """The run fails: an error of the table of errors, the cause for a person, and its parts."""

    error: str
    cause: str
    reason: str
    advice: str

    def as_response(self) -> dict[str, Any]:
        """``{"end", "error", "cause"}`` for the state machine."""
        return {"end": AttemptEnd.FAIL, "error": self.error, "cause": self.cause}


class Succeed(NamedTuple):
    """The run succeeds with the output of the execution."""

    output: dict[str, Any]

    def as_response(self) -> dict[str, Any]:
        """``{"end", "output"}`` for the state machine."""
        return {"end": AttemptEnd.SUCCEED, "output": self.output}


Conclusion = Succeed | Fail | Again | Ask
"""What follows an attempt."""


class Outcome(NamedTuple):
    """How a run ended: ``end`` is Succeed, Fail, or the status of an execution that was ended from outside.

    ``superseded_by`` is the newer run (the ARN of its execution) for which a run of a burst was skipped.
    """

    end: str
    loaded: Loaded | None = None
    error: str | None = None
    reason: str | None = None
    advice: str | None = None
    superseded_by: str | None = None

    @property
    def succeeded(self) -> bool:
        """Whether the run succeeded, also where only its execution's status says so."""
        return self.end in (AttemptEnd.SUCCEED, "SUCCEEDED")
