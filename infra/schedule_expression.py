"""Schedule expressions as EventBridge Scheduler has them: cron(…), rate(…) and at(…)."""

import re
from datetime import datetime

from infra.settings import BadConfiguration


def check_schedule(where: str, expression: str) -> None:
    """Raise BadConfiguration, beginning with ``where``, for an expression that EventBridge Scheduler would refuse."""
    kind, _, inner = expression.removesuffix(")").partition("(")
    if kind == "cron":
        _check_cron(where, inner.split())
    elif kind == "rate" and not re.fullmatch("[1-9][0-9]* (minute|hour|day)s?", inner):
        raise BadConfiguration(f"{where}: rate(…) has a number and a unit: rate(1 day), rate(4 hours).")
    elif kind == "at":
        try:
            datetime.strptime(inner, "%Y-%m-%dT%H:%M:%S")
        except ValueError:
            raise BadConfiguration(f"{where}: at(…) has a date and a time: at(2026-11-24T05:00:00).") from None


_CRON = {
    "minutes": "[0-5]?[0-9]",
    "hours": "[01]?[0-9]|2[0-3]",
    "day of the month": "0?[1-9]|[12][0-9]|3[01]",
    "month": "0?[1-9]|1[0-2]|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC",
    "day of the week": "[1-7]|SUN|MON|TUE|WED|THU|FRI|SAT",
    "year": "19[7-9][0-9]|2[01][0-9][0-9]",
}
"""The fields of cron(…) and a value of each, as EventBridge Scheduler has them."""

_CRON_OF_DAYS = {"day of the month": "L|LW|([1-9]|[12][0-9]|3[01])W", "day of the week": "L|[1-7]L|[1-7]#[1-5]"}
"""What else may stand for a day."""


def _check_cron(where: str, fields: list[str]) -> None:
    if len(fields) != len(_CRON):
        raise BadConfiguration(f"{where}: cron(…) has {len(_CRON)} fields ({', '.join(_CRON)}): cron(0 5 * * ? *).")
    for (name, value), field in zip(_CRON.items(), fields, strict=True):
        one = rf"(\*|({value})(-({value}))?)(/[1-9][0-9]*)?"
        days = rf"|\?|{_CRON_OF_DAYS[name]}" if name in _CRON_OF_DAYS else ""
        if not re.fullmatch(f"{one}(,{one})*{days}", field, re.IGNORECASE):
            raise BadConfiguration(f"{where}: {field} is no {name} of cron(…).")
    if (fields[2] == "?") == (fields[4] == "?"):
        raise BadConfiguration(f"{where}: one of day of the month and day of the week must be ?, and only one.")
