"""The source that a command reads: this computer, or a stage in AWS."""

from local.report.source import Source
from local.report.this_computer import ThisComputer


def source_of(stage: str | None) -> Source:
    """This computer if it is None. Raises CannotGoOn where there is no such stage."""
    if stage is None:
        return ThisComputer()
    from local.report.of_stage import OfStage  # imports boto3, which the history of this computer does not wait for

    return OfStage(stage)
