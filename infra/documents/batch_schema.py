"""Writes the schema of batch files, infra/batches/batch.schema.json, from those of a batch and of a job's file."""

import json
from typing import Any

from functions.requests.batches.schema import RULES
from infra.documents.job_schema import as_lines
from infra.jobs.job_files import SCHEMA as JOBS

OF_JOBS = ("$schema", "description")
"""Keys of a job's file that a batch's file has too."""


def batch_file_schema() -> str:
    """The text of the schema."""
    of_jobs = {key: _of_a_batch(JOBS.rules["properties"][key]) for key in OF_JOBS}
    rules = RULES | {
        "title": "A named batch: datamarts to run as one, and what starts it",
        "properties": of_jobs | RULES["properties"],
    }
    return as_lines(rules)


def _of_a_batch(spec: Any) -> Any:
    """The same key in the words of a batch."""
    text = json.dumps(spec, ensure_ascii=False)
    return json.loads(text.replace("job.schema", "batch.schema").replace("job", "batch"))
