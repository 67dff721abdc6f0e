"""The durations that ``datamart plan`` is given: by name, or as the report of an earlier run of the batch has them."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

from functions.similar_names import nearest
from local.cli.dialogue import from_json
from local.errors import CannotGoOn

WHAT_TO_GIVE = 'expected is {"NAME": SECONDS, …}, or what "datamart run BATCH --json" printed'


def known_durations(file: Path | None, items: Collection[str]) -> dict[str, float]:
    """Seconds by the name of the item; those of other items are rejected unless they are from a report.

    Raises CannotGoOn.
    """
    if file is None:
        return {}
    try:
        given = from_json(file.read_bytes())
    except OSError as problem:
        raise CannotGoOn(f"--durations: {file}: cannot be read ({problem.strerror}).") from None
    except ValueError as problem:
        raise CannotGoOn(f"--durations: {file}: is not JSON ({problem}); {WHAT_TO_GIVE}.") from None
    if not isinstance(given, dict):
        raise CannotGoOn(f"--durations: {file}: is not a JSON object; {WHAT_TO_GIVE}.")
    lines = _lines_of_report(given)
    if lines is not None:
        return {name: seconds for name, seconds in lines.items() if name in items}
    for name, seconds in given.items():
        if name not in items:
            raise CannotGoOn(f'--durations: {file}: the batch has no item "{name}"{nearest(name, items)}.')
        if not _is_duration(seconds):
            raise CannotGoOn(f"--durations: {file}: {name}: is not a number of seconds; {WHAT_TO_GIVE}.")
    return {name: float(seconds) for name, seconds in given.items()}


def _lines_of_report(given: dict[str, Any]) -> dict[str, float] | None:
    """The durations of the items that were loaded; None where it is not a report."""
    output = given.get("output", given)
    lines = output.get("items") if isinstance(output, dict) else None
    if not isinstance(lines, list):
        return None
    return {
        str(line.get("name")): float(line["durationSeconds"])
        for line in lines
        if isinstance(line, dict) and line.get("loaded") == "yes" and _is_duration(line.get("durationSeconds"))
    }


def _is_duration(seconds: Any) -> bool:
    return isinstance(seconds, (int, float)) and not isinstance(seconds, bool) and seconds >= 0
