"""A table that is redrawn in place leaves the process's output to others."""

import io
import sys

from rich.console import Console

from local.cli.live_table import LiveTable


def test_the_standard_output_stays_as_it_is_while_a_table_is_shown() -> None:
    before, written = sys.stdout, io.StringIO()
    table = LiveTable(Console(file=written, force_terminal=True))
    table.start()
    try:
        assert sys.stdout is before
        table.update(lambda: "a row")
    finally:
        table.stop()
    assert "a row" in written.getvalue()
