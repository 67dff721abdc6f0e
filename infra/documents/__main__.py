"""``make docs``: fills the generated blocks of every document, the schema of jobs, and the models of AWS's services."""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from infra.batches.batch_files import FOLDER as BATCHES
from infra.batches.batch_files import SCHEMA_FILE as BATCH_SCHEMA_FILE
from infra.build.aws_models import write as write_models
from infra.documents.batch_schema import batch_file_schema
from infra.documents.blocks import ROOT, UnknownBlock, documents, filled
from infra.documents.generated import blocks_of
from infra.documents.job_schema import with_triggers
from infra.jobs.job_files import FOLDER as JOBS
from infra.jobs.job_files import SCHEMA_FILE
from local.synth import SynthFailed, template_path


def main() -> None:
    """Write the documents; exit with 1 for a block that cannot be generated."""
    _write(JOBS / SCHEMA_FILE, with_triggers)  # before a synth reads it
    _write(BATCHES / BATCH_SCHEMA_FILE, lambda _: batch_file_schema())
    for path in write_models():
        _changed(path)
    try:
        blocks = blocks_of(template_path())
        for path in documents():
            _write(path, partial(filled, path.relative_to(ROOT), blocks=blocks))
    except (SynthFailed, UnknownBlock) as problem:
        sys.exit(f"docs: {problem}")


def _write(path: Path, anew: Callable[[str], str]) -> None:
    text = path.read_text("utf-8")
    if (new := anew(text)) != text:
        path.write_text(new, "utf-8")
        _changed(path)


def _changed(path: Path) -> None:
    sys.stdout.write(f"{path.relative_to(ROOT)}: updated\n")


if __name__ == "__main__":
    main()
