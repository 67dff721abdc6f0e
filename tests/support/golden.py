"""Files with what a test expects as a whole, so that people read a message as its receiver does.

``GOLDEN=write .venv/bin/python -m pytest -n 0 tests/unit/notifications`` writes them anew; read the difference before
it is committed.
"""

import os
from pathlib import Path


def check(path: Path, text: str) -> None:
    """Compare a text with that of the file, or write it where the environment variable GOLDEN says so."""
    if os.environ.get("GOLDEN") == "write":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    assert path.is_file(), f"{path.name} is not there: GOLDEN=write writes it"
    assert text == path.read_text("utf-8")
