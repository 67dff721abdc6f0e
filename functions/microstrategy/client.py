"""The client: one method for each call that a datamart run makes (API.md 2 to 7).

Reads that fail for a moment are retried within the call's budget (:mod:`functions.microstrategy.retries`). Every
error says whether a further retry is safe, and the state machine decides.
"""

import contextlib
import re
import time
from base64 import b64encode
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote, urlencode

from functions.errors import (
    DatamartFailed,
    InstanceLost,
    LibraryError,
    NotFound,
    PermissionDenied,
    ServerUnavailable,
    SessionLost,
)
from functions.limits import CALL_SECONDS
from functions.microstrategy import endpoints as at
from functions.microstrategy import responses as reading
from functions.microstrategy.codes import NO_DATAMART
from functions.microstrategy.credentials import Credentials
from functions.microstrategy.endpoints import Endpoint
from functions.microstrategy.error_mapping import is_not_ready
from functions.microstrategy.http.cookies import Jar, cookies_not_sent, everywhere, reason_dropped, reason_not_sent
from functions.microstrategy.http.redaction import redactor
from functions.microstrategy.http.transport import Reply, call
from functions.microstrategy.json_access import integer, job_id, mapping, mappings, moment, text
from functions.microstrategy.models import (
    Datamart,
    Definition,
    Execution,
    Project,
    Server,
    Session,
    SessionInfo,
)
from functions.microstrategy.object_names import DATAMART_SUBTYPE, FOLDER_TYPE, datamart_of, folder_of, project_of
from functions.microstrategy.retries import with_retries
from functions.microstrategy.status import COMPLETED, GONE
from functions.names import PRODUCT
from functions.object_ids import is_id
from functions.similar_names import spellings

CLOCKS_DIFFER = 120.0
"""Seconds by which the server's clock may be behind ours."""

GATEWAY_GAVE_UP = (408, 504)
"""HTTP statuses of a gateway that did not wait for the server any longer."""

SLOW_SECONDS = 10.0
"""After a call of this length a gateway that gave up has waited for a server that was still at work."""

LEAST_SECONDS = 0.1
"""With less time left a call is not sent: its outcome could not be known."""

OBJECT_TYPES = {"attribute": 12, "metric": 4}
"""Types of what is looked up by name beside datamarts and folders (API.md 4.1)."""

_PROMPT = re.compile(r"[0-9A-Fa-f]{32}(@[0-9]+@[0-9]+)?")
_PAGE = 200
_MOST_FOUND = 5_000


class Client:
    """A client of one server, in one session.

    Parameters
    ----------
    server
        Where the Library is.
    session
        The session to go on in, or None before :meth:`log_in`.
    budget
        Seconds for everything that is called from now on, until :attr:`budget` is set again; with None each call
        may take CALL_SECONDS, as in a function.
    """

    def __init__(self, server: Server, session: Session | None = None, *, budget: float | None = None) -> None:
        self.server = server
        self.session = session
        self.budget = budget
        self._dropped: tuple[str, ...] = ()  # names of the last call's cookies that are not kept
        self._secrets: set[str] = set()  # sent or received by this client, and redacted from every text

    def __repr__(self) -> str:
        return f"<Client of {self.server.base_url}>"

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

    # -- sessions (API.md 2) ------------------------------------------------------------------------------------

    def log_in(self, credentials: Credentials) -> Session:
        """Open a session.

        Raises CredentialsRejected; ServerUnavailable, with ``delivery`` "unknown" where a session may be left behind;
        DatamartFailed where the base URL leads to no Library, or to one whose cookies do not come back to it.
        """
        self._secrets |= credentials.secrets
        self.session = Session("")  # holds the login's cookies
        try:
            reply = self._call(at.LOG_IN, body=credentials.body())
            cookies = self.session.cookies
        finally:
            self.session = None
        token = reply.headers.get("X-MSTR-AuthToken", "")
        if not token:
            raise reading.login_without_token(reply, self._redact)
        self.session = Session(token, cookies)
        if unsent := cookies_not_sent(self.server, cookies):
            self._give_up_without(reason_not_sent(self.server, unsent))
        elif self._dropped:
            self._give_up_without(reason_dropped(self._dropped))
        return self.session

    def _give_up_without(self, reason: str) -> None:
        """Log out of a session whose cookies never go back to it, or are not kept, unless the server does without them.

        Raises DatamartFailed with the ``reason``, and with whether the session was logged out.
        """
        session = self.session or Session("")
        try:
            self.probe()
            return
        except SessionLost:
            pass
        except LibraryError:
            return  # nothing is known about the session: the next call will tell
        self.session = Session(session.token, everywhere(self.server, session.cookies))
        left = "the session was logged out again"
        try:
            self.log_out()
        except LibraryError:
            left = "the session could not be logged out and stays until its idle timeout"
        self.session = None
        raise DatamartFailed(self._redact(f"{reason}; {left}"), step="log_in")

    def log_out(self) -> None:
        """End the session; one that does not exist any more counts as ended (API.md 2.5, 8.5)."""
        try:
            self._call(at.LOG_OUT)
        except LibraryError as error:
            gone = isinstance(error, SessionLost) or error.http_status in (401, 404)
            if not gone or isinstance(error, ServerUnavailable):
                raise
        self.session = None

    def probe(self) -> SessionInfo:
        """Is the session alive? Raises SessionLost if not."""
        found = mapping(self._call(at.PROBE).json)
        return SessionInfo(timeout_seconds=integer(found.get("timeout")))

    def keep_alive(self) -> None:
        """Reset the session's idle timers."""
        self._call(at.KEEP_ALIVE)

    def server_status(self) -> dict[str, Any]:
        """Versions of the Library and the Intelligence Server; needs no session."""
        return mapping(self._call(at.SERVER_STATUS).json)

    def login_modes(self) -> list[int]:
        """The login modes that the server says are enabled (API.md 2.1); needs no session."""
        listed = mapping(self._call(at.LOGIN_MODES).json).get("modes")
        return [mode for mode in map(integer, listed) if mode is not None] if isinstance(listed, list) else []

    def privileges(self) -> list[dict[str, Any]]:
        """The account's privileges as the server lists them, each with its ``name`` (API.md 2.5)."""
        body = self._call(at.PRIVILEGES).json
        return mappings(body if isinstance(body, list) else mapping(body).get("privileges"))

    # -- names (API.md 3, 4, 5.1) -------------------------------------------------------------------------------

    def find_project(self, reference: str) -> Project:
        """The project of that id or exact, case-sensitive name. Raises NotFound, naming the nearest."""
        listed = mappings(self._call(at.FIND_PROJECT).json)
        with self._redacting():
            return project_of(reference, listed)

    def find_datamart(self, project_id: str, reference: str | dict[str, str]) -> Datamart:
        """The datamart of that id, exact name, or name and folder path.

        Raises NotFound: no object matches, it is not a datamart, or several match and are listed with their paths.
        """
        if isinstance(reference, str) and is_id(reference):
            return self._datamart_by_id(project_id, reference)
        name = reference if isinstance(reference, str) else reference["name"]
        path = None if isinstance(reference, str) else reference["path"]
        found = self._search(at.FIND_DATAMART, project_id, name, DATAMART_SUBTYPE)
        with self._redacting():
            return datamart_of(name, path, found)

    def _datamart_by_id(self, project_id: str, datamart_id: str) -> Datamart:
        found = mapping(self._call(at.GET_OBJECT, project_id, {"type": 3}, datamart=datamart_id).json)
        if found.get("subtype") != DATAMART_SUBTYPE:
            raise NotFound(f"the object {datamart_id} is a report, but not a datamart", step="find_datamart")
        return Datamart(datamart_id.upper(), text(found.get("name")))

    def find_folder(self, project_id: str, reference: str) -> str:
        """The id of the folder of that id or path (API.md 4.2, 4.4). Raises NotFound: none, or several fit."""
        if is_id(reference):
            found = mapping(self._call(at.GET_FOLDER, project_id, {"type": FOLDER_TYPE}, folder=reference).json)
            if found.get("type") != FOLDER_TYPE:
                raise NotFound(f"the object {reference} is not a folder", step="find_folder")
            return reference.upper()
        name = reference.strip("/").rpartition("/")[2]
        folders = self._search(at.FIND_FOLDER, project_id, name, FOLDER_TYPE)
        with self._redacting():
            return folder_of(reference, folders)

    def find_objects(self, project_id: str, name: str, kind: str) -> list[dict[str, Any]]:
        """The objects of that name, in whatever case, with their ``ancestors``; ``kind`` is one of OBJECT_TYPES.

        By an index that may not have a new object yet (API.md 4.2).
        """
        number = OBJECT_TYPES[kind]
        return [one for one in self._search(at.FIND_OBJECTS, project_id, name, number) if one.get("type") == number]

    def _search(self, endpoint: Endpoint, project_id: str, name: str, kind: int) -> list[dict[str, Any]]:
        """All objects of exactly that name, however its accents are encoded: a server may compare what is stored."""
        for spelling in spellings(name):
            if found := list(self._named(endpoint, project_id, spelling, kind)):
                return found
        return []

    def _named(self, endpoint: Endpoint, project_id: str, name: str, kind: int) -> Iterator[dict[str, Any]]:
        """Page by page: a (sub)type asks for one kind only, and some servers ignore it."""
        for offset in range(0, _MOST_FOUND, _PAGE):
            query = {
                "name": name,
                "pattern": 2,
                "type": kind,
                "getAncestors": "true",
                "offset": offset,
                "limit": _PAGE,
            }
            page = mappings(mapping(self._call(endpoint, project_id, query).json).get("result"))
            yield from page
            if len(page) < _PAGE:
                return

    def get_definition(self, project_id: str, datamart_id: str) -> Definition:
        """What a run will write. Raises NotFound (also for a report that is not a datamart), PermissionDenied."""
        try:
            reply = self._call(at.GET_DEFINITION, project_id, datamart=datamart_id)
        except DatamartFailed as error:
            if error.i_server_code != NO_DATAMART:
                raise
            raise NotFound(f"the object {datamart_id} is a report, but not a datamart", step="get_definition") from None
        return reading.definition(reply, datamart_id)

    # -- the job (API.md 5, 6) ----------------------------------------------------------------------------------

    def create_instance(self, project_id: str, datamart_id: str) -> str:
        """A new instance's id: from the header, else from the body (API.md 5, note a)."""
        reply = self._call(at.CREATE_INSTANCE, project_id, datamart=datamart_id)
        body = mapping(reply.json)
        found = reply.headers.get("X-MSTR-MS-Instance") or body.get("id") or body.get("instanceId")
        if not isinstance(found, str) or not is_id(found.strip()):
            raise DatamartFailed(
                "the server created the instance, but its ID is in neither header nor body",
                step="create_instance",
                http_status=reply.status,
            )
        return found.strip().upper()

    def execute(self, project_id: str, datamart_id: str, instance_id: str) -> Execution:
        """Send the execution request: not idempotent, a second one is a second load.

        Raises ServerUnavailable with ``delivery`` "unknown" where the response does not say that it was accepted.
        """
        reply = self._call(at.EXECUTE, project_id, datamart=datamart_id, instance=instance_id)
        return reading.execution(at.EXECUTE, reply, self._redact)

    def get_execution(self, project_id: str, datamart_id: str, instance_id: str) -> Execution:
        """The job's status. A response that says "not ready" has the status None: keep polling."""
        try:
            reply = self._call(at.GET_EXECUTION, project_id, datamart=datamart_id, instance=instance_id)
            return reading.execution(at.GET_EXECUTION, reply, self._redact)
        except LibraryError as error:
            if is_not_ready(error):
                return Execution(None, retry_after=error.retry_after, code=error.code, http_status=error.http_status)
            raise

    # -- prompts (API.md 7) -------------------------------------------------------------------------------------

    def get_prompts(self, project_id: str, datamart_id: str, instance_id: str) -> list[dict[str, Any]]:
        """The open prompts; filtered here too, because the meaning of ``closed`` is documented in two ways."""
        reply = self._call(at.GET_PROMPTS, project_id, {"closed": "false"}, datamart=datamart_id, instance=instance_id)
        return [reading.prompt(prompt) for prompt in mappings(reply.json) if prompt.get("closed") is not True]

    def get_definition_prompts(self, project_id: str, datamart_id: str) -> list[dict[str, Any]]:
        """The prompts of the definition, without an instance."""
        reply = self._call(at.GET_DEFINITION_PROMPTS, project_id, datamart=datamart_id)
        return [reading.prompt(prompt) for prompt in mappings(reply.json)]

    def search_elements(
        self,
        project_id: str,
        datamart_id: str,
        instance_id: str,
        prompt_key: str,
        pattern: str = "",
        offset: int = 0,
        limit: int = _PAGE,
    ) -> list[dict[str, Any]]:
        """One page (at most 200) of the elements that may answer a prompt and match ``pattern``."""
        where = {"datamart": datamart_id, "instance": instance_id, "prompt": prompt_key}
        reply = self._call(at.SEARCH_ELEMENTS, project_id, _page_of(pattern, offset, limit), **where)
        return mappings(mapping(reply.json).get("elements"))

    def search_objects(
        self,
        project_id: str,
        datamart_id: str,
        instance_id: str,
        prompt_key: str,
        pattern: str = "",
        offset: int = 0,
        limit: int = _PAGE,
    ) -> list[dict[str, Any]]:
        """One page of the objects that may answer an OBJECTS or LEVEL prompt and match ``pattern``."""
        where = {"datamart": datamart_id, "instance": instance_id, "prompt": prompt_key}
        body = self._call(at.SEARCH_OBJECTS, project_id, _page_of(pattern, offset, limit), **where).json
        return mappings(body if isinstance(body, list) else mapping(body).get("objects"))

    def answer_prompts(
        self, project_id: str, datamart_id: str, instance_id: str, answers: list[dict[str, Any]]
    ) -> None:
        """Answer prompts. Raises PromptAnswerRejected with the server's reason (API.md 7.4)."""
        self._call(at.ANSWER_PROMPTS, project_id, body={"prompts": answers}, datamart=datamart_id, instance=instance_id)

    # -- saving and removing ------------------------------------------------------------------------------------

    def save(
        self, project_id: str, datamart_id: str, instance_id: str, prompt_options: dict[str, bool] | None = None
    ) -> str:
        """Save the definition in place; its object id."""
        body = {"promptOptions": prompt_options} if prompt_options else {}
        reply = self._call(at.SAVE, project_id, body=body, ms_instance=instance_id, datamart=datamart_id)
        return reading.saved_id(reply, datamart_id)

    def save_as(
        self,
        project_id: str,
        datamart_id: str,
        instance_id: str,
        name: str,
        folder_id: str,
        overwrite: bool = False,
        prompt_options: dict[str, bool] | None = None,
    ) -> str:
        """Save the definition as another object; the new object's id."""
        body: dict[str, Any] = {"name": name, "destinationFolderId": _id(folder_id)}
        body |= {"overwrite": True} if overwrite else {}
        body |= {"promptOptions": prompt_options} if prompt_options else {}
        reply = self._call(at.SAVE_AS, project_id, body=body, ms_instance=instance_id, datamart=datamart_id)
        return reading.saved_id(reply, None)

    def delete_instance(self, project_id: str, datamart_id: str, instance_id: str) -> bool:
        """Delete the instance: by the modelling endpoint, or by the other one where that fails (API.md 11.16).

        Returns False if it did not exist any more.
        """
        try:
            self._call(at.DELETE_INSTANCE, project_id, ms_instance=instance_id, datamart=datamart_id)
        except InstanceLost:
            return False
        except SessionLost:
            raise
        except LibraryError as first:
            try:
                self._call(at.DELETE_RUN_INSTANCE, project_id, datamart=datamart_id, instance=instance_id)
            except InstanceLost:
                return False
            except ServerUnavailable as second:
                raise first if second.delivery == "not sent" else second from None
        return True

    # -- the job monitor (API.md 6.1) ---------------------------------------------------------------------------

    def get_job(self, job_id: str, datamart_id: str, since: float | None = None) -> str:
        """The monitor's word for how far the job is, in lower case; GONE when it does not show that job.

        The Intelligence Server may count its jobs anew: one of another object is not ours, and one that has completed
        only if it was created ``since`` (seconds since the epoch) or later. Raises PermissionDenied without the
        privilege to look.
        """
        try:
            found = mapping(self._call(at.GET_JOB, job=job_id).json)
        except (NotFound, InstanceLost):
            return GONE
        said, of = str(found.get("status")).lower(), found.get("objectId")
        if isinstance(of, str) and of.upper() != datamart_id:
            return GONE
        begun = moment(found.get("creationTime"))
        is_proven = of is not None and begun is not None and since is not None and begun >= since - CLOCKS_DIFFER
        return GONE if said == COMPLETED and not is_proven else said

    def cancel_job(self, job_id: str) -> None:
        """Cancel the job. Raises PermissionDenied without the privilege to; an ended job counts as cancelled."""
        try:
            self._call(at.CANCEL_JOB, job=job_id)
        except (NotFound, InstanceLost):
            return

    # -- one call -----------------------------------------------------------------------------------------------

    def _call(
        self,
        endpoint: Endpoint,
        project_id: str | None = None,
        query: dict[str, Any] | None = None,
        *,
        body: Any = None,
        ms_instance: str | None = None,
        **ids: str,
    ) -> Reply:
        ends = time.monotonic() + self._seconds(endpoint)

        def seconds_left() -> float:
            return ends - time.monotonic() - LEAST_SECONDS

        def exchange() -> Reply:
            began = time.monotonic()
            try:
                return self._exchange(ends - began, endpoint, project_id, query, body, ms_instance, ids)
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
            headers["X-MSTR-ProjectID"] = _id(project_id)
        if ms_instance is not None:
            headers["X-MSTR-MS-Instance"] = _id(ms_instance)
        if self.session is not None and self.session.token:
            headers["X-MSTR-AuthToken"] = self.session.token
        self._add_secrets()
        jar = Jar(self.server, self.session.cookies if self.session else ())
        reply = call(self.server, endpoint, url, headers=headers, jar=jar, body=body, budget=seconds)
        self._secrets.add(reply.headers.get("X-MSTR-AuthToken", ""))
        if self.session is not None:
            self.session = Session(self.session.token, jar.cookies)
        self._dropped = jar.dropped
        self._add_secrets()
        reading.check(endpoint, reply, self._redact)
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
        self._secrets |= {session.token, *(cookie.value for cookie in session.cookies), *_secrets_of(self.server.proxy)}

    def _redact(self, text: str) -> str:
        return redactor(self._secrets)(text)

    @contextlib.contextmanager
    def _redacting(self) -> Iterator[None]:
        """Names that the server listed are quoted in what is raised within."""
        try:
            yield
        except NotFound as error:
            raise NotFound(self._redact(error.message), step=error.step) from None


def _judge_slowness(endpoint: Endpoint, error: ServerUnavailable, seconds: float) -> None:
    """Mark a call that took too long, and say what can be given so that it is not needed.

    Waiting does not cure a query that is too slow: the same one would start again beside the first.
    """
    if error.http_status in GATEWAY_GAVE_UP and seconds >= SLOW_SECONDS:
        error.timed_out = True
    if error.timed_out and endpoint.instead:
        error.may_pass = False
        error.explain(f"the query may still be running on the server; {endpoint.instead}")


def _page_of(pattern: str, offset: int, limit: int) -> dict[str, Any]:
    return {"offset": offset, "limit": limit} | ({"searchPattern": pattern} if pattern else {})


def _secrets_of(proxy: str | None) -> set[str]:
    """The password in a proxy's address, and user and password as the header has them."""
    user, _, password = unquote((proxy or "").rpartition("@")[0].rpartition("//")[2]).partition(":")
    return {password, b64encode(f"{user}:{password}".encode()).decode()} if password else set()


def _id(value: str) -> str:
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
    return _id(value)
