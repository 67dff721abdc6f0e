"""Puts triggers into words: "every day at 05:00", "uploads to landing/*.csv", "messages of loads with region = DE"."""

import json
from typing import Any

from cron_descriptor import ExpressionDescriptor, FormatError, Options

from infra.jobs.filter_policy import ATTRIBUTES, OR
from infra.jobs.named_job import NamedJob
from infra.jobs.schedule_check import in_words
from infra.jobs.schedule_expression import At, Rate, parse_schedule

Trigger = dict[str, Any]


def trigger_words(trigger: Trigger, job: NamedJob) -> str:
    """What starts a job, in words; the texts in it are as the job's file has them."""
    if "schedule" in trigger:
        return _schedule(trigger)
    if "s3" in trigger:
        return _uploads(trigger["s3"])
    sns = trigger["sns"]
    topic = sns["topicArn"].rpartition(":")[2] if "topicArn" in sns else "its own topic"
    if "objects" in sns:
        return f"{_uploads(sns['objects'])}, reported by messages of {topic}"
    if "filter" not in sns:
        return f"every message of {topic}"
    body = "" if sns.get("filterScope", ATTRIBUTES) == ATTRIBUTES else "a body in which "
    return f"messages of {topic} with {body}{_policy(sns['filter'], '')}"


def _schedule(trigger: Trigger) -> str:
    schedule = parse_schedule("schedule", trigger["schedule"])
    if isinstance(schedule, At):
        text = f"once, on {schedule.local:%Y-%m-%d at %H:%M}"
    elif isinstance(schedule, Rate):
        text = f"every {in_words(schedule.interval).removeprefix('1 ')}"
    else:
        text = cron_words(schedule.text)
    minutes = trigger.get("flexibleMinutes")
    return f"{text}, or up to {minutes} minutes later" if minutes else text


def cron_words(text: str) -> str:
    """A valid cron(…) in words; unchanged where no words are known for it."""
    minutes, hours, month_day, month, weekday, year = text.removeprefix("cron(").removesuffix(")").split()
    options = Options()
    options.use_24hour_time_format = True
    options.verbose = True
    options.day_of_week_start_index_zero = False
    # The library reads Quartz's dialect: seconds first, and no L alone for Saturday.
    weekday = "7" if weekday == "L" else weekday
    quartz = f"0 {minutes} {hours} {month_day} {month} {weekday} {year}"
    try:
        described: str = ExpressionDescriptor(quartz, options).get_description()
    except FormatError:
        return text
    words = described[0].lower() + described[1:]
    return f"every day {words.removesuffix(', every day')}" if words.endswith(", every day") else words


def _uploads(declared: Trigger) -> str:
    keys = f"{declared.get('prefix', '')}*{declared.get('suffix', '')}"
    least = f" of at least {declared['minBytes']} bytes" if "minBytes" in declared else ""
    if "bucket" in declared:
        return f"uploads to {declared['bucket']}/{keys}{least}"
    return f"uploads of {keys} to the own bucket{least}"


# -- filters ----------------------------------------------------------------------------------------------------------


def _policy(policy: Trigger, path: str) -> str:
    parts = []
    for key, rules in policy.items():
        if key == OR:
            parts.append(f"({' or '.join(_policy(one, path) for one in rules)})")
        elif isinstance(rules, dict):
            parts.append(_policy(rules, f"{path}{key}."))
        else:
            parts.append(" or ".join(f"{path}{key} {_rule(rule)}" for rule in rules))
    return " and ".join(parts)


_PHRASES = {
    "prefix": "begins with {}",
    "suffix": "ends with {}",
    "equals-ignore-case": "= {} in any case",
    "cidr": "in {}",
}


def _rule(rule: Any) -> str:
    if not isinstance(rule, dict):
        return f"= {_value(rule)}"
    (operator, operand), *_ = rule.items()
    if operator == "exists":
        return "exists" if operand else "is missing"
    if operator == "anything-but":
        if isinstance(operand, dict):
            return f"begins with anything but {_value(operand['prefix'])}"
        values = operand if isinstance(operand, list) else [operand]
        return f"is not one of {', '.join(map(_value, values))}"
    if operator == "numeric":
        return " and ".join(f"{name} {bound}" for name, bound in zip(operand[::2], operand[1::2], strict=True))
    return _PHRASES[operator].format(_value(operand))


def _value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
