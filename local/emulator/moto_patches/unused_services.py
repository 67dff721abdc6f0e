"""A stand-in for moto's Batch: Step Functions import it for one enum, and with it EC2, which takes 0.6 s of a process.

Our definition calls no Batch. Where something has imported the real one before, that one stays.
"""

import sys
from enum import StrEnum
from types import ModuleType

FOR = {"moto": "5.2.5"}
"""The version of each package that this was written for."""


class JobStatus(StrEnum):
    """The states of moto's ``moto.batch.utils.JobStatus`` at which Step Functions stop waiting."""

    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


def install() -> None:
    """Let ``from moto.batch.utils import JobStatus`` find the stand-in."""
    if "moto.batch" in sys.modules:
        return
    package, utils = ModuleType("moto.batch"), ModuleType("moto.batch.utils")
    package.__path__ = []
    utils.JobStatus = JobStatus  # type: ignore[attr-defined]  # a module made by hand declares no names
    sys.modules |= {"moto.batch": package, "moto.batch.utils": utils}


install()
