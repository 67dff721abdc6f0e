"""The client: one method for each call that a datamart run makes (contract sections 2 to 7).

It neither waits nor repeats; every error says whether a repetition is safe, and the state machine decides.
"""

import contextlib
import difflib
import re
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from http.cookiejar import Cookie as HttpCookie
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import quote, urlencode

import requests
from requests import cookies as requests_cookies
from requests.cookies import RequestsCookieJar

from functions.library import endpoints as at
from functions.library.endpoints import Endpoint
from functions.library.envelope import exception, read
from functions.library.errors import NOT_READY_CODES, DatamartFailed, InstanceLost, LibraryError, NotFound, SessionLost
from functions.library.models import (
    Cookie,
    Credentials,
    Datamart,
    Definition,
    Execution,
    Project,
    Server,
    Session,
    SessionInfo,
)
from functions.library.transport import Reply, call

# The stubs know no types for these three.
_cookie_header: Callable[..., str | None] = requests_cookies.get_cookie_header
_take_cookies: Callable[..., None] = requests_cookies.extract_cookies_to_jar
_make_cookie: Callable[..., HttpCookie] = requests_cookies.create_cookie

DATAMART_SUBTYPE = 772
"""Subtype of a report that is a datamart (contract 4.1)."""

_ID = re.compile(r"[0-9A-Fa-f]{32}")
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
        Seconds that a call may take in total.
    """

    def __init__(self, server: Server, session: Session | None = None, *, budget: float = 30.0) -> None:
        self.server = server
        self.session = session
        self.budget = budget

    def __repr__(self) -> str:
        return f"<Client of {self.server.base_url}>"

    # -- sessions (contract 2) ----------------------------------------------------------------------------------

    def log_in(self, credentials: Credentials) -> Session:
        """Open a session. Raises CredentialsRejected, ServerUnavailable."""
        self.session = Session("")
        reply = self._call(at.LOG_IN, body=credentials.body(), secrets=(credentials.password, credentials.api_token))
        token = reply.headers.get("X-MSTR-AuthToken", "")
        cookies = self.session.cookies
        self.session = None
        if not token:
            raise DatamartFailed(
                "the login was answered without a token; is the base URL that of a Library server?",
                step="log_in",
                http_status=reply.status,
            )
        self.session = Session(token, cookies)
        return self.session

    def log_out(self) -> None:
        """End the session; one that is gone already counts as ended (contract 2.5)."""
        with contextlib.suppress(SessionLost):
            self._call(at.LOG_OUT)
        self.session = None

    def probe(self) -> SessionInfo:
        """Is the session alive? Raises SessionLost if not."""
        found = _mapping(self._call(at.PROBE).json)
        return SessionInfo(timeout_seconds=_integer(found.get("timeout")))

    def keep_alive(self) -> None:
        """Reset the session's idle timers."""
        self._call(at.KEEP_ALIVE)

    def server_status(self) -> dict[str, Any]:
        """Versions of the Library and the Intelligence Server; needs no session."""
        return _mapping(self._call(at.SERVER_STATUS).json)

    def login_modes(self) -> list[int]:
        """The login modes that the server says are enabled (contract 2.1); needs no session."""
        listed = _mapping(self._call(at.LOGIN_MODES).json).get("modes")
        return [mode for mode in listed if isinstance(mode, int)] if isinstance(listed, list) else []

    def privileges(self) -> list[dict[str, Any]]:
        """The account's privileges as the server lists them, each with its ``name`` (contract 2.5)."""
        answer = self._call(at.PRIVILEGES).json
        return _mappings(answer if isinstance(answer, list) else _mapping(answer).get("privileges"))

    # -- names (contract 3, 4, 5.1) -----------------------------------------------------------------------------

    def find_project(self, reference: str) -> Project:
        """The project of that id or exact, case-sensitive name. Raises NotFound, naming the nearest."""
        projects = [
            Project(str(p["id"]), _text(p.get("name")), _integer(p.get("status")))
            for p in _mappings(self._call(at.FIND_PROJECT).json)
            if "id" in p
        ]
        found = [p for p in projects if reference in (p.name, p.id)]
        if len(found) == 1:
            return found[0]
        if found:
            ids = ", ".join(p.id for p in found)
            raise NotFound(f'the project name "{reference}" is not unique: {ids}', step="find_project")
        near = difflib.get_close_matches(reference, [p.name for p in projects if p.name], 3, 0.5)
        hint = f"; the nearest are {', '.join(near)}" if near else ""
        raise NotFound(f'no project "{reference}" is loaded and open to this account{hint}', step="find_project")

    def find_datamart(self, project_id: str, reference: str | dict[str, str]) -> Datamart:
        """The datamart of that id, exact name, or name and folder path.

        Raises NotFound: there is none, it is no datamart, or several fit and are listed with their paths.
        """
        if isinstance(reference, str) and _ID.fullmatch(reference):
            return self._datamart_by_id(project_id, reference)
        name = reference if isinstance(reference, str) else reference["name"]
        path = None if isinstance(reference, str) else reference["path"]
        found = [item for item in self._search(project_id, name) if item.get("subtype") == DATAMART_SUBTYPE]
        named = [item for item in found if item.get("name") == name] or [
            item for item in found if str(item.get("name")).casefold() == name.casefold()
        ]
        fitting = [item for item in named if path is None or _is_in(item, path)]
        if len(fitting) == 1:
            return Datamart(str(fitting[0]["id"]), _text(fitting[0].get("name")))
        wanted = f'"{name}"' + (f' in "{path}"' if path else "")
        if not named:
            raise NotFound(f"no datamart {wanted}", step="find_datamart")
        listed = "; ".join(f"{item.get('name')} ({item.get('id')}) in {_path(item)}" for item in named[:20])
        what = f"{len(fitting)} datamarts fit" if fitting else "no datamart is"
        raise NotFound(f"{what} {wanted}; there are: {listed}", step="find_datamart")

    def _datamart_by_id(self, project_id: str, datamart_id: str) -> Datamart:
        found = _mapping(self._call(at.GET_OBJECT, project_id, {"type": 3}, datamart=datamart_id).json)
        if found.get("subtype") != DATAMART_SUBTYPE:
            raise NotFound(f"the object {datamart_id} is a report, but no datamart", step="find_datamart")
        return Datamart(datamart_id.upper(), _text(found.get("name")))

    def _search(self, project_id: str, name: str) -> list[dict[str, Any]]:
        """All objects of exactly that name: type=772 asks for datamarts only, and not every server heeds it."""
        found: list[dict[str, Any]] = []
        while True:
            query = {
                "name": name,
                "pattern": 2,
                "type": DATAMART_SUBTYPE,
                "getAncestors": "true",
                "offset": len(found),
                "limit": _PAGE,
            }
            answer = _mapping(self._call(at.FIND_DATAMART, project_id, query).json)
            page = _mappings(answer.get("result"))
            found += page
            if len(page) < _PAGE or len(found) >= _MOST_FOUND:
                return found

    def get_definition(self, project_id: str, datamart_id: str) -> Definition:
        """What a run will write. Raises NotFound, PermissionDenied."""
        found = _mapping(self._call(at.GET_DEFINITION, project_id, datamart=datamart_id).json)
        information = _mapping(found.get("information"))
        options = _mapping(found.get("datamartOptions"))
        properties = {
            str(key).rpartition("[")[2].rstrip("]"): _mapping(value).get("value")
            for key, value in _mapping(options.get("datamartProperties")).items()
        }
        limit = _integer(properties.get("Maximum Execution Time"))
        return Definition(
            id=str(information.get("objectId") or datamart_id),
            name=_text(information.get("name")),
            append=options.get("append") is not False,
            source=_text(_mapping(options.get("targetSource")).get("name")),
            table=_text(options.get("tableName")),
            runs_extra_sql=any(properties.get(name) for name in _EXTRA_SQL),
            max_execution_seconds=limit if limit and limit > 0 else None,
        )

    # -- the job (contract 5, 6) --------------------------------------------------------------------------------

    def create_instance(self, project_id: str, datamart_id: str) -> str:
        """A new instance's id: from the header, else from the body (contract 5, note a)."""
        reply = self._call(at.CREATE_INSTANCE, project_id, datamart=datamart_id)
        body = _mapping(reply.json)
        found = reply.headers.get("X-MSTR-MS-Instance") or body.get("id") or body.get("instanceId")
        if not isinstance(found, str) or not _ID.fullmatch(found.strip()):
            raise DatamartFailed(
                "the instance was created and its id is in neither header nor body",
                step="create_instance",
                http_status=reply.status,
            )
        return found.strip().upper()

    def execute(self, project_id: str, datamart_id: str, instance_id: str) -> Execution:
        """Give the order to execute: not idempotent, a second one is a second load."""
        return _execution(self._call(at.EXECUTE, project_id, datamart=datamart_id, instance=instance_id))

    def get_execution(self, project_id: str, datamart_id: str, instance_id: str) -> Execution:
        """The job's status. An answer that says "not ready" has the status None: keep polling."""
        try:
            return _execution(self._call(at.GET_EXECUTION, project_id, datamart=datamart_id, instance=instance_id))
        except LibraryError as error:
            if error.i_server_code in NOT_READY_CODES or error.code in ("ERR008", "ERR0008"):
                return Execution(None, retry_after=error.retry_after)
            raise

    # -- prompts (contract 7) -----------------------------------------------------------------------------------

    def get_prompts(self, project_id: str, datamart_id: str, instance_id: str) -> list[dict[str, Any]]:
        """The open prompts; filtered here too, because the meaning of ``closed`` is documented in two ways."""
        reply = self._call(at.GET_PROMPTS, project_id, {"closed": "false"}, datamart=datamart_id, instance=instance_id)
        return [_prompt(prompt) for prompt in _mappings(reply.json) if prompt.get("closed") is not True]

    def get_definition_prompts(self, project_id: str, datamart_id: str) -> list[dict[str, Any]]:
        """The prompts of the definition, without an instance."""
        reply = self._call(at.GET_DEFINITION_PROMPTS, project_id, datamart=datamart_id)
        return [_prompt(prompt) for prompt in _mappings(reply.json)]

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
        query = {"offset": offset, "limit": limit} | ({"searchPattern": pattern} if pattern else {})
        reply = self._call(
            at.SEARCH_ELEMENTS, project_id, query, datamart=datamart_id, instance=instance_id, prompt=prompt_key
        )
        return _mappings(_mapping(reply.json).get("elements"))

    def answer_prompts(
        self, project_id: str, datamart_id: str, instance_id: str, answers: list[dict[str, Any]]
    ) -> None:
        """Answer prompts. Raises PromptAnswerRejected with the server's reason (contract 7.4)."""
        self._call(at.ANSWER_PROMPTS, project_id, body={"prompts": answers}, datamart=datamart_id, instance=instance_id)

    # -- saving and removing ------------------------------------------------------------------------------------

    def save(
        self, project_id: str, datamart_id: str, instance_id: str, prompt_options: dict[str, bool] | None = None
    ) -> str:
        """Save the definition in place; its object id."""
        body = {"promptOptions": prompt_options} if prompt_options else {}
        reply = self._call(at.SAVE, project_id, body=body, ms_instance=instance_id, datamart=datamart_id)
        return _object_id(reply, datamart_id)

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
        return _object_id(reply, None)

    def delete_instance(self, project_id: str, datamart_id: str, instance_id: str) -> bool:
        """Delete the instance: by the modelling endpoint, or by the other one where that fails (contract 11.16).

        Returns False if it was gone already.
        """
        try:
            self._call(at.DELETE_INSTANCE, project_id, ms_instance=instance_id, datamart=datamart_id)
        except InstanceLost:
            return False
        except SessionLost:
            raise
        except LibraryError:
            try:
                self._call(at.DELETE_RUN_INSTANCE, project_id, datamart=datamart_id, instance=instance_id)
            except InstanceLost:
                return False
        return True

    # -- the job monitor (contract 6.1) -------------------------------------------------------------------------

    def get_job(self, job_id: str) -> dict[str, Any] | None:
        """The job as the monitor shows it; None when it is not there: ended, in whatever way."""
        try:
            return _mapping(self._call(at.GET_JOB, job=job_id).json)
        except (NotFound, InstanceLost):
            return None

    def cancel_job(self, job_id: str) -> None:
        """Cancel the job. Raises PermissionDenied without the privilege to; an ended job counts as cancelled."""
        with contextlib.suppress(NotFound, InstanceLost):
            self._call(at.CANCEL_JOB, job=job_id)

    # -- one call -----------------------------------------------------------------------------------------------

    def _call(
        self,
        endpoint: Endpoint,
        project_id: str | None = None,
        query: dict[str, Any] | None = None,
        *,
        body: Any = None,
        ms_instance: str | None = None,
        secrets: tuple[str, ...] = (),
        **ids: str,
    ) -> Reply:
        url = f"{self.server.base_url}/api{endpoint.path.format(**{k: _segment(k, v) for k, v in ids.items()})}"
        if query:
            url += "?" + urlencode(query, quote_via=quote)
        headers = {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "datamart-runner"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if project_id is not None:
            headers["X-MSTR-ProjectID"] = _id(project_id)
        if ms_instance is not None:
            headers["X-MSTR-MS-Instance"] = _id(ms_instance)
        jar = _jar(self.session)
        if self.session is not None:
            if self.session.token:
                headers["X-MSTR-AuthToken"] = self.session.token
            cookie = _cookie_header(jar, requests.Request(endpoint.method, url).prepare())
            if cookie:
                headers["Cookie"] = cookie
        reply = call(self.server, endpoint, url, headers=headers, body=body, budget=self.budget)
        self._keep_cookies(jar, reply)
        problem = self._problem(endpoint, reply, secrets)
        if problem is not None:
            raise problem
        return reply

    def _keep_cookies(self, jar: RequestsCookieJar, reply: Reply) -> None:
        if self.session is None:
            return
        _take_cookies(jar, reply.raw.request, reply.raw.raw)
        self.session = Session(self.session.token, tuple(sorted(_cookies(jar), key=lambda c: (c.name, c.path))))

    def _problem(self, endpoint: Endpoint, reply: Reply, secrets: tuple[str, ...]) -> LibraryError | None:
        body = reply.json
        fine = 200 <= reply.status < 300
        if fine and (read(body) is None or "status" in _mapping(body)):
            return None
        known = [self.session.token, *(c.value for c in self.session.cookies)] if self.session else []
        hidden = [secret for secret in (*known, *secrets) if secret and len(secret) >= 4]
        error = exception(endpoint, reply.status, body, reply.text, _retry_after(reply))
        return error.without(hidden)


_EXTRA_SQL = ("Pre SQLs", "Post SQLs", "Insert SQLs", "Create Table Post String")


def _id(value: str) -> str:
    if not _ID.fullmatch(value):
        raise NotFound("an object id is 32 hexadecimal digits; this one is not")
    return value.upper()


def _segment(kind: str, value: str) -> str:
    """An id made fit for a path: only what looks like one ever enters it."""
    if kind == "job":
        return quote(value, safe="")
    if kind == "prompt":
        if not _PROMPT.fullmatch(value):
            raise NotFound("a prompt's key is 32 hexadecimal digits, @, a number, @, a number; this one is not")
        return quote(value, safe="")
    return _id(value)


def _execution(reply: Reply) -> Execution:
    body = _mapping(reply.json)
    envelope = read(body)
    return Execution(
        status=_integer(body.get("status")),
        instance_id=_text(body.get("instanceId")),
        job_id=_text(body.get("jobId")),
        retry_after=_retry_after(reply),
        message=_text(body.get("message")) or _text(body.get("errorMessage")),
        i_server_code=envelope.i_server_code if envelope else None,
        ticket_id=_text(body.get("ticketId")),
    )


def _retry_after(reply: Reply) -> float | None:
    """Seconds; a server may also give a date (RFC 9110, 10.2.3), measured against its own Date header."""
    value = reply.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        wanted = parsedate_to_datetime(value)
        return max(0.0, (wanted - parsedate_to_datetime(reply.headers["Date"])).total_seconds())
    except (ValueError, TypeError, KeyError, OverflowError):
        return None


def _object_id(reply: Reply, otherwise: str | None) -> str:
    found = _mapping(reply.json).get("objectId") or otherwise
    if not isinstance(found, str):
        raise DatamartFailed("saved, and the answer does not name the new object", step="save_as")
    return found


def _prompt(prompt: dict[str, Any]) -> dict[str, Any]:
    """A prompt under the names in use today: an old model says DIMENSION for LEVEL (contract 7.2)."""
    return prompt | {"type": "LEVEL" if prompt.get("type") == "DIMENSION" else str(prompt.get("type", "UNSUPPORTED"))}


def _is_in(item: dict[str, Any], path: str) -> bool:
    return f"{_path(item)}/".casefold().endswith(f"/{path.strip('/')}/".casefold())


def _path(item: dict[str, Any]) -> str:
    """A found object's folder path; ``level`` counts upwards from the object (contract 4.2)."""
    ancestors = sorted(_mappings(item.get("ancestors")), key=lambda a: -(_integer(a.get("level")) or 0))
    return "/" + "/".join(str(a.get("name")) for a in ancestors)


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _mappings(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _integer(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,15}", value.strip()) else None


def _jar(session: Session | None) -> RequestsCookieJar:
    jar = RequestsCookieJar()
    for cookie in session.cookies if session else ():
        made = _make_cookie(cookie.name, cookie.value, domain=cookie.domain, path=cookie.path, secure=cookie.secure)
        made.domain_specified = not cookie.host_only
        jar.set_cookie(made)
    return jar


def _cookies(jar: CookieJar) -> Iterator[Cookie]:
    for cookie in jar:
        yield Cookie(
            cookie.name, cookie.value or "", cookie.domain, cookie.path, cookie.secure, not cookie.domain_specified
        )
