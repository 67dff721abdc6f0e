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

SWEEP_FOUND, SWEEP_LEFT = "SweepFound", "SweepLeft"
"""What an hourly sweep found, and what of it could not be removed."""
