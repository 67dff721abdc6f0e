"""The MicroStrategy Library's REST API, as far as running a datamart needs it. Knows nothing of AWS."""

from functions.microstrategy.call_record import CallRecord
from functions.microstrategy.client import Client
from functions.microstrategy.credentials import Credentials
from functions.microstrategy.models import (
    Cookie,
    Datamart,
    Definition,
    Execution,
    Project,
    Server,
    Session,
    SessionInfo,
)

__all__ = [
    "CallRecord",
    "Client",
    "Cookie",
    "Credentials",
    "Datamart",
    "Definition",
    "Execution",
    "Project",
    "Server",
    "Session",
    "SessionInfo",
]
