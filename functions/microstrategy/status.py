"""The execution's status numbers, as data (API.md 6: EnumDSSXMLStatus)."""

from typing import Literal

Phase = Literal["succeeded", "prompts", "failed", "running", "queued", "unknown"]

STATUSES: dict[int, tuple[str, Phase]] = {
    0: ("MsgID", "running"),
    1: ("Result", "succeeded"),
    2: ("PromptXML", "prompts"),
    3: ("ErrMsgXML", "failed"),
    4: ("JobRunning", "running"),
    5: ("InSQLEngine", "running"),
    6: ("InQueryEngine", "running"),
    7: ("InAnalyticalEngine", "running"),
    8: ("InResolution", "running"),
    9: ("WaitingForCache", "running"),
    10: ("UpdatingCache", "running"),
    13: ("Waiting", "queued"),
    14: ("WaitingOnGovernor", "queued"),
    15: ("WaitingForProject", "queued"),
    16: ("WaitingForChildren", "running"),
    17: ("PreparingOutput", "running"),
    18: ("RequestExecutionError", "failed"),
    19: ("ConstructResult", "running"),
    20: ("HTMLResult", "succeeded"),
    21: ("XMLResult", "succeeded"),
    22: ("RunningOnOtherNode", "running"),
    23: ("LoadingPrompt", "running"),
    24: ("InExportEngine", "running"),
    26: ("NeedToGetResults", "running"),
}


COMPLETED = "completed"
"""The job monitor's word for a job that has done its work."""

GONE = "gone"
"""Our own value for a job that the monitor does not list: it has ended, and how is not known (API.md 6.1)."""

ENDED = frozenset({GONE, COMPLETED, "error", "stopped"})
"""Statuses of jobs that have ended, in the monitor. Most of them disappear before they can be seen."""


def classify(status: int | None) -> Phase:
    """What the client does about ``status``; numbers in no documentation are ``unknown``: keep polling."""
    return STATUSES[status][1] if status in STATUSES else "unknown"


def name_of(status: int | None) -> str:
    """The vendor's name of ``status``, or ``not documented``."""
    return STATUSES[status][0] if status in STATUSES else "not documented"
