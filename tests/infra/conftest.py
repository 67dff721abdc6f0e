"""The templates of the session's one synth."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.infra.template import Template


@pytest.fixture(scope="session")
def template(template_path: Path) -> Template:
    """The stage dev, as the emulator runs it."""
    return Template(template_path)


@pytest.fixture(scope="session")
def everything(assembly: Path) -> Template:
    """A stage with every setting: key, VPC, boundary, two connections, notices, reserved concurrency."""
    return Template(assembly / "DatamartRunner-everything.template.json")


@pytest.fixture(scope="session")
def other_triggers(assembly: Path) -> Template:
    """A stage with the triggers that the samples do not have (tests/infra/job_files)."""
    return Template(assembly / "other-triggers" / "DatamartRunner-other-triggers.template.json")


@pytest.fixture(scope="session")
def full_stage(assembly: Path) -> Template:
    """A stage with three hundred jobs of mixed kinds (many_jobs.py)."""
    return Template(assembly / "many-jobs" / "DatamartRunner-many-jobs.template.json")


@pytest.fixture(scope="session")
def full_jobs(assembly: Path) -> dict[str, Any]:
    """The jobs of that stage, by name, as its functions read them."""
    found: dict[str, Any] = json.loads((assembly / "many-jobs" / "code-many-jobs" / "jobs.json").read_text("utf-8"))
    return found
