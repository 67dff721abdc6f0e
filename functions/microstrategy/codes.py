"""The iServerCodes: which error each one is, and what it says about the SQL of a job (API.md 8.4)."""

from enum import Enum

from functions.errors import (
    CredentialsRejected,
    DatamartFailed,
    InstanceLost,
    JobCancelled,
    LibraryError,
    NotFound,
    PermissionDenied,
    ServerBusy,
    ServerUnavailable,
    SessionLost,
)

PROJECT_UNKNOWN = -2147209151
NO_DATAMART = -2147205451
REQUEST_TIMEOUT = -2147206497


class Sql(Enum):
    """What a code says about the SQL of the job."""

    NONE = "no SQL ran: the datamart itself cannot run"
    PERHAPS = "the job existed, and some SQL may have run"


_CODES: tuple[tuple[type[LibraryError], Sql | None, tuple[int, ...]], ...] = (
    (CredentialsRejected, None, (-2147216959,)),  # login failed
    (CredentialsRejected, None, (-2147216963, -2147216960)),  # password expired, new password required
    (CredentialsRejected, None, (-2147216965, -2147202287)),  # account disabled, locked
    (CredentialsRejected, None, (-2147205409,)),  # the login mode is not enabled
    (PermissionDenied, None, (-2147213784, -2147216961)),  # a privilege, that to log in
    (PermissionDenied, None, (-2147214568, -2147214570, -2147214578)),  # access to the object or project
    (PermissionDenied, None, (-2147204469, -2147204467, -2147270981)),  # licence
    (NotFound, None, (-2147216373, -2147216374, PROJECT_UNKNOWN)),
    (InstanceLost, None, (-2147468986, -2147270772)),
    (SessionLost, None, (-2147206924, -2147025402, -2147468901, -2147214682)),
    (ServerUnavailable, None, (-2147206923, -2147207419, -2147207418)),  # not found, cannot connect, unknown host
    (ServerUnavailable, None, (-2147206922, -2147206814, REQUEST_TIMEOUT)),  # the server is busy
    (ServerBusy, None, (-2147209183, -2147209177, -2147209192, -2147209211)),  # project not loaded, offline, idle
    (ServerBusy, None, (-2147072486, -2147209056, -2147209052, -2147209166)),  # limits of sessions and users
    (ServerBusy, None, (-2147209053, -2147209054, -2147209055, -2147209164)),  # limits of jobs
    (ServerBusy, None, (-2147207866, -2147202902, -2147202904, -2147202906)),
    (JobCancelled, Sql.PERHAPS, (-2147209196, -2147025396, -2147441634)),
    (DatamartFailed, Sql.PERHAPS, (-2147209075, -2147207491)),  # the job exceeded its time limit
    (DatamartFailed, Sql.PERHAPS, (-2147212544,)),  # the query engine
    (DatamartFailed, Sql.NONE, (-2147205459,)),  # a prompt without an answer
    (DatamartFailed, Sql.NONE, (-2147217124, -2147217125)),  # the object is not saved
    (DatamartFailed, Sql.NONE, (NO_DATAMART, -2147205450, -2147205449)),  # invalid, none defined, no table name
    (DatamartFailed, None, (-2147205458, -2147205457, -2147205456, -2147205467, -2147205460, -2147205443)),
    (DatamartFailed, None, (-2147072488,)),  # a cube is not published
)


def _those_with(sql: Sql) -> frozenset[int]:
    return frozenset(code for _, about_sql, codes in _CODES if about_sql is sql for code in codes)


I_SERVER_CODES: dict[int, type[LibraryError]] = {code: error for error, _, codes in _CODES for code in codes}
"""The error of each code (API.md 2.2, 3, 8.4)."""

BEFORE_SQL = _those_with(Sql.NONE)
ENDED_IN_SQL = _those_with(Sql.PERHAPS)
CANCELLED_CODES = frozenset(code for code, error in I_SERVER_CODES.items() if error is JobCancelled)

MEANINGS = {PROJECT_UNKNOWN: ("not loaded", "the project does not exist or is not loaded")}
"""What a code means, added to the server's message unless that has the words given first."""

NOT_READY_CODES = frozenset({-2147468903})
NOT_READY_ERR = 8
"""Not an error: the result is not there yet (API.md 8.3)."""
