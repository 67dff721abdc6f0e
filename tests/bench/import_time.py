"""Cold start: how long a fresh process takes to import each handler, beside ``requests`` and one boto3 client.

Everything is measured in the same run, in turn, so the ratios hold when the machine's speed drifts.
"""

import os
import statistics
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parents[2]
RUNS = 5
BASELINE = "import requests, boto3; boto3.client('dynamodb', region_name='eu-west-1')"
HANDLERS = sorted(
    path.stem
    for path in (ROOT / "functions").glob("*.py")
    if "handler(" in path.read_text("utf-8") and path.stem != "step"
)
ENVIRONMENT = {
    **os.environ,
    "AWS_DEFAULT_REGION": "eu-west-1",
    "POWERTOOLS_SERVICE_NAME": "bench",
    "POWERTOOLS_METRICS_NAMESPACE": "bench",
    "POWERTOOLS_TRACE_DISABLED": "true",
}

MEASURE = """
import resource, time
began = time.perf_counter()
{code}
print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def measure(code: str) -> tuple[float, float]:
    """Seconds to run ``code`` in a fresh interpreter, and the process's peak memory in MB."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE.format(code=code)],
        cwd=ROOT,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, kilobytes = done.stdout.split()
    return float(seconds), float(kilobytes) / 1024


def main() -> None:
    """Measure in turn and print the medians with their ratios to the baseline."""
    codes = {"requests + one boto3 client": BASELINE} | {name: f"import functions.{name}" for name in HANDLERS}
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in codes}
    for _ in range(RUNS):
        for name, code in codes.items():
            taken[name].append(measure(code))
    table = Table("import", "seconds", "ratio", "peak MB", box=None, title=f"median of {RUNS} fresh processes")
    base = statistics.median(seconds for seconds, _ in taken["requests + one boto3 client"])
    for name, values in taken.items():
        seconds = statistics.median(value[0] for value in values)
        table.add_row(name, f"{seconds:.3f}", f"{seconds / base:.2f}", f"{max(value[1] for value in values):.0f}")
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
