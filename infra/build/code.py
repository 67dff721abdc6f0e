"""Stages the code of the functions: the bundle, or for the emulator only our own code, with the jobs of the stage."""

import json
import shutil
from pathlib import Path

from infra.build.bundle import OWN_NOT_DEPLOYED
from infra.jobs.named_job import NamedJob

ROOT = Path(__file__).parents[2]


def staged_code(target: Path, jobs: list[NamedJob], bundle: Path | None) -> str:
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
    shipped = {job.name: job.shipped for job in jobs}
    (target / "jobs.json").write_text(json.dumps(shipped, indent=1, ensure_ascii=False, sort_keys=True), "utf-8")
    return str(target)
