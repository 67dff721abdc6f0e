"""Names under which metrics are found in CloudWatch: what writes them and what alarms on them must agree."""

from functions.names import PRODUCT

NAMESPACE = "DatamartRunner"

SERVICE = PRODUCT
"""The value of the dimension ``service`` of every metric, so an alarm has to name it too."""

LOAD_MISSING = "LoadMissing"
"""1 when a job's table is late, 0 when it is there; its other dimension is ``job``."""

LOADS_MISSING = "LoadsMissing"
"""How many tables are late of those that are due at one time; the alarm looks at it, whatever the job."""

QUEUED_LONG = "QueuedLong"
"""How many runs wait in the queues that have used up most of their ``queueMinutes``, without those that are paused."""

SESSION_EXPIRED = "SessionExpired"
"""Sessions that could not be ended and were left to the server's idle timeout."""

QUEUE_LENGTH = "QueueLength"
"""How many runs wait in the queues, paused or not."""

QUEUE_OLDEST = "QueueOldestMinutes"
"""Minutes for which a run waits in a queue that has waited longest. Pauses, and runs that are paused, do not count."""

SLOTS_TAKEN = "SlotsTaken"
"""How many slots of the connections runs have: each is a session on a Library server, or about to be one."""

LOADS_DONE, LOADS_UNKNOWN = "LoadsDone", "LoadsUnknown"
"""Runs that ended with their table loaded, and runs that ended without anybody knowing whether it is."""

LONGER_THAN_USUAL = "RunLongerThanUsual"
"""Runs that still went on when earlier ones had ended, so that people were notified."""

CLEAN_UP_FAILED = "CleanUpFailed"
"""Attempts to end a session after the end of its run that failed, and are repeated."""

CHAT_FAILED = "ChatFailed"
"""Messages that the topic of the chat did not take; those about runs are sent again, that of the sweep is not."""

SWEEP_FOUND, SWEEP_LEFT = "SweepFound", "SweepLeft"
"""What an hourly sweep found, and what of it could not be removed."""

STEP_DONE, STEP_FAILED = "StepDone", "StepFailed"
"""Invocations of the steps of runs, by how they ended."""

ENDED_FROM_OUTSIDE = "RunEndedFromOutside"
"""Runs that their own states did not conclude: they were stopped, or ran into the time limit of the state machine."""

WITHOUT_JOB = (
    *(CHAT_FAILED, CLEAN_UP_FAILED, ENDED_FROM_OUTSIDE, LOADS_DONE, LOADS_MISSING, LOADS_UNKNOWN, LONGER_THAN_USUAL),
    *(QUEUE_LENGTH, QUEUE_OLDEST, QUEUED_LONG, SESSION_EXPIRED, SLOTS_TAKEN, STEP_DONE, STEP_FAILED),
    *(SWEEP_FOUND, SWEEP_LEFT),
)
"""Every metric whose only dimension is ``service``: one each a stage, however many jobs it has."""
