"""Every call that the client makes, in one table: path, what it is tied to, and whether it may be repeated.

Paths are those of contract sections 2 to 7, below ``/api``.
"""

from dataclasses import dataclass
from enum import Enum


class Repeat(Enum):
    """When the same call may be made again (contract 8.5)."""

    ALWAYS = "idempotent: whatever became of the first one"
    UNLESS_ANSWERED = "when it never left, or once after a lost answer: what is left behind ends with the session"
    IF_NOT_SENT = "only when it provably never left"


@dataclass(frozen=True)
class Endpoint:
    """One call.

    Parameters
    ----------
    step
        Its name in errors and logs.
    method, path
        The path's ``{names}`` are filled in with validated ids.
    repeat
        Whether a failed call is safe to make again.
    read_timeout
        Seconds that the server may be silent.
    """

    step: str
    method: str
    path: str
    repeat: Repeat = Repeat.ALWAYS
    read_timeout: float = 30.0


CONNECT_TIMEOUT = 10.0
"""Seconds for the connection itself, TLS included."""

_MODEL = "/model/datamarts/{datamart}/instances"
_RUN = "/datamarts/{datamart}/instances/{instance}"
_PROMPTS = "/reports/{datamart}/instances/{instance}/prompts"

LOG_IN = Endpoint("log_in", "POST", "/auth/login", Repeat.UNLESS_ANSWERED)  # 2.1
LOG_OUT = Endpoint("log_out", "POST", "/auth/logout")  # 2.5
PROBE = Endpoint("probe", "GET", "/sessions")
KEEP_ALIVE = Endpoint("keep_alive", "PUT", "/sessions")
SERVER_STATUS = Endpoint("server_status", "GET", "/status")
LOGIN_MODES = Endpoint("login_modes", "GET", "/config/authModes")  # 2.1
PRIVILEGES = Endpoint("privileges", "GET", "/sessions/privileges")  # 2.5
FIND_PROJECT = Endpoint("find_project", "GET", "/projects")  # 3
FIND_DATAMART = Endpoint("find_datamart", "GET", "/searches/results")  # 4.2
GET_OBJECT = Endpoint("find_datamart", "GET", "/objects/{datamart}")  # 4.4
GET_DEFINITION = Endpoint("get_definition", "GET", "/model/datamarts/{datamart}")  # 5, #10
CREATE_INSTANCE = Endpoint("create_instance", "POST", _MODEL, Repeat.UNLESS_ANSWERED)  # 5, #1
EXECUTE = Endpoint("execute", "POST", f"{_RUN}/execution/jobs", Repeat.IF_NOT_SENT)  # 5, #2
GET_EXECUTION = Endpoint("get_execution", "GET", f"{_RUN}/execution")  # 5, #3
GET_PROMPTS = Endpoint("get_prompts", "GET", _PROMPTS)  # 7.1
GET_DEFINITION_PROMPTS = Endpoint("get_definition_prompts", "GET", "/reports/{datamart}/prompts")
SEARCH_ELEMENTS = Endpoint("search_elements", "GET", f"{_PROMPTS}/{{prompt}}/elements")
ANSWER_PROMPTS = Endpoint("answer_prompts", "PUT", f"{_PROMPTS}/answers")  # 7.3
SAVE = Endpoint("save", "POST", f"{_MODEL}/save", Repeat.IF_NOT_SENT)  # 5, #6
SAVE_AS = Endpoint("save_as", "POST", f"{_MODEL}/saveAs", Repeat.IF_NOT_SENT)  # 5, #7
DELETE_INSTANCE = Endpoint("delete_instance", "DELETE", _MODEL)  # 5, #8
DELETE_RUN_INSTANCE = Endpoint("delete_instance", "DELETE", _RUN)  # 5, #9
GET_JOB = Endpoint("get_job", "GET", "/v2/monitors/jobs/{job}")  # 6.1
CANCEL_JOB = Endpoint("cancel_job", "DELETE", "/v2/monitors/jobs/{job}")
