"""A MicroStrategy server behind the client's methods, with the jobs that execution requests become.

It knows callers by their sessions' tokens, as the real one does. How it treats an execution request is the fate of the
invocation that sends it: ``accepted``; ``refused``; ``not sent``; ``answer lost``; ``late``, the answer is lost, and
the job begins some minutes later. With ``logout fails`` it does not end sessions. Events and cubes have the same fates.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from functions.errors import PermissionDenied, ServerBusy, ServerUnavailable, SessionLost
from functions.microstrategy import Client, Session
from functions.microstrategy.models import (
    CubeInfo,
    CubeStatus,
    Definition,
    Execution,
    FoundObject,
    ServerEvent,
)
from functions.microstrategy.status import GONE
from tests.support.invocations import Killed, at_work, pause

BASE_URL = "https://library.example/MicroStrategyLibrary"

NOTHING_YET, SUCCEEDED, FAILED, RUNNING = 0, 1, 3, 5
"""Statuses (API.md 6)."""

TOO_MANY_JOBS = {"code": "ERR001", "i_server_code": -2147209054}


@dataclass
class Request:
    """An execution request, from its intent on, and the job that it becomes. It is live until it is ``over``."""

    run: str
    attempt: int
    datamart: str
    job_id: str
    at: float
    on_its_way: bool = True
    over: bool = False
    loaded: bool = False
    never_sent: bool = False

    def end(self) -> None:
        """The job ends well."""
        self.over = self.loaded = True

    @property
    def status(self) -> int:
        """What the server says of the job."""
        if self.on_its_way or self.never_sent:
            return NOTHING_YET
        return SUCCEEDED if self.loaded else FAILED if self.over else RUNNING


class ScriptedServer:
    """Sessions and jobs; ``flaws`` has a sentence for each rule that a client broke.

    ``not_ended`` are the tokens of sessions that a client tried to end in vain.
    """

    def __init__(self, limit: int, longest: int | None, monitor: bool, now: Callable[[], float]) -> None:
        self.limit, self.longest, self.monitor, self.now = limit, longest, monitor, now
        self.sessions: set[str] = set()
        self.not_ended: set[str] = set()
        self.lost: set[str] = set()
        self.requests: list[Request] = []
        self.asked: list[str] = []
        self.flaws: list[str] = []
        self.loaded_before: set[str] = set()
        self.triggered: list[tuple[str, str]] = []
        self.published: list[tuple[str, str]] = []

    def behind(self, patch: Any) -> None:
        """Answer every call of the client."""
        for name in (
            *("log_in", "log_out", "get_definition", "create_instance", "delete_instance"),
            *("execute", "get_execution", "get_job", "cancel_job"),
            *("find_event", "trigger_event", "find_cube", "publish_cube", "cube_status", "cube_info"),
        ):
            patch.setattr(Client, name, _answering(getattr(self, f"_{name}")))

    def live(self) -> list[Request]:
        """Requests whose job may still write the table."""
        return [request for request in self.requests if not request.over]

    def request_of(self, run: str, attempt: int) -> Request:
        """The newest of an attempt."""
        return [one for one in self.requests if (one.run, one.attempt) == (run, attempt)][-1]

    def intend(self, run: str, attempt: int, datamart: str) -> None:
        """An attempt has written that it is about to execute: from here on a job may begin."""
        for other in self.requests:
            if (other.run, other.attempt) == (run, attempt) and not other.never_sent:
                self.flaws.append(f"{run}#{attempt} executes twice")
            if not other.over and other.datamart == datamart:
                self.flaws.append(f"{run}#{attempt} executes while the job of {other.run}#{other.attempt} is live")
        self.requests.append(Request(run, attempt, datamart, f"job-{len(self.requests)}", self.now()))

    def runs_with_sessions(self) -> set[str]:
        """Runs that have a session open."""
        return {run_of(token) for token in self.sessions}

    # -- the calls ----------------------------------------------------------------------------------------------

    def _log_in(self, client: Client, credentials: Any) -> Session:
        invocation = at_work()
        assert invocation is not None
        token = token_of(invocation.run, invocation.attempt)
        if token in self.sessions:
            self.flaws.append(f"{token} has logged in twice")
        self.sessions.add(token)
        if len(self.runs_with_sessions()) > self.limit:
            self.flaws.append(f"{len(self.sessions)} sessions are open, and the connection has {self.limit} slots")
        client.session = Session(token)
        return client.session

    def _log_out(self, client: Client) -> None:
        if self._fate() == "logout fails":
            self.not_ended.add(self._token(client))
            raise ServerUnavailable("the session was not ended")
        self.sessions.discard(self._token(client))
        client.session = None

    def _get_definition(self, client: Client, project_id: str, datamart_id: str) -> Definition:
        return Definition(datamart_id, "City", False, "Source", "TABLE", False, self.longest)

    def _create_instance(self, client: Client, project_id: str, datamart_id: str) -> str:
        return "1" * 32

    def _delete_instance(self, client: Client, project_id: str, datamart_id: str, instance_id: str) -> bool:
        return True

    def _execute(self, client: Client, project_id: str, datamart_id: str, instance_id: str) -> Execution:
        request, fate = self._request(client), self._fate()
        if fate == "not sent":
            request.over = request.never_sent = True
            raise ServerUnavailable("no connection", delivery="not sent")
        if fate == "refused":
            request.over, request.on_its_way = True, False
            raise ServerBusy("too many jobs", **TOO_MANY_JOBS)
        request.on_its_way, request.at = fate == "late", self.now()
        pause()  # the response is on its way
        if fate in ("answer lost", "late"):
            raise ServerUnavailable("the response was lost", delivery="unknown")
        return Execution(RUNNING, job_id=request.job_id)

    def _get_execution(self, client: Client, project_id: str, datamart_id: str, instance_id: str) -> Execution:
        if self._token(client) in self.lost:
            raise SessionLost("the session was ended")
        return Execution(self._request(client).status)

    def _get_job(self, client: Client, job_id: str, datamart_id: str, since: float | None = None) -> str:
        self.asked.append(job_id)
        if not self.monitor:
            raise PermissionDenied("the monitor may not be read")
        if job_id.startswith("publication-"):
            return GONE
        return "executing" if any(one.job_id == job_id and not one.over for one in self.requests) else GONE

    def _cancel_job(self, client: Client, job_id: str) -> None:
        for request in self.requests:
            if request.job_id == job_id:
                request.over = True

    # -- what follows a load ------------------------------------------------------------------------------------

    def _find_event(self, client: Client, reference: str) -> ServerEvent:
        return ServerEvent(reference, f"Event {reference[:1]}")

    def _find_cube(self, client: Client, project_id: str, reference: str) -> FoundObject:
        return FoundObject(reference, f"Cube {reference[:1]}", "/Public Objects")

    def _trigger_event(self, client: Client, event_id: str) -> None:
        self._received(client, event_id, self.triggered)
        run = run_of(self._token(client))
        if self.triggered.count((run, event_id)) > 1:
            self.flaws.append(f"{run} has triggered {event_id} twice")
        self._response()

    def _publish_cube(self, client: Client, project_id: str, cube_id: str) -> str | None:
        self._received(client, cube_id, self.published)
        self._response()
        return f"publication-{len(self.published)}"

    def _received(self, client: Client, object_id: str, done: list[tuple[str, str]]) -> None:
        """A call for a follow-up arrives, or does not."""
        fate, token = self._fate(), self._token(client)
        if fate == "not sent":
            raise ServerUnavailable("no connection", delivery="not sent")
        if token in self.lost or token not in self.sessions:
            raise SessionLost("the session was ended", code="ERR009")
        if fate == "refused":
            raise PermissionDenied("no privilege", code="ERR014")
        run = run_of(token)
        if not any(one.loaded for one in self.requests if one.run == run) and run not in self.loaded_before:
            self.flaws.append(f"{object_id} follows {run}, which has not loaded")
        done.append((run, object_id))

    def _response(self) -> None:
        pause()  # the response is on its way
        if self._fate() in ("answer lost", "late"):
            raise ServerUnavailable("the response was lost", delivery="unknown")

    def _cube_status(self, client: Client, project_id: str, cube_id: str) -> CubeStatus:
        if self._token(client) in self.lost:
            raise SessionLost("the session was ended", code="ERR009")
        return CubeStatus.READY | CubeStatus.LOADED

    def _cube_info(self, client: Client, project_id: str, cube_id: str) -> CubeInfo:
        return CubeInfo("Cube", str(sum(1 for _, cube in self.published if cube == cube_id)))

    def _request(self, client: Client) -> Request:
        token = self._token(client)
        return self.request_of(run_of(token), int(token.rpartition("#")[2]))

    @staticmethod
    def _token(client: Client) -> str:
        assert client.session is not None
        return client.session.token

    @staticmethod
    def _fate() -> str:
        invocation = at_work()
        return invocation.fate if invocation else ""


def token_of(run: str, attempt: int) -> str:
    """The token of an attempt's session."""
    return f"{run}#{attempt}"


def run_of(token: str) -> str:
    """The run whose session has that token."""
    return token.rpartition("#")[0]


def _answering(call: Callable[..., Any]) -> Callable[..., Any]:
    """A method of the client: the call is an operation of its own."""

    def method(client: Client, *arguments: Any) -> Any:
        pause()
        return partial(call, client)(*arguments)

    return method


__all__ = ["BASE_URL", "Killed", "Request", "ScriptedServer", "run_of", "token_of"]
