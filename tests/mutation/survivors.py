"""The mutants that may survive, each with the reason (survivors.toml)."""

import tomllib
from pathlib import Path

FILE = Path(__file__).with_name("survivors.toml")


def reasons() -> dict[str, str]:
    """The reason by the mutant's name. Raises ValueError for a mutant without a reason, or one that stands twice."""
    found: dict[str, str] = {}
    for entry in tomllib.loads(FILE.read_text("utf-8"))["survivors"]:
        for mutant in entry["mutants"]:
            if mutant in found or not entry["reason"].strip():
                raise ValueError(f"{FILE.name}: {mutant!r} has no reason or stands twice")
            found[mutant] = entry["reason"]
    return found
