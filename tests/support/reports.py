"""What ``datamart show`` would print of an execution in the emulator: tests search it for secrets."""

import json

from functions.runs.history import HistoryRecord
from local.outcome import Outcome
from local.report.assemble import Kept, assembled, lines_of_failed_step


def report_text(outcome: Outcome, log: str, record: HistoryRecord | None = None) -> str:
    """The report as JSON, and the lines of the step that failed; without a record that of the outcome alone."""
    arn = outcome.execution_arn
    if record is None:
        name = arn.rpartition(":")[2]
        record = HistoryRecord(name, "run", arn, outcome.status, "unknown", "", error=outcome.error)
    described = {"output": json.dumps(outcome.output), "error": outcome.error, "cause": outcome.cause}
    kept = Kept(described, outcome.history, [line for line in log.splitlines() if arn in line], is_deployed=True)
    report = assembled(record, kept)
    assert report.steps or not outcome.states, "the report of an execution has the states that it entered"
    return "\n".join([json.dumps(report.as_json()), *lines_of_failed_step(record, kept)])
