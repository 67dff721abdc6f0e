"""Prints records of the history: two lines each on a terminal, one line of fields between tabs elsewhere."""

from collections.abc import Sequence
from datetime import datetime

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from functions import clock
from functions.runs.history import HistoryRecord
from functions.text import ELLIPSIS, duration, one_line
from local.history.history import SKIPPED, status_of
from local.history.words import AS_USUAL, against_usual, name_of, seconds_of, who

NARROWEST = 60
"""Columns of a terminal that the table fits into."""

GAP = 2

STYLES = {"succeeded": "green", "running": "cyan", SKIPPED: "yellow"}
"""By the word of the status; every other one is red."""


def fields_of(record: HistoryRecord) -> tuple[str, ...]:
    """The record for other programs.

    In this order: id, status, loaded, name, datamart, start, seconds, usual seconds, who, error, reason, and the ID of
    what it repeats. The seconds are those of the load alone, or of the whole where nothing was loaded.
    """
    fields = (
        *(record.id, status_of(record), record.loaded, name_of(record), record.datamart, record.started_at),
        *(_number(record.job_seconds or record.duration_seconds), _number(record.usual_seconds)),
        *(who(record), record.error, record.reason, _repeated(record)),
    )
    return tuple(field or "" for field in fields)


def show(console: Console, records: Sequence[HistoryRecord]) -> None:
    """Two lines for each record, and one more where it failed: as wide as the terminal, if that has 60 columns.

    Only an ID is never cut: it has a line of its own where the terminal is too narrow for what follows it.
    """
    rows = [_row(record) for record in records]
    columns = [header for header, widest in _COLUMNS.items() if console.width >= widest]
    widths = {header: max([cell_len(header), *(cell_len(row[header]) for row in rows)]) for header in columns}
    taken = sum(widths[header] for header in columns if header != NAME) + GAP * (len(columns) - 1)
    widths[NAME] = max(8, min(widths[NAME], max(console.width, NARROWEST) - taken))
    room = console.width - GAP
    if not records:
        return
    console.print(Text(_joined({header: header for header in columns}, widths), "bold"))
    for record, row in zip(records, rows, strict=True):
        console.print(Text(_joined({header: row[header] for header in columns}, widths), _style(record)))
        about = _about(record, "" if USUAL_COLUMN in columns else row[USUAL_COLUMN])
        whole = f"{record.id}  {about}"
        for line in (whole,) if cell_len(whole) <= room else (record.id, _cut(about, room)):
            console.print(Text(f"  {line}", "dim"), soft_wrap=True)
        if record.error or record.cause:
            said = ": ".join(one_line(part) for part in (record.error, record.cause) if part)
            console.print(Text(f"  {_cut(one_line(said), room)}", "red"), soft_wrap=True)


NAME, USUAL_COLUMN = "what", "usual"

_COLUMNS = {
    NAME: 0,
    "status": 0,
    "loaded": 0,
    "started": 0,
    "took": 0,
    USUAL_COLUMN: 80,
}
"""Headers, and the width of the terminal from which on each is shown; on a narrower one its line of details has it."""


def _row(record: HistoryRecord) -> dict[str, str]:
    return {
        NAME: one_line(_named(record)),
        "status": status_of(record),
        "loaded": "" if record.status == "RUNNING" else record.loaded,
        "started": _local(record.started_at),
        "took": "" if (seconds := seconds_of(record)) is None else duration(seconds),
        USUAL_COLUMN: against_usual(record),
    }


def _joined(cells: dict[str, str], widths: dict[str, int]) -> str:
    return (" " * GAP).join(_fitted(cell, widths[header]) for header, cell in cells.items()).rstrip()


def _fitted(cell: str, width: int) -> str:
    return set_cell_size(_cut(cell, width), width)


def _cut(text: str, width: int) -> str:
    """At most so many columns of it: a character may take two."""
    return text if cell_len(text) <= width else set_cell_size(text, width - 1) + ELLIPSIS


def _style(record: HistoryRecord) -> str:
    return STYLES.get(status_of(record), "red")


def _named(record: HistoryRecord) -> str:
    """With the datamart where the name does not say it, and how much of a batch is loaded."""
    if record.counts is not None:
        return f"{name_of(record)}: {record.counts.get('loaded', 0)} of {record.counts.get('items', 0)} loaded"
    name = name_of(record)
    return name if record.datamart in (None, name) else f"{name} ({record.datamart})"


def _about(record: HistoryRecord, usual: str) -> str:
    """Who started it, what it repeats and why; before that how it compares with ``usual``, unless that is empty."""
    compared = usual and f"{usual if usual == AS_USUAL else f'against usual: {usual}'}, "
    reason = f' "{one_line(record.reason)}"' if record.reason else ""
    repeats = f", again {repeated}" if (repeated := _repeated(record)) else ""
    return f"{compared}by {who(record)}{repeats}{reason}"


def _repeated(record: HistoryRecord) -> str | None:
    return record.rerun_of or record.restart_of


def _local(timestamp: str) -> str:
    """In the time zone of this computer, to the minute; with the year where that is not the present one."""
    at = datetime.fromisoformat(timestamp).astimezone()
    is_present = at.year == datetime.fromtimestamp(clock.now()).year
    return at.strftime("%m-%d %H:%M" if is_present else "%Y-%m-%d %H:%M")


def _number(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:g}"
