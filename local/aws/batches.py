"""Reads from the run table of a stage what is known of a batch: an execution that failed has no output."""

from typing import Any

from functions.lifecycle.batch_report import report
from functions.runs.store.table import RunTable
from local.aws.aws_errors import in_plain_words
from local.aws.stack import Stack


def report_of_batch(stack: Stack, execution_arn: str) -> dict[str, Any] | None:
    """The output that the batch has or would have, with a line for each item; None where it never began.

    Raises CannotGoOn if the call to AWS fails.
    """
    with in_plain_words():
        return report(RunTable(stack.run_table), execution_arn)
