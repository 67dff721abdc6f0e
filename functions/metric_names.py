"""Names under which metrics are found in CloudWatch: what writes them and what alarms on them must agree."""

NAMESPACE = "DatamartRunner"

SERVICE = "datamart-runner"
"""The value of the dimension ``service`` of every metric, so an alarm has to name it too."""

LOAD_MISSING = "LoadMissing"
"""1 when a job's table is late, 0 when it is there; its other dimension is ``job``."""
