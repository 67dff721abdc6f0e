"""Prints the plan of a batch for people: a line and a bar for each item, the longest chain, and how long it takes."""

from collections.abc import Iterator
from math import ceil

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from functions.text import duration, printable
from local.cli.batch_forecast import Forecast
from local.cli.run_output import WIDEST_NAME

SHARE_OF_NAMES = 4
"""A name takes the fourth part of all columns at most."""

GAP = 2
"""Columns between two columns of the table."""

NARROWEST_CHART = 12
"""Columns of the bars on a terminal that is too narrow for them."""

BARS, ASCII_BARS = ("█", "▒"), ("#", "=")
"""Of an item of the longest chain, and of another one."""

HEADER = ("item", "starts", "takes")


def show(console: Console, batch: str, forecast: Forecast) -> None:
    """The items in the order of their starts, and what follows from them."""
    places = f"{forecast.places} at a time" if forecast.places > 1 else "one at a time"
    console.print(f"{batch}: {_items(len(forecast.items))}, {places}. Nothing is executed.", soft_wrap=True)
    if forecast.unknown:
        console.print(_about_durations(forecast), soft_wrap=True)
    console.print()
    console.print(_chart(console, forecast))
    console.print()
    for line in _summary(forecast):
        console.print(line, soft_wrap=True)


def _items(number: int) -> str:
    return f"{number} item{'' if number == 1 else 's'}"


def _about_durations(forecast: Forecast) -> str:
    pairs = zip(forecast.plan.expected, forecast.plan.seconds, strict=True)
    assumed = duration(next(expected for expected, known in pairs if known is None))
    number = forecast.unknown
    of = f"all {number}" if number == len(forecast.items) else f"{number} of {len(forecast.items)}"
    return (
        f"{assumed} is assumed for {of} items (~), because their durations are not known. They are once the items have "
        "run, here or in the stage that --stage names; or give them by --durations FILE."
    )


def _chart(console: Console, forecast: Forecast) -> Table:
    """A row for each item. Bars of the longest chain are darker, so that it is seen without colours, too."""
    rows = [
        (
            printable(forecast.items[item]),
            f"+{duration(forecast.schedule.starts[item])}",
            f"{'~' if forecast.plan.seconds[item] is None else ''}{duration(forecast.plan.expected[item])}",
        )
        for item in forecast.schedule.order
    ]
    widths = [max(map(cell_len, column)) for column in zip(HEADER, *rows, strict=True)]
    widths[0] = min(widths[0], WIDEST_NAME, console.width // SHARE_OF_NAMES)
    room = max(NARROWEST_CHART, console.width - sum(widths) - GAP * len(widths))
    table = Table(box=None, padding=(0, GAP, 0, 0), pad_edge=False, collapse_padding=True)
    table.add_column(HEADER[0], no_wrap=True, overflow="ellipsis", width=widths[0])
    for name, width in zip(HEADER[1:], widths[1:], strict=True):
        table.add_column(name, no_wrap=True, justify="right", width=width)
    table.add_column("", no_wrap=True, overflow="crop")
    for item, row in zip(forecast.schedule.order, rows, strict=True):
        table.add_row(*row, _bar(console, forecast, item, room))
    return table


def _bar(console: Console, forecast: Forecast, item: int, room: int) -> Text:
    scale = room / (forecast.schedule.makespan or 1)
    begins = min(room - 1, int(forecast.schedule.starts[item] * scale))
    ends = max(begins + 1, min(room, ceil(forecast.schedule.ends[item] * scale - 0.5)))
    critical = item in forecast.path
    bar = (ASCII_BARS if console.options.ascii_only else BARS)[not critical]
    return Text(" " * begins + bar * (ends - begins), style="bold cyan" if critical else "green")


def _summary(forecast: Forecast) -> Iterator[str]:
    chain = " -> ".join(forecast.items[item] for item in forecast.path)
    yield f"Expected: {duration(forecast.schedule.makespan)}."
    yield f"Longest chain: {duration(forecast.plan.chains[forecast.path[0]])}: {chain}"
    if forecast.schedule.makespan > forecast.shortest * 1.01:
        yield f"No order takes less than {duration(forecast.shortest)} on as many places."
