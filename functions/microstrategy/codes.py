"""The iServerCodes: which error each one is, and what it says about the SQL of a job (API.md 8.4)."""

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

MEANINGS = {PROJECT_UNKNOWN: ("not loaded", "the project does not exist or is not loaded")}
"""What a code means, added to the server's message unless that has the words given first."""

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
"""The error of each code (API.md 2.2, 3, 8.4)."""

NOT_READY_CODES = frozenset({-2147468903})
NOT_READY_ERR = 8
"""Not an error: the result is not there yet (API.md 8.3)."""

BEFORE_SQL = frozenset({-2147205459, -2147217124, -2147217125, NO_DATAMART, -2147205450, -2147205449})
"""The datamart itself cannot run: a prompt without an answer, not saved, none defined, no table name."""

ENDED_IN_SQL = CANCELLED_CODES | {-2147212544, -2147209075, -2147207491}
"""Cancelled, an error of the query engine, the time limit: the job existed, and some SQL may have run."""
