"""What can end a run, beyond what the Library server itself answers.

    RunError
    ├── InvalidRequest        the request is not one; nothing was sent to any server
    ├── PromptsUnanswered     the datamart asks what the request does not answer
    ├── AskExpired            nobody answered in time what the datamart asks
    ├── OutcomeUnknown        the order to execute went out and nothing tells what became of it
    ├── SaveFailed            the table was loaded, the definition was not saved
    ├── RunInProgress         another run of the same datamart is under way, or its job may be
    ├── RunTimedOut           the run outlived its timeoutMinutes
    └── RunAlreadyEnded       a step was called on a run that is closed (redrive, a late Lambda)

A class's name is the error's name in Step Functions, so it is public interface (DESIGN.md "Error names").
The server's own refusals are in :mod:`functions.microstrategy.errors`.
"""

LONGEST_TEXT = 7_900
"""Characters of an exception's text: its bytes stay under the 8 KB of DESIGN.md "Error names" for nearly any
language."""


class RunError(Exception):
    """Anything but the server that ends a run."""

    def __init__(self, message: str) -> None:
        super().__init__(shorten(message))


class InvalidRequest(RunError):
    """The request is malformed; the text names the key and says what is expected there."""


class PromptsUnanswered(RunError):
    """A prompt is open that the request does not answer and that may be neither defaulted nor closed."""


class AskExpired(RunError):
    """People were asked and did not answer within ``askDeadlineHours``."""


class OutcomeUnknown(RunError):
    """The order to execute may or may not have reached the server, and the status does not tell."""


class SaveFailed(RunError):
    """The table was loaded; saving the definition afterwards failed."""


class RunInProgress(RunError):
    """Another run has this datamart, or has left a job that may still write its table."""


class RunTimedOut(RunError):
    """The run's deadline (``timeoutMinutes`` after its start) has passed."""


class RunAlreadyEnded(RunError):
    """The run, or this attempt of it, is closed: start a new run."""


def shorten(text: str, longest: int = LONGEST_TEXT) -> str:
    """``text`` cut to at most ``longest`` bytes of UTF-8, the cut marked with an ellipsis."""
    raw = text.encode("utf-8", "replace")
    if len(raw) <= longest:
        return text
    return raw[: longest - 3].decode("utf-8", "ignore") + "…"
