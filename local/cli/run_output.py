"""Prints the end of a run for people: how it ended, and the first rows of its table."""

from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from functions.names import is_batch
from functions.text import duration
from local.outcome import Outcome
from local.report.words import HOW

ROWS = 10

WIDEST_NAME = 30
"""Columns that the name of a batch's item may take."""


def show_outcome(console: Console, outcome: Outcome, name: str = "") -> None:
    """How the run ended, in plain words; its ``name`` in front of each line, if there are several."""
    console.print()
    for line in _lines_about(outcome):
        console.print(*([Text(f"{name}:", style="bold")] if name else []), *line)


def _lines_about(outcome: Outcome) -> Iterator[tuple[Any, ...]]:
    if outcome.execution_arn and is_batch(outcome.execution_arn):
        yield from _lines_about_batch(outcome)
        return
    if outcome.status == "SUCCEEDED" and outcome.output is None:
        yield ("The event starts nothing.",)
    elif outcome.status == "SUCCEEDED" and outcome.output.get("skipped"):
        yield Text("SUCCEEDED", style="bold green"), "loaded: no"
        yield ("Skipped, because another run had the datamart.",)
    elif outcome.status == "SUCCEEDED":
        output = outcome.output
        target = output["target"] or {}
        where = target.get("table") or "its table (the definition may not be read)"
        how = "appended to" if target.get("append") else "replaced"
        name = (output["datamart"] or {}).get("name") or (output["datamart"] or {}).get("id")
        yield Text("SUCCEEDED", style="bold green"), f"loaded: {output['loaded']}"
        yield (f"Datamart {name}: {where} was {how} in {output['durationSeconds']:.1f} s, {output['polls']} polls.",)
        for prompt in output["promptsAnswered"]:
            yield (f"Prompt {prompt['name']}: {HOW[prompt['how']]}",)
        if output["saved"]:
            yield (f"The definition was saved as {output['saved']['objectId']}.",)
    else:
        yield Text(outcome.status, style="bold red"), outcome.error or ""
        yield (outcome.cause or "",)


def _lines_about_batch(outcome: Outcome) -> Iterator[tuple[Any, ...]]:
    style = "bold green" if outcome.status == "SUCCEEDED" else "bold red"
    counts = (outcome.output or {}).get("counts")
    said = f"loaded: {counts.get('loaded', 0)} of {counts['items']} items" if counts else ""
    yield Text(outcome.status, style=style), outcome.error or "", said
    if outcome.status == "SUCCEEDED":
        yield (f"Took {duration(outcome.output['durationSeconds'])}.",)
    else:
        yield (outcome.cause or "",)


def show_rows(console: Console, name: str, rows: list[dict[str, Any]], count: int) -> None:
    """The first ``rows`` of the table that a datamart wrote, which has ``count`` of them."""
    console.print()
    if not rows:
        console.print(f"{name} has no rows.", soft_wrap=True)
        return
    first = f", the first {len(rows)}" if count > len(rows) else ""
    console.print(Text(f"{name}: {count:,} row{'' if count == 1 else 's'}{first}", style="bold"), soft_wrap=True)
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for column, value in rows[0].items():
        table.add_column(
            column, justify="right" if isinstance(value, (int, float)) else "left", no_wrap=True, overflow="ellipsis"
        )
    for row in rows:
        table.add_row(*(f"{v:,.2f}" if isinstance(v, float) else str(v) for v in row.values()))
    console.print(table)
