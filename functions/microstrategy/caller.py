"""One HTTP call in a session: its time, headers, cookies and retries, with secrets redacted from what it reports."""

import contextlib
import re
import time
from base64 import b64encode
from collections.abc import Iterator
from itertools import count
from typing import Any
from urllib.parse import quote, unquote, urlencode

from functions.errors import NotFound, PermissionDenied, ServerUnavailable
from functions.limits import CALL_SECONDS
from functions.microstrategy import responses as reading
from functions.microstrategy.call_record import CallRecord, recorded
from functions.microstrategy.endpoints import Endpoint
from functions.microstrategy.http.cookies import Jar
from functions.microstrategy.http.redaction import Redact, redactor
from functions.microstrategy.http.transport import Reply, call
from functions.microstrategy.json_access import job_id
from functions.microstrategy.models import Server, Session
from functions.microstrategy.retries import with_retries
from functions.names import PRODUCT
from functions.object_ids import is_id

GATEWAY_GAVE_UP = (408, 504)
"""HTTP statuses of a gateway that did not wait for the server any longer."""

SLOW_SECONDS = 10.0
"""After a call of this length a gateway that gave up has waited for a server that was still at work."""

LEAST_SECONDS = 0.1
"""With less time left a call is not sent: its outcome could not be known."""

_PROMPT = re.compile(r"[0-9A-Fa-f]{32}(@[0-9]+@[0-9]+)?")


class Caller:
    """Makes calls to one server, in one session.

    Parameters
    ----------
    server
        Where the Library is.
    session
        The session to go on in, or None before the login.
    budget
        Seconds for everything that is called from now on, until :attr:`budget` is set again; with None each call
        may take CALL_SECONDS, as in a function.
    calls
        Gets a record of each HTTP request, retries among them; a list of its own if it is None.
    also_redact
        Removes what else nobody may read from a text of the server, once its secrets are redacted.

    ``dropped`` are the names of the last call's cookies that are not kept; ``secrets`` is what was sent or received,
    and is redacted from every text.
    """

    def __init__(
        self,
        server: Server,
        session: Session | None = None,
        *,
        budget: float | None = None,
        calls: list[CallRecord] | None = None,
        also_redact: Redact = str,
    ) -> None:
        self.server = server
        self.session = session
        self.budget = budget
        self.calls = [] if calls is None else calls
        self.dropped: tuple[str, ...] = ()
        self.secrets: set[str] = set()
        self._also_redact = also_redact

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.server.base_url}>"

    @property
    def budget(self) -> float | None:
        """Seconds that are left for all calls together; setting it begins anew.

        A total, because one method may make several calls (a search goes on page by page, an instance is deleted by
        one endpoint or else by the other) and all of them must end before the Lambda does.
        """
        return None if self._deadline is None else max(0.0, self._deadline - time.monotonic())

    @budget.setter
    def budget(self, seconds: float | None) -> None:
        self._deadline = None if seconds is None else time.monotonic() + seconds

    def call(
        self,
        endpoint: Endpoint,
        project_id: str | None = None,
        query: dict[str, Any] | None = None,
        *,
        body: Any = None,
        ms_instance: str | None = None,
        **ids: str,
    ) -> Reply:
        """Make the call, repeated where the endpoint allows it and time is left, and give its response back.

        ``query`` goes into the URL, ``body`` becomes JSON, ``ms_instance`` a header, ``ids`` are put into the path.
        Raises LibraryError, with every secret of the session redacted.
        """
        ends, retry = time.monotonic() + self._seconds(endpoint), count()

        def seconds_left() -> float:
            return ends - time.monotonic() - LEAST_SECONDS

        def exchange() -> Reply:
            began = time.monotonic()
            try:
                with recorded(self.calls, endpoint, next(retry)) as timed:
                    reply = self._exchange(ends - began, endpoint, project_id, query, body, ms_instance, ids)
                    timed.status = reply.status
                return reply
            except ServerUnavailable as error:
                _judge_slowness(endpoint, error, time.monotonic() - began)
                raise

        return with_retries(endpoint, exchange, seconds_left)

    def _exchange(
        self,
        seconds: float,
        endpoint: Endpoint,
        project_id: str | None,
        query: dict[str, Any] | None,
        body: Any,
        ms_instance: str | None,
        ids: dict[str, str],
    ) -> Reply:
        url = f"{self.server.base_url}/api{endpoint.path.format(**{k: _segment(k, v) for k, v in ids.items()})}"
        if query:
            url += "?" + urlencode(query, quote_via=quote, errors="replace")
        headers = {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": PRODUCT}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if project_id is not None:
            headers["X-MSTR-ProjectID"] = checked_id(project_id)
        if ms_instance is not None:
            headers["X-MSTR-MS-Instance"] = checked_id(ms_instance)
        if self.session is not None and self.session.token:
            headers["X-MSTR-AuthToken"] = self.session.token
        self._add_secrets()
        jar = Jar(self.server, self.session.cookies if self.session else ())
        reply = call(self.server, endpoint, url, headers=headers, jar=jar, body=body, budget=seconds)
        self.secrets.add(reply.headers.get("X-MSTR-AuthToken", ""))
        if self.session is not None:
            self.session = Session(self.session.token, jar.cookies)
        self.dropped = jar.dropped
        self._add_secrets()
        reading.check(endpoint, reply, self.redact)
        return reply

    def _seconds(self, endpoint: Endpoint) -> float:
        """What the next call may take."""
        left = self.budget
        if left is None:
            return CALL_SECONDS
        if left < LEAST_SECONDS:
            raise ServerUnavailable(
                "no time was left for the call", step=endpoint.step, delivery="not sent", retry_safe=True
            )
        return left

    def _add_secrets(self) -> None:
        session = self.session or Session("")
        self.secrets |= {session.token, *(cookie.value for cookie in session.cookies), *_secrets_of(self.server.proxy)}

    def redact(self, text: str) -> str:
        """The text without any secret that this client has sent or received, and without what is to be hidden."""
        return self._also_redact(redactor(self.secrets)(text))

    @contextlib.contextmanager
    def redacting(self) -> Iterator[None]:
        """Names that the server listed are quoted in what is raised within."""
        try:
            yield
        except NotFound as error:
            raise NotFound(self.redact(error.message), step=error.step) from None


def _judge_slowness(endpoint: Endpoint, error: ServerUnavailable, seconds: float) -> None:
    """Mark a call that took too long, and say what can be given so that it is not needed.

    Waiting does not cure a query that is too slow: the same one would start again beside the first.
    """
    if error.http_status in GATEWAY_GAVE_UP and seconds >= SLOW_SECONDS:
        error.timed_out = True
    if error.timed_out and endpoint.instead:
        error.may_pass = False
        error.explain(f"the query may still be running on the server; {endpoint.instead}")


def _secrets_of(proxy: str | None) -> set[str]:
    """The password in a proxy's address, and user and password as the header has them."""
    user, _, password = unquote((proxy or "").rpartition("@")[0].rpartition("//")[2]).partition(":")
    return {password, b64encode(f"{user}:{password}".encode()).decode()} if password else set()


def checked_id(value: str) -> str:
    """The ID in capitals, as the server writes it. Raises NotFound where it is not an ID."""
    if not is_id(value):
        raise NotFound("an object id is 32 hexadecimal digits; this one is not")
    return value.upper()


def _segment(kind: str, value: str) -> str:
    """An id made fit for a path: only what looks like one ever enters it."""
    if kind == "job":
        if job_id(value) is None:
            # Not NotFound: to the callers of the job monitor that is a job that has ended.
            raise PermissionDenied("the server named the job by an ID that cannot be looked up", step="get_job")
        return quote(value, safe="")
    if kind == "prompt":
        if not _PROMPT.fullmatch(value):
            raise NotFound("a prompt's key is 32 hexadecimal digits, @, a number, @, a number; this one is not")
        return quote(value, safe="")
    return checked_id(value)
