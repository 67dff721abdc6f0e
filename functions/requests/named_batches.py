"""The deployed batches by name: one file beside the code, made from the batch files at synth.

The file::

    {"nightly": {"batch": {"items": […], …}, "file": "infra/batches/nightly.json", "lines": [4, 5, …], …}}

``batch`` is what a person may give as ``{"batch": …}``; ``lines`` are those on which its items begin, null where they
are not known.
"""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

from functions.requests.named_jobs import deployed_one

NamedBatch = dict[str, Any]

BESIDE_THE_CODE = Path(__file__).parents[2] / "batches.json"


def batch_named(name: str) -> NamedBatch:
    """The batch of that name. Raises InvalidRequest with the closest match."""
    return deployed_one("batch", "batches", name, deployed_batches())


def deployed_batches() -> dict[str, NamedBatch]:
    """All batches by name. The environment variable ``BATCHES_FILE`` names another file."""
    return _read(os.environ.get("BATCHES_FILE") or str(BESIDE_THE_CODE))


@cache
def _read(path: str) -> dict[str, NamedBatch]:
    file = Path(path)
    batches: dict[str, NamedBatch] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return batches
