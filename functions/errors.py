"""Every error that ends a run, one class each: name, meaning, advice, and whether another attempt may follow.

    NamedError
    ├── RunError
    │   ├── InvalidRequest
    │   ├── PromptsUnanswered
    │   ├── AskExpired
    │   ├── OutcomeUnknown
    │   ├── SaveFailed
    │   ├── FollowUpFailed
    │   ├── RunInProgress
    │   ├── RunTimedOut
    │   ├── RunAlreadyEnded
    │   └── BatchIncomplete
    └── LibraryError
        ├── CredentialsRejected
        ├── PermissionDenied
        ├── NotFound
        ├── ServerUnavailable
        ├── ServerBusy
        ├── SessionLost
        ├── InstanceLost
        ├── PromptAnswerRejected
        ├── DatamartFailed
        └── JobCancelled

This is the only table of errors. The state machine's lists, the notifications, the documentation and the tests derive
from :data:`ERRORS`; a new error is a new class here and a line in the drawing above. Errors of AWS itself are in
``functions/transient_errors.py``.
"""

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar, Literal

from functions.text import shorten

LONGEST_TEXT = 7_900
"""Bytes of an exception's text: Step Functions takes 8 KB (DESIGN.md "Error names")."""

LONGEST_MESSAGE = 6_000
"""Bytes of a server's message: with everything around it, an exception's text stays below :data:`LONGEST_TEXT`."""

Delivery = Literal["not sent", "answered", "unknown"]
"""How far an HTTP request got: no byte was sent; the server responded; the response was lost."""


class WaitsFor(Enum):
    """What another attempt waits for. ``functions/runs/conclusion.py`` has the rule of each."""

    DATAMART = "another run, or its job, to release the datamart"
    SERVER = "the server, or AWS, to be available"
    NEW_SESSION = "a new session, in place of a lost session or instance"


@dataclass(frozen=True)
class NextAttempt:
    """That another attempt may cure an error, and the pause before it.

    Pauses are in seconds, outside an attempt and without a slot or a lease. The first one is doubled with every attempt
    until it reaches the longest.
    """

    waits_for: WaitsFor
    first_pause: int
    longest_pause: int


class NamedError(Exception):
    """An error with a name in Step Functions: the class's name, which is public (DESIGN.md "Error names").

    The docstring of a class is the meaning that the documentation shows.
    """

    name: ClassVar[str]
    """The error's name in Step Functions."""

    advice: ClassVar[str]
    """What a person does about it: one sentence of every notification."""

    loaded: ClassVar[str]
    """Whether the table was loaded, as the documentation says it."""

    next_attempt: ClassVar[NextAttempt | None] = None
    """None where the error is final: no other attempt follows."""

    times_out: ClassVar[bool] = False
    """Whether the run ends as RunTimedOut when the deadline leaves no time for the next attempt."""

    when_loaded: ClassVar[str | None] = None
    """What people are told if the table is complete. None: a run whose table is complete succeeds in spite of it."""

    of_connection: ClassVar[bool] = False
    """Whether the server or the account is the cause, so that other runs fail with it, too (DESIGN.md "Outages")."""

    of_request: ClassVar[bool] = False
    """Whether the request is the cause, so that what was stored of it fails again until it is corrected."""

    lists_prompts: ClassVar[bool] = False
    """Whether the notification has the open prompts, as JSON to complete and paste into the request."""

    def __init_subclass__(cls, *, family: bool = False) -> None:
        """Add the class to :data:`ERRORS`, unless it is a ``family`` of errors.

        Raises TypeError if it does not state its own ``advice`` and ``loaded``.
        """
        if family:
            return
        missing = [field for field in ("advice", "loaded") if field not in cls.__dict__]
        if missing:
            raise TypeError(f"{cls.__name__} does not state {' and '.join(missing)}: add the class attribute")
        cls.name = cls.__name__
        ERRORS[cls.name] = cls

    def __init__(self, message: str) -> None:
        super().__init__(shorten(message, LONGEST_TEXT))

    @classmethod
    def meaning(cls) -> str:
        """What the error means, as one line of Markdown."""
        return " ".join(str(cls.__doc__).split()).replace("``", "`")


ERRORS: dict[str, type[NamedError]] = {}
"""The table: every error by its name, in the order of a run."""


class RunError(NamedError, family=True):
    """An error of the run itself, not of the server."""


class LibraryError(NamedError, family=True):
    """A call to the MicroStrategy Library failed (API.md 8).

    Parameters
    ----------
    message
        What the server said, or what happened on the way to it. Never holds a token, cookie or password.
    step
        The endpoint's name, such as ``create_instance``.
    http_status, code, i_server_code, ticket_id
        Of the response, where there was one.
    delivery
        How far the HTTP request got.
    retry_safe
        Whether the same call may be repeated without any harm (API.md 8.5).
    retry_after
        Seconds that the server asked to wait.
    may_pass
        Whether waiting may cure it: a host name that cannot be resolved stays so.
    timed_out
        Whether the request was sent and the response took longer than the call had: the operation may still be running
        on the server.
    """

    def __init__(
        self,
        message: str,
        *,
        step: str = "",
        http_status: int | None = None,
        code: str | None = None,
        i_server_code: int | None = None,
        ticket_id: str | None = None,
        delivery: Delivery = "answered",
        retry_safe: bool = False,
        retry_after: float | None = None,
        may_pass: bool = True,
        timed_out: bool = False,
    ) -> None:
        self.message = message
        self.step = step
        self.http_status = http_status
        self.code = code
        self.i_server_code = i_server_code
        self.ticket_id = ticket_id
        self.delivery: Delivery = delivery
        self.retry_safe = retry_safe
        self.retry_after = retry_after
        self.may_pass = may_pass
        self.timed_out = timed_out
        super().__init__(self._sentence())

    def explain(self, more: str) -> None:
        """Add to the server's message what only the caller knows."""
        self.message = f"{self.message.strip().rstrip('. ')}; {more}"
        self.args = (self._sentence(),)

    @property
    def is_refusal(self) -> bool:
        """Whether the server rejects the request itself. After 408, 409 and 429 the operation may be running."""
        status = self.http_status
        return status is not None and (400 <= status < 500 or status == 501) and status not in (408, 409, 429)

    def _sentence(self) -> str:
        text = shorten(self.message.strip(), LONGEST_MESSAGE).rstrip(". ") or "the server gave no reason"
        found = {
            "step": self.step.replace("_", " "),
            "HTTP": self.http_status,
            "code": self.code,
            "iServerCode": self.i_server_code,
            "ticketId": self.ticket_id,
        }
        details = ", ".join(f"{name} {value}" for name, value in found.items() if value not in (None, ""))
        return f"{text} ({details})" if details else text


UNTIL_EXECUTED = "no; unknown after the execution request"
UNTIL_SQL = "no if the job never reached SQL, otherwise unknown"


class InvalidRequest(RunError):
    """The request is malformed. The message names the key and what is expected there."""

    advice = "Correct the request."
    loaded = "no"
    of_request = True


class CredentialsRejected(LibraryError):
    """The login was refused, or the connection's secret is incomplete. Never retried, because accounts lock."""

    advice = "Check the connection's secret; nothing is tried again by itself, because accounts lock."
    loaded = "no"
    of_connection = True


class PermissionDenied(LibraryError):
    """The account lacks a privilege, a licence or access to the object."""

    advice = "Give the account the privilege or the access that the message names."
    loaded = "no"


class NotFound(LibraryError):
    """The project, datamart, folder, event or cube does not exist, or its name is ambiguous.

    The message lists similar names, and the IDs of an ambiguous name.
    """

    advice = "Check the names in the request: project, datamart, folder, events and cubes."
    loaded = "no"


class ServerUnavailable(LibraryError):
    """The server did not respond or said "not now", also after several retries; or AWS could not start a function.

    A run waits for it until the deadline: between attempts before the execution request, and afterwards by looking at
    the job again. A host name that cannot be resolved and a certificate that is not trusted end the run at once. A
    redirect after the login counts as no response.
    """

    advice = "Check the Library server and the network to it."
    loaded = UNTIL_EXECUTED
    of_connection = True
    next_attempt = NextAttempt(WaitsFor.SERVER, first_pause=30, longest_pause=600)


class ServerBusy(LibraryError):
    """A governor of the server, its limit of sessions, an idle project, or ``maxConcurrentRuns`` with a full queue.

    Also a search by name for a project, datamart or folder that takes longer than its step has: an ID needs no search.
    Retried between attempts until the deadline, then the run ends as ``RunTimedOut``.
    """

    advice = "Choose a quieter time, or raise timeoutMinutes."
    loaded = "no"
    of_connection = True
    next_attempt = NextAttempt(WaitsFor.SERVER, first_pause=30, longest_pause=600)
    times_out = True


class SessionLost(LibraryError):
    """The server does not know the session: a restart, an idle timeout, a logout of the account elsewhere.

    Before the execution request another attempt follows, a few times. Afterwards ``rerunIfReplacing`` lets a datamart
    that replaces its table run again.
    """

    advice = "Find out what ended the session: a restart, an idle timeout, a logout of the account elsewhere."
    loaded = UNTIL_EXECUTED
    of_connection = True
    next_attempt = NextAttempt(WaitsFor.NEW_SESSION, first_pause=10, longest_pause=600)


class InstanceLost(LibraryError):
    """The session lives, but the server does not know the datamart's instance. Retried like ``SessionLost``."""

    advice = "Find out what removed the instance: a restart, or too many instances in one session."
    loaded = UNTIL_EXECUTED
    of_connection = True
    next_attempt = NextAttempt(WaitsFor.NEW_SESSION, first_pause=10, longest_pause=600)


class PromptsUnanswered(RunError):
    """A prompt is open that the request does not answer and that may be neither defaulted nor closed.

    The message and the notification have the missing answers as JSON: paste it into the request, and choose.
    """

    advice = "Add the answers to the request."
    loaded = "no"
    of_request = True
    lists_prompts = True


class PromptAnswerRejected(LibraryError):
    """An answer is wrong, the server refused it, or a name in it could not be looked up in time: IDs need no look-up.

    Where the table was loaded, the request answers a prompt that never opened.
    """

    advice = "Correct the answer in the request."
    loaded = "no, or yes"
    of_request = True
    when_loaded = "The table is loaded, perhaps not with what was meant: look at it."


class AskExpired(RunError):
    """People were asked and did not answer within ``askDeadlineHours``."""

    advice = "Answer in time, raise askDeadlineHours, or put the answers into the request."
    loaded = "no"
    lists_prompts = True


class DatamartFailed(LibraryError):
    """The job ended with an error, or the server refused permanently for a reason that no other error names.

    Before the execution request also: something else than a Library responded (a sign-on page, a firewall, a web server
    without a Library at ``baseUrl``, a proxy that drops cookies), or the list of prompts twice took longer than its
    step has.
    """

    advice = "Look up the message in MicroStrategy, with the ticketId if there is one, or do what it says."
    loaded = UNTIL_SQL


class JobCancelled(LibraryError):
    """The job was cancelled on the Intelligence Server."""

    advice = "Ask who or which governor cancelled the job on the Intelligence Server."
    loaded = UNTIL_SQL


class OutcomeUnknown(RunError):
    """The execution request may or may not have reached the server, and no job showed up while one could begin."""

    advice = "Look for the job in MicroStrategy's job monitor."
    loaded = "unknown"


class SaveFailed(RunError):
    """The table was loaded; saving the definition afterwards failed."""

    advice = "Save the definition by hand, or let a later run save it."
    loaded = "yes"
    when_loaded = "The table is complete."


class FollowUpFailed(RunError):
    """The table was loaded; an event or a cube that was to follow failed, or was not done in time.

    The message names each follow-up and how it ended. Those after the first that fails are not done.
    """

    advice = "Correct what the message names, then repeat only what is missing (rerun with --follow-ups)."
    loaded = "yes"
    when_loaded = "The table is complete."


class RunInProgress(RunError):
    """Another run has the datamart, or has left a job that may still write its table."""

    advice = "Wait for the other run, or free the datamart as the message says."
    loaded = "no"
    next_attempt = NextAttempt(WaitsFor.DATAMART, first_pause=10, longest_pause=300)


class RunTimedOut(RunError):
    """The run did not end within ``timeoutMinutes``, or waited longer than ``queueMinutes``; it was cleaned up."""

    advice = "Raise the limit that the message names, or find out why the server takes so long."
    loaded = UNTIL_EXECUTED


class RunAlreadyEnded(RunError):
    """A step was called on a run, or an attempt, that is closed: a redrive, or a function that came late."""

    advice = "A run that has ended cannot go on."
    loaded = "as the run itself"


class BatchIncomplete(RunError):
    """More items of a batch than ``toleratedFailures`` were not loaded. All that could run has run.

    The message names the items, each with its error, or with the item that kept it from starting.
    """

    advice = "Correct what the items name, then restart the batch: it runs those that are not loaded."
    loaded = "some of its tables; the output of the batch has a line for each"


OWN_ERRORS = tuple(ERRORS)
"""The closed list: the names of all errors, as the state machine lists them."""
