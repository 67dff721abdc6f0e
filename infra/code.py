"""The functions' code, staged by itself so that nothing else of the checkout reaches Lambda."""

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[1]


def staged_code(target: Path) -> str:
    """Copy ``functions/`` without byte code into ``target``/code and return its path."""
    folder = target / "code"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "functions", folder / "functions", ignore=shutil.ignore_patterns("__pycache__"))
    return str(folder)
