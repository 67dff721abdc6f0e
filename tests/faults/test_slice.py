"""The campaign in small, for who runs only the tests; ``make faults`` runs all of it, and CI a tenth."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.exhaustive
def test_a_slice_of_the_campaign_survives(template_path: Path) -> None:
    """In a process of its own: there is one emulator in a process, and the other tests have theirs."""
    command = [sys.executable, "-m", "tests.faults.campaign", "--slice", "--processes", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
