"""Checks names of time zones: EventBridge Scheduler and the functions both take those of the IANA database."""

import re
from datetime import datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from functions.similar_names import nearest
from functions.text import quoted
from infra.settings.settings import BadConfiguration

_NO_PLACES = frozenset({"Factory", "localtime", "posixrules"})
"""Files of a zone database that are not zones; what "localtime" is depends on the machine."""

_FAMILIAR = (
    "Europe/Paris",
    "Europe/London",
    "Europe/Athens",
    "Europe/Lisbon",
    "Europe/Moscow",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Anchorage",
    "America/Halifax",
    "Pacific/Honolulu",
    "Asia/Kolkata",
    "Asia/Tokyo",
    "Asia/Hong_Kong",
    "Asia/Jakarta",
    "Australia/Sydney",
    "Australia/Adelaide",
    "Australia/Perth",
    "Pacific/Auckland",
)
"""Zones to suggest for an abbreviation, which may stand for several: the first one whose clocks use it."""


@cache
def zone_names() -> frozenset[str]:
    """All zones of the bundled IANA database: the same on every machine, unlike the system's own."""
    return frozenset(files("tzdata").joinpath("zones").read_text("utf-8").split()) - _NO_PLACES


def check_zone(where: str, name: str) -> None:
    """Raise BadConfiguration, beginning with ``where``, for a name that is not a time zone."""
    if name in zone_names():
        return
    raise BadConfiguration(f"{where}: unknown time zone {quoted(name)}{_hint(name)}. Use a name such as Europe/Paris.")


def _hint(name: str) -> str:
    if re.fullmatch(r"(UTC|GMT)?[+-]?[0-9:]+", name.strip(), re.IGNORECASE):
        # The nearest name would be Etc/GMT+2, which is two hours behind UTC, not ahead.
        return ": an offset is not a time zone"
    if re.fullmatch("[A-Z]{2,5}", name):
        place = next((zone for zone in _FAMILIAR if name in _abbreviations(zone)), None)
        return f" (did you mean {place}?)" if place else ": an abbreviation is not a time zone"
    if name in _NO_PLACES:
        return ": it depends on the machine"
    same = next((zone for zone in zone_names() if zone.lower() == name.strip().lower()), None)
    return f" (did you mean {same}?)" if same else nearest(name, sorted(zone for zone in zone_names() if "/" in zone))


@cache
def _abbreviations(zone: str) -> set[str | None]:
    return {datetime(2026, month, 1, tzinfo=ZoneInfo(zone)).tzname() for month in (1, 7)}


def zone_warning(name: str) -> str | None:
    """A warning about a valid zone, or None."""
    if name in ("EST", "MST"):
        place = next(zone for zone in _FAMILIAR if name in _abbreviations(zone))
        return f"{name} has no daylight saving time. Where the clocks change, name the place: {place}."
    if found := re.fullmatch(r"Etc/GMT([+-])([1-9][0-9]?)", name):
        sign = "behind" if found[1] == "+" else "ahead of"
        return f"{name} is {found[2]} hours {sign} UTC: the sign in these names is reversed. Name the place instead."
    return None
