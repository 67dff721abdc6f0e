"""Cold start: how long a fresh process takes to import each handler from the bundle, as Lambda does in INIT.

Two baselines are measured anew right before each handler. The ratios are the medians of these pairs, of CPU time: an
import waits for nothing, so neither a busy machine nor a changing clock rate moves them.

* "ratio": ``requests`` and one boto3 client.
* "like for like": ``requests``, and by boto3 and urllib3 what the handler makes while it is imported, because an
  invocation has a sixth of the core: its clients of AWS, and the TLS context where it calls the Library server.

The peak of the process's memory stands beside the times.
boto3 always has its byte code; our bundle is measured with byte code and without, as it is deployed where no
interpreter of the runtime's version is at hand.

This module imports little: a process that is started cannot show a lower peak than its parent had (getrusage(2)). The
row "nothing" shows that limit.
"""

import json
import platform
import shutil
import sys
import tempfile
from pathlib import Path
from statistics import mean, median
from typing import NamedTuple

from infra.build.bundle import add_byte_code, bundle, files, zipped
from infra.constructs.runtime import MINOR
from tests.bench.like_lambda import HANDLERS, link_runtime, run

ROUNDS = 5

BASELINE = "import requests, boto3; boto3.client('dynamodb')"

TLS = "import certifi, urllib3; urllib3.util.create_urllib3_context().load_verify_locations(cafile=certifi.where())"

CASES = {
    "nothing": "",
    "requests, one boto3 client": BASELINE,
    **{name: f"import functions.handlers.{name}" for name in HANDLERS},
}
"""The statements of the measured process, by the name of the row."""

MADE = """
import json
from functions import aws_clients
made, new_client = [], aws_clients.new_client
aws_clients.new_client = lambda service, *given, **named: made.append(service) or new_client(service, *given, **named)
{code}
tls = sys.modules.get("functions.microstrategy.http.tls")
print(json.dumps([made, bool(tls and tls.public_authorities.cache_info().currsize)]))
"""
"""Prints the clients that a handler makes while it is imported, and whether it makes the TLS context."""

MEASURE = """
import resource, sys, time
began, began_cpu = time.perf_counter(), time.process_time()
{code}
ms, cpu_ms = (time.perf_counter() - began) * 1000, (time.process_time() - began_cpu) * 1000
print(ms, cpu_ms, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3))
"""


class Measured(NamedTuple):
    """One fresh process: milliseconds by the clock, of CPU time, and the peak of its memory in MB."""

    ms: float
    cpu_ms: float
    peak_mb: float


class Row(NamedTuple):
    """A line of the table: with byte code, its ratios to both baselines, and milliseconds without byte code."""

    ms: float
    cpu_ms: float
    ratio: float
    like_for_like: float
    peak_mb: float
    ms_bare: float


def measure(code: str, folder: Path, runtime: Path) -> Measured:
    """Run ``code`` in a fresh interpreter."""
    return Measured(*map(float, _output(MEASURE.format(code=code), folder, runtime).split()))


def like(code: str, folder: Path, runtime: Path) -> str:
    """Statements that make by boto3 and urllib3 what the handler that ``code`` imports makes."""
    services, tls = json.loads(_output(MADE.format(code=code), folder, runtime))
    clients = [f"boto3.client({service!r})" for service in services or ["dynamodb"]]
    return "; ".join(["import requests, boto3", *clients, *([TLS] if tls else [])])


def _output(code: str, folder: Path, runtime: Path) -> str:
    done = run(code, folder, runtime, "-B")
    if done.returncode != 0:
        sys.exit(f"bench: {code}: {done.stderr.strip()}")
    return done.stdout


def measure_all(compiled: Path, bare: Path, runtime: Path) -> dict[str, Row]:
    """The medians, by name; each round takes everything once."""
    taken: dict[str, list[Row]] = {name: [] for name in CASES}
    likes = {name: like(code, compiled, runtime) if name in HANDLERS else BASELINE for name, code in CASES.items()}
    for _ in range(ROUNDS):
        for name, code in CASES.items():
            baseline, same = (measure(other, compiled, runtime).cpu_ms for other in (BASELINE, likes[name]))
            mine = measure(code, compiled, runtime)
            ms_bare = measure(code, bare, runtime).ms
            taken[name].append(
                Row(mine.ms, mine.cpu_ms, mine.cpu_ms / baseline, mine.cpu_ms / same, mine.peak_mb, ms_bare)
            )
    return {name: Row(*map(median, zip(*rows, strict=True))) for name, rows in taken.items()}


def sizes(folder: Path) -> str:
    """How large a bundle is, for a person."""
    unzipped = sum(path.stat().st_size for path in files(folder))
    return f"{unzipped / 1e6:.2f} MB, zipped {len(zipped(folder)) / 1e6:.2f} MB"


def main() -> None:
    """Measure and print."""
    built = bundle()
    with tempfile.TemporaryDirectory() as folder:
        compiled, bare, runtime = Path(folder, "compiled"), Path(folder, "bare"), link_runtime(Path(folder, "runtime"))
        for copy in (compiled, bare):
            shutil.copytree(built, copy, ignore=shutil.ignore_patterns("__pycache__"))
        add_byte_code(compiled, sys.executable)
        for code in CASES.values():  # writes boto3's byte code, where it was never imported before
            run(code, compiled, runtime)
        rows = measure_all(compiled, bare, runtime)
        summary = (
            f"The bundle (arm64, Python {MINOR}): {sizes(bare)}; with this interpreter's byte code {sizes(compiled)}"
        )

    print(
        f"Imports in fresh processes, medians of {ROUNDS}: Python {platform.python_version()}, {platform.machine()}\n"
    )
    heads = f"{'ms':>8}{'CPU ms':>10}{'ratio':>8}{'like for like':>15}{'peak MB':>10}{'ms without byte code':>24}"
    print(f"{'import':30}{heads}")
    for name, row in rows.items():
        print(
            f"{name:30}{row.ms:8.0f}{row.cpu_ms:10.0f}{row.ratio:8.2f}{row.like_for_like:15.2f}"
            f"{row.peak_mb:10.1f}{row.ms_bare:24.0f}"
        )
    of_handlers = [rows[name] for name in HANDLERS]
    means = (mean(row.ratio for row in of_handlers), mean(row.like_for_like for row in of_handlers))
    print(f"{'mean of the handlers':48}{means[0]:8.2f}{means[1]:15.2f}")
    print(f"\n{summary}")


if __name__ == "__main__":
    main()
