"""Schedules in a job's file: their check, and "every day at 05:00"."""

from functions.requests.placeholders import Placeholder
from infra.jobs.cron_words import cron_words
from infra.jobs.schedule_check import check_schedule, in_words
from infra.jobs.schedule_expression import At, Rate, parse_schedule
from infra.jobs.triggered import Triggered
from infra.jobs.triggers import Trigger

_EXPRESSION = "^(cron|rate|at)[(].+[)]$"

PROPERTIES = {
    "schedule": {
        "description": "Schedule of EventBridge Scheduler: `cron(…)`, `rate(…)` or `at(…)`.",
        "type": "string",
        "pattern": _EXPRESSION,
        "maxLength": 256,
    },
    "timeZone": {"description": "Time zone of this schedule, where it differs from the job's.", "type": "string"},
    "flexibleMinutes": {
        "description": "Minutes within which the schedule may start the run, to spread the load.",
        "type": "integer",
        "minimum": 1,
        "maximum": 1440,
    },
}
PATTERNS = {_EXPRESSION: "a schedule expression: cron(…), rate(…) or at(…)"}
CAN_BRING_REQUEST = False


def check(where: str, trigger: Trigger, job: Triggered) -> None:
    """Reject a schedule that AWS would refuse or that never fires: BadConfiguration, beginning with ``where``."""
    check_schedule(where, trigger, job.time_zone)


def words(trigger: Trigger) -> str:
    """The schedule in words, such as ``every day at 05:00``."""
    schedule = parse_schedule("schedule", trigger["schedule"])
    if isinstance(schedule, At):
        text = f"once, on {schedule.local:%Y-%m-%d at %H:%M}"
    elif isinstance(schedule, Rate):
        text = f"every {in_words(schedule.interval).removeprefix('1 ')}"
    else:
        text = cron_words(schedule.text)
    minutes = trigger.get("flexibleMinutes")
    return f"{text}, or up to {minutes} minutes later" if minutes else text


def deployed(trigger: Trigger, resource_name: str) -> Trigger:
    """The schedule by its name."""
    return {"schedule": resource_name}


def brings(trigger: Trigger, placeholder: Placeholder) -> bool:
    """A schedule brings its time alone."""
    return False
