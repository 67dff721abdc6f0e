"""Stages the code of the functions, with the stage's jobs and batches: the bundle, or for the emulator our own code."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from infra.batches.named_batch import NamedBatch
from infra.build.bundle import OWN_NOT_DEPLOYED
from infra.jobs.named_job import NamedJob
from infra.jobs.triggered import Triggered

ROOT = Path(__file__).parents[2]


def staged_code(target: Path, jobs: list[NamedJob], batches: list[NamedBatch], bundle: Path | None) -> str:
    """Fill ``target`` and return its path.

    Parameters
    ----------
    bundle
        Folder of the bundle (infra/build/bundle.py), or None for ``functions/`` alone: the emulator runs the handlers
        with the packages of its own environment.
    """
    shutil.rmtree(target, ignore_errors=True)
    ignored = shutil.ignore_patterns(*OWN_NOT_DEPLOYED)
    if bundle is None:
        shutil.copytree(ROOT / "functions", target / "functions", ignore=ignored)
    else:
        shutil.copytree(bundle, target)
    _write(target / "jobs.json", jobs)
    _write(target / "batches.json", batches)
    return str(target)


def _write(path: Path, named: Sequence[Triggered]) -> None:
    shipped = {each.name: each.shipped for each in named}
    path.write_text(json.dumps(shipped, indent=1, ensure_ascii=False, sort_keys=True), "utf-8")
