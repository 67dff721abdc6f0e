"""Every call that the client makes, in one table: path, response, retries, time and size limits.

Paths are those of API.md 2 to 7 and 12, below ``/api``.
"""

import math
from dataclasses import dataclass
from enum import Enum


class Repeat(Enum):
    """When the same call may be made again (API.md 8.5)."""

    ALWAYS = "idempotent: whatever happened to the first one"
    UNLESS_ANSWERED = "when it never left, or once after a lost response: what is left behind ends with the session"
    IF_NOT_SENT = "only when it provably never left"

    @property
    def retries(self) -> int:
        """How often a step may be retried that does not know whether its failed call was sent."""
        return {Repeat.ALWAYS: 4, Repeat.UNLESS_ANSWERED: 1, Repeat.IF_NOT_SENT: 0}[self]


class ResponseBody(Enum):
    """What the body of a 2xx must be; any other response is a proxy's or a single sign-on's."""

    ANYTHING = "ignored: the result is in a header"
    NOTHING = "usually empty; an HTML page is not accepted"
    OBJECT = "a JSON object"
    OBJECT_OR_NOTHING = "a JSON object, or empty (API.md 5, note a)"
    LIST = "a JSON array"
    OBJECT_OR_LIST = "either: not documented"


@dataclass(frozen=True)
class Endpoint:
    """One call.

    Parameters
    ----------
    step
        Its name in errors and logs.
    method, path
        The path's ``{names}`` are filled in with validated ids.
    response_body
        What a 2xx must hold.
    repeat
        Whether a failed call is safe to make again.
    retries
        How often a step is retried that raises ServerUnavailable because of this call; None means as often as
        ``repeat`` allows. More than that is only for a step that itself tells a lost response from a call that was not
        sent.
    read_timeout
        Seconds that the server may be silent; ``WHOLE_BUDGET`` for a call that may take all the time that its step has.
    max_response_bytes
        Size limit of a response, decompressed.
    instead
        What a person can give so that this call is not needed; part of the error when it takes too long. Such a call
        is a query that may still run on the server after its client has given up.
    """

    step: str
    method: str
    path: str
    response_body: ResponseBody = ResponseBody.NOTHING
    repeat: Repeat = Repeat.ALWAYS
    read_timeout: float = 30.0
    max_response_bytes: int = 4 * 1024 * 1024
    instead: str = ""
    retries: int | None = None

    @property
    def step_retries(self) -> int:
        """How often a step is retried that raises ServerUnavailable because of this call."""
        return self.repeat.retries if self.retries is None else self.retries

    @property
    def may_retry_within_call(self) -> bool:
        """Whether a transient failure is retried inside the call's budget: only reads that change nothing."""
        return self.method in ("GET", "HEAD") and self.repeat is Repeat.ALWAYS


WHOLE_BUDGET = math.inf
"""A read timeout that leaves the limit to the budget of the call."""

MAX_PROMPT_BYTES = 8 * 1024 * 1024
"""The largest prompt definitions known have a few megabytes; the function that reads them has twice the memory."""

CONNECT_TIMEOUT = 10.0
"""Seconds for the connection itself, TLS included."""

WHILE_A_JOB_RUNS = 8
"""Retries of a step whose failure would end an attempt whose job goes on."""

IN_THE_CLEAN_UP = 2
"""Retries of a step of the clean-up: what it leaves behind, the end of the run removes."""

_MODEL = "/model/datamarts/{datamart}/instances"
_RUN = "/datamarts/{datamart}/instances/{instance}"
_PROMPTS = "/reports/{datamart}/instances/{instance}/prompts"

LOG_IN = Endpoint(
    "log_in",
    "POST",
    "/auth/login",
    ResponseBody.ANYTHING,
    Repeat.UNLESS_ANSWERED,
    read_timeout=WHOLE_BUDGET,
    retries=4,  # the handler counts lost responses, and raises SessionLost after the second
)  # API.md 2.1
LOG_OUT = Endpoint("log_out", "POST", "/auth/logout", retries=IN_THE_CLEAN_UP)  # API.md 2.5
PROBE = Endpoint("probe", "GET", "/sessions", ResponseBody.OBJECT)
KEEP_ALIVE = Endpoint("keep_alive", "PUT", "/sessions")
SERVER_STATUS = Endpoint("server_status", "GET", "/status", ResponseBody.OBJECT)
LOGIN_MODES = Endpoint("login_modes", "GET", "/config/authModes", ResponseBody.OBJECT_OR_LIST)  # API.md 2.1
PRIVILEGES = Endpoint("privileges", "GET", "/sessions/privileges", ResponseBody.OBJECT_OR_LIST)  # API.md 2.5
FIND_PROJECT = Endpoint(
    "find_project",
    "GET",
    "/projects",
    ResponseBody.LIST,
    read_timeout=WHOLE_BUDGET,
    instead="give the ID of the project: an ID needs no look-up",
)  # API.md 3
FIND_DATAMART = Endpoint(
    "find_datamart",
    "GET",
    "/searches/results",
    ResponseBody.OBJECT,
    read_timeout=WHOLE_BUDGET,
    instead="give the ID of the datamart: an ID needs no search",
)  # API.md 4.2
LIST_DATAMARTS = Endpoint("find_datamart", "GET", "/searches/results", ResponseBody.OBJECT)  # API.md 4.2
GET_OBJECT = Endpoint("find_datamart", "GET", "/objects/{datamart}", ResponseBody.OBJECT)  # API.md 4.4
FIND_FOLDER = Endpoint(
    "find_folder",
    "GET",
    "/searches/results",
    ResponseBody.OBJECT,
    read_timeout=WHOLE_BUDGET,
    instead="give destinationFolderId, the ID of the folder: an ID needs no search",
)  # API.md 4.2
GET_FOLDER = Endpoint("find_folder", "GET", "/objects/{folder}", ResponseBody.OBJECT)  # API.md 4.4
FIND_OBJECTS = Endpoint(
    "find_objects",
    "GET",
    "/searches/results",
    ResponseBody.OBJECT,
    read_timeout=WHOLE_BUDGET,
    instead="give the IDs of attributes and metrics: IDs need no search",
    retries=WHILE_A_JOB_RUNS,
)  # API.md 4.2
GET_DEFINITION = Endpoint(
    "get_definition", "GET", "/model/datamarts/{datamart}", ResponseBody.OBJECT, read_timeout=WHOLE_BUDGET
)  # API.md 5, #10
CREATE_INSTANCE = Endpoint(
    "create_instance",
    "POST",
    _MODEL,
    ResponseBody.OBJECT_OR_NOTHING,
    Repeat.UNLESS_ANSWERED,
    read_timeout=WHOLE_BUDGET,
)  # API.md 5, #1
EXECUTE = Endpoint(
    "execute",
    "POST",
    f"{_RUN}/execution/jobs",
    ResponseBody.OBJECT,
    Repeat.IF_NOT_SENT,
    read_timeout=WHOLE_BUDGET,
    retries=4,  # the handler raises ServerUnavailable only if the call was not sent
)  # API.md 5, #2
GET_EXECUTION = Endpoint(
    "get_execution", "GET", f"{_RUN}/execution", ResponseBody.OBJECT, retries=WHILE_A_JOB_RUNS
)  # API.md 5, #3
GET_PROMPTS = Endpoint(
    "get_prompts",
    "GET",
    _PROMPTS,
    ResponseBody.LIST,
    read_timeout=WHOLE_BUDGET,
    max_response_bytes=MAX_PROMPT_BYTES,
    retries=WHILE_A_JOB_RUNS,
)  # API.md 7.1
GET_DEFINITION_PROMPTS = Endpoint(
    "get_definition_prompts",
    "GET",
    "/reports/{datamart}/prompts",
    ResponseBody.LIST,
    read_timeout=WHOLE_BUDGET,
    max_response_bytes=MAX_PROMPT_BYTES,
)
SEARCH_ELEMENTS = Endpoint(
    "search_elements",
    "GET",
    f"{_PROMPTS}/{{prompt}}/elements",
    ResponseBody.OBJECT,
    read_timeout=WHOLE_BUDGET,
    instead="give the IDs of the elements: IDs need no look-up",
    retries=WHILE_A_JOB_RUNS,
)
SEARCH_OBJECTS = Endpoint(
    "search_objects",
    "GET",
    f"{_PROMPTS}/{{prompt}}/objects",
    ResponseBody.OBJECT_OR_LIST,
    read_timeout=WHOLE_BUDGET,
    instead="give the IDs and types of the objects: with both they need no look-up",
    retries=WHILE_A_JOB_RUNS,
)
ANSWER_PROMPTS = Endpoint(
    "answer_prompts",
    "PUT",
    f"{_PROMPTS}/answers",
    read_timeout=WHOLE_BUDGET,
    retries=0,  # the handler counts failures: between two calls the prompts are read again
)  # API.md 7.3
SAVE = Endpoint(
    "save",
    "POST",
    f"{_MODEL}/save",
    ResponseBody.OBJECT_OR_NOTHING,
    Repeat.IF_NOT_SENT,
    read_timeout=WHOLE_BUDGET,
)  # API.md 5, #6
SAVE_AS = Endpoint(
    "save_as",
    "POST",
    f"{_MODEL}/saveAs",
    ResponseBody.OBJECT_OR_NOTHING,
    Repeat.IF_NOT_SENT,
    read_timeout=WHOLE_BUDGET,
)  # API.md 5, #7
DELETE_INSTANCE = Endpoint("delete_instance", "DELETE", _MODEL, retries=IN_THE_CLEAN_UP)  # API.md 5, #8
DELETE_RUN_INSTANCE = Endpoint("delete_instance", "DELETE", _RUN, retries=IN_THE_CLEAN_UP)  # API.md 5, #9
GET_JOB = Endpoint("get_job", "GET", "/v2/monitors/jobs/{job}", ResponseBody.OBJECT)  # API.md 6.1
CANCEL_JOB = Endpoint("cancel_job", "DELETE", "/v2/monitors/jobs/{job}")

FIND_CUBE = Endpoint(
    "find_cube",
    "GET",
    "/searches/results",
    ResponseBody.OBJECT,
    read_timeout=WHOLE_BUDGET,
    instead="give the ID of the cube: an ID needs no search",
)  # API.md 4.2
LIST_CUBES = Endpoint("find_cube", "GET", "/searches/results", ResponseBody.OBJECT)  # API.md 4.2
GET_CUBE_OBJECT = Endpoint("find_cube", "GET", "/objects/{cube}", ResponseBody.OBJECT)  # API.md 4.4
GET_EVENT = Endpoint("find_event", "GET", "/events/{event}", ResponseBody.OBJECT)  # API.md 12
LIST_EVENTS = Endpoint(
    "find_event",
    "GET",
    "/events",
    ResponseBody.OBJECT_OR_LIST,
    read_timeout=WHOLE_BUDGET,
    instead="give the ID of the event: an ID needs no list",
)  # API.md 12
TRIGGER_EVENT = Endpoint(
    "trigger_event",
    "POST",
    "/events/{event}/trigger",
    repeat=Repeat.IF_NOT_SENT,
    read_timeout=WHOLE_BUDGET,
    retries=4,  # the handler raises ServerUnavailable only if the call was not sent
)  # API.md 12
PUBLISH_CUBE = Endpoint(
    "publish_cube",
    "POST",
    "/v2/cubes/{cube}",
    ResponseBody.OBJECT_OR_NOTHING,
    read_timeout=WHOLE_BUDGET,
    retries=WHILE_A_JOB_RUNS,  # looks at a cube call it, too
)  # API.md 12: a second publication only costs time
CUBE_STATUS = Endpoint(
    "cube_status", "HEAD", "/cubes/{cube}", ResponseBody.ANYTHING, retries=WHILE_A_JOB_RUNS
)  # API.md 12
CUBE_INFO = Endpoint("cube_info", "GET", "/cubes/", ResponseBody.OBJECT, retries=WHILE_A_JOB_RUNS)  # API.md 12

BEFORE_LOGIN = (LOG_IN, SERVER_STATUS, LOGIN_MODES)
"""Calls that need no session: what they find out is whether the base URL is that of a Library at all."""
