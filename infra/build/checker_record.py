"""Records the templates that each policy checker has checked, beside the CDK's own report.

The report leaves out a checker that found nothing, so the report alone does not
distinguish a checker without findings from one that did not run.
"""

import json
from pathlib import Path

NAMES = frozenset({"AwsSolutions", "CloudFormation Validate"})
"""All of them must check every template before it is deployed."""

FILE = "checkers.json"
"""The record, in the folder of the cloud assembly: the file names of the checked templates, by checker."""


def write_record(assembly: Path, checked: dict[str, list[str]]) -> None:
    """Write what ``read_record`` reads."""
    (assembly / FILE).write_text(json.dumps(checked, indent=1, sort_keys=True), "utf-8")


def remove_record(assembly: Path) -> None:
    """Remove the record of an earlier synth into the same folder."""
    (assembly / FILE).unlink(missing_ok=True)


def read_record(assembly: Path) -> dict[str, list[str]]:
    """The templates that each checker has checked; empty where the synth ran without checkers."""
    file = assembly / FILE
    checked: dict[str, list[str]] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return checked
