"""Where reports are read, on this computer."""

from pathlib import Path

import pytest

from local.aws.found_execution import find_execution
from local.errors import CannotGoOn
from local.history.files import Files
from local.report.this_computer import ThisComputer


def test_a_run_that_is_not_known_is_named_in_short(tmp_path: Path) -> None:
    for ask in (lambda: ThisComputer(Files(tmp_path)).find("x" * 5_000), lambda: find_execution("x" * 5_000, "dev")):
        with pytest.raises(CannotGoOn, match=r'run "x{79}…"'):
            ask()
