"""What the Library server, or the way to it, can answer instead of what was asked (API.md 8).

    LibraryError
    ├── CredentialsRejected    the login was refused; never tried again, because accounts lock
    ├── PermissionDenied       the account lacks a privilege, a licence or access to the object
    ├── NotFound               no such project, datamart or folder, or a name that is not unique
    ├── ServerUnavailable      no answer, or one that says "not now": transient
    ├── ServerBusy             a governor, a session cap, an idle project: come back in minutes
    ├── SessionLost            the session is unknown to the server: expired, ended, or its cookies were lost
    ├── InstanceLost           the session lives and the instance does not
    ├── PromptAnswerRejected   an answer to a prompt is not one
    ├── DatamartFailed         the job ended with an error, or any permanent refusal without a better name
    └── JobCancelled           the job was cancelled on the Intelligence Server

A class's name is the error's name in Step Functions, so it is public interface (DESIGN.md "Error names").
"""

from typing import Literal

Delivery = Literal["not sent", "answered", "unknown"]
"""What became of a request: it never left; the server answered it; the answer was lost on the way."""

LONGEST_TEXT = 6_000
"""Bytes of what the server said: with everything around it, an exception's text stays under 8 KB."""


def _shortened(text: str) -> str:
    return text.encode("utf-8", "replace")[:LONGEST_TEXT].decode("utf-8", "ignore")


class LibraryError(Exception):
    """A call to the Library failed.

    Parameters
    ----------
    message
        What the server said, or what happened on the way to it. Never holds a token, cookie or password.
    step
        The endpoint's name, such as ``create_instance``.
    http_status, code, i_server_code, ticket_id
        Of the answer, where there was one.
    delivery
        What became of the request.
    retry_safe
        Whether the same call may be made again without any harm (API.md 8.5).
    retry_after
        Seconds that the server asked to wait.
    may_pass
        Whether it may pass by itself: a name that cannot be resolved does not.
    timed_out
        Whether the request was sent and the response took longer than the call had: what was asked for may still be
        running on the server.
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
        """Add to what the server said something that only the caller knows."""
        self.message = f"{self.message.strip().rstrip('. ')}; {more}"
        self.args = (self._sentence(),)

    @property
    def is_refusal(self) -> bool:
        """Whether the server says that what was sent is wrong in itself; after 408, 409 and 429 it may be under way."""
        status = self.http_status
        return status is not None and (400 <= status < 500 or status == 501) and status not in (408, 409, 429)

    def _sentence(self) -> str:
        text = _shortened(self.message.strip()).rstrip(". ") or "the server gave no reason"
        found = {
            "step": self.step.replace("_", " "),
            "HTTP": self.http_status,
            "code": self.code,
            "iServerCode": self.i_server_code,
            "ticketId": self.ticket_id,
        }
        details = ", ".join(f"{name} {value}" for name, value in found.items() if value not in (None, ""))
        return f"{text} ({details})" if details else text


class CredentialsRejected(LibraryError):
    """The login was refused; never tried again, because accounts lock."""


class PermissionDenied(LibraryError):
    """The account lacks a privilege, a licence or access to the object."""


class NotFound(LibraryError):
    """No such project, datamart or folder, or a name that is not unique."""


class ServerUnavailable(LibraryError):
    """No answer, or one that says "not now": transient."""


class ServerBusy(LibraryError):
    """A governor, a session cap, an idle project: come back in minutes."""


class SessionLost(LibraryError):
    """The session is unknown to the server: expired, ended, or its cookies were lost."""


class InstanceLost(LibraryError):
    """The session lives and the instance does not."""


class PromptAnswerRejected(LibraryError):
    """An answer to a prompt is not one."""


class DatamartFailed(LibraryError):
    """The job ended with an error, or any permanent refusal without a better name."""


class JobCancelled(LibraryError):
    """The job was cancelled on the Intelligence Server."""


PROJECT_UNKNOWN = -2147209151
NO_DATAMART = -2147205451
REQUEST_TIMEOUT = -2147206497

MEANINGS = {PROJECT_UNKNOWN: ("not loaded", "the project does not exist or is not loaded")}
"""What an iServerCode means and the server's text may not say: added where that has not the words given first."""

CANCELLED_CODES = frozenset({-2147209196, -2147025396, -2147441634})

I_SERVER_CODES: dict[int, type[LibraryError]] = {
    code: kind
    for kind, codes in (
        (CredentialsRejected, (-2147216959, -2147216963, -2147216960, -2147216965, -2147202287, -2147205409)),
        (PermissionDenied, (-2147213784, -2147214568, -2147214570, -2147214578, -2147216961)),
        (PermissionDenied, (-2147204469, -2147204467, -2147270981)),  # licence
        (NotFound, (-2147216373, -2147216374, PROJECT_UNKNOWN)),
        (InstanceLost, (-2147468986, -2147270772)),
        (SessionLost, (-2147206924, -2147025402, -2147468901, -2147214682)),
        (ServerBusy, (-2147209183, -2147209177, -2147209192, -2147209211)),  # project idle, offline
        (ServerUnavailable, (-2147206923, -2147207419, -2147207418, -2147206922, -2147206814, REQUEST_TIMEOUT)),
        (ServerBusy, (-2147072486, -2147209056, -2147209052, -2147209166)),  # sessions and users
        (ServerBusy, (-2147209053, -2147209054, -2147209055, -2147209164)),  # jobs
        (ServerBusy, (-2147207866, -2147202902, -2147202904, -2147202906)),
        (JobCancelled, tuple(CANCELLED_CODES)),
        (DatamartFailed, (-2147209075, -2147207491, -2147205459, -2147217124, -2147217125)),
        (DatamartFailed, (NO_DATAMART, -2147205450, -2147205449, -2147212544, -2147072488)),
        (DatamartFailed, (-2147205458, -2147205457, -2147205456, -2147205467, -2147205460, -2147205443)),
    )
    for code in codes
}
"""Which exception an iServerCode is (API.md 2.2, 3, 8.4)."""

NOT_READY_CODES = frozenset({-2147468903})
NOT_READY_ERR = 8
"""Not an error: the result is not there yet (API.md 8.3)."""
