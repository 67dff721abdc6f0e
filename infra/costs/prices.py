"""What AWS charges, of one dated file (prices.toml), and what counts of a run cost by it."""

import tomllib
from pathlib import Path

from functions.limits import USUAL_MEMORY_MB
from infra.costs.run_counts import Counts

PRICES = tomllib.loads(Path(__file__).with_name("prices.toml").read_text("utf-8"))

SECONDS_A_CALL = 0.3
"""Taken for an invocation of a function; the waiting for the Library server is most of it."""

MEMORY_GB = USUAL_MEMORY_MB / 1024


def price(name: str) -> float:
    """A price in US dollars, by its name in the file."""
    return float(PRICES[name]["usd"])


def usd(counts: Counts) -> dict[str, float]:
    """What it costs, by what is charged."""
    a_call = SECONDS_A_CALL * MEMORY_GB * price("lambda_gb_second") + price("lambda_call")
    return {
        "transitions": counts.transitions * price("transition"),
        "Lambda": counts.lambda_calls * a_call,
        "DynamoDB": counts.write_units * price("write_unit") + counts.read_units * price("read_unit"),
        "logs": counts.log_bytes / 1e9 * price("log_gb"),
    }
