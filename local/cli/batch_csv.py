"""The items of a batch as CSV: what ``--csv`` prints."""

from typing import Any

from local.cli.csv_output import csv_text

HEADER = ("name", "outcome", "loaded", "seconds", "waited", "error", "cause", "execution")


def csv_of(report: dict[str, Any] | None) -> str | None:
    """A line for each item, in the order of the file; None where no item is known. ``report`` is the batch's output."""
    lines = (report or {}).get("items")
    return None if lines is None else csv_text(HEADER, map(_row, lines))


def _row(line: dict[str, Any]) -> tuple[Any, ...]:
    because = line.get("because")
    return (
        line["name"],
        line["outcome"],
        line["loaded"],
        line.get("durationSeconds"),
        line.get("waitSeconds"),
        line.get("error"),
        line.get("cause") if because is None else f"because of {because}",
        line.get("execution"),
    )
