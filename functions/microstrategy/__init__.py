"""The MicroStrategy Library's REST API, as far as running a datamart needs it. Knows nothing of AWS."""

from functions.microstrategy.call_record import CallRecord
from functions.microstrategy.client import Client
from functions.microstrategy.credentials import Credentials
from functions.microstrategy.models import (
    Cookie,
    CubeInfo,
    CubeStatus,
    Datamart,
    Definition,
    Execution,
    FoundObject,
    Project,
    Server,
    ServerEvent,
    Session,
    SessionInfo,
)

__all__ = [
    "CallRecord",
    "Client",
    "Cookie",
    "Credentials",
    "CubeInfo",
    "CubeStatus",
    "Datamart",
    "Definition",
    "Execution",
    "FoundObject",
    "Project",
    "Server",
    "ServerEvent",
    "Session",
    "SessionInfo",
]
