"""The source that a command reads: this computer, or a stage in AWS."""

from local.history.files import Files
from local.report.source import Source
from local.report.this_computer import ThisComputer


def source_of(run: str, stage: str | None) -> Source:
    """Where a run is looked for: in the stage, if one is given, or else on this computer.

    An ARN names its stage and region, unless this computer has it. Raises CannotGoOn where there is no such stage.
    """
    if stage is None and (not run.startswith("arn:") or Files().find(run) is not None):
        return ThisComputer()
    # Imported here: they import boto3, which the history of this computer does not wait for.
    from local.aws.found_execution import ARN, look_in
    from local.report.of_stage import OfStage

    named = ARN.fullmatch(run)
    if named is not None:
        look_in(named["region"])
    if stage is None:
        stage = named["stage"] if named is not None else None
    return ThisComputer() if stage is None else OfStage(stage)
