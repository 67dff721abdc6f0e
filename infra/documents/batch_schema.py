"""Writes the schema of batch files, infra/batches/batch.schema.json, from those of a batch and of a job's file."""

import json
from typing import Any

from functions.requests.batches.schema import RULES
from infra.documents.job_schema import as_lines
from infra.jobs.job_files import SCHEMA as JOBS

OF_JOBS = ("$schema", "description", "triggers", "acceptRequests", "expectBy", "expectOn")
"""Keys of a job's file that a batch's file has too."""

STARTER, READERS = "the role of StartRun", "the roles of StartRun and PrepareBatch"

OTHER_MEANINGS = {
    "acceptRequests": (
        "The uploaded object or the message is itself the batch, in place of `items`, for these projects and datamarts "
        "only. Each item may set `name`, `after`, `project`, `datamart`, `prompts` and `timeoutMinutes`, and is taken "
        "literally."
    ),
    "expectBy": (
        "Time of day by which the batch must have succeeded. An alarm and a message that names the batch follow when "
        "it has not in the 24 hours before."
    ),
    "expectOn": "Days on which that is expected. Every day if left out.",
}
"""What keys of both mean for a batch, where that is more than another word."""


def batch_file_schema() -> str:
    """The text of the schema. Either ``items`` or ``acceptRequests`` is required (infra/batches/check.py)."""
    of_jobs = {key: _of_a_batch(JOBS.rules["properties"][key]) for key in OF_JOBS}
    for key, meaning in OTHER_MEANINGS.items():
        of_jobs[key]["description"] = meaning
    described = {key: of_jobs.pop(key) for key in ("$schema", "description")}
    rules = {key: value for key, value in RULES.items() if key != "required"} | {
        "title": "A named batch: datamarts to run as one, and what starts it",
        "properties": described | RULES["properties"] | of_jobs,
    }
    return as_lines(rules)


def _of_a_batch(spec: Any) -> Any:
    """The same key in the words of a batch."""
    text = json.dumps(spec, ensure_ascii=False)
    return json.loads(text.replace("job.schema", "batch.schema").replace("job", "batch").replace(STARTER, READERS))
