"""Where the commands keep what stays on this computer: its history, and the warehouse of the simulator."""

import os
from pathlib import Path

HOME = "DATAMART_HOME"
"""The variable that names the folder."""


def home() -> Path:
    """The folder."""
    return Path(os.environ.get(HOME) or ".datamart")
