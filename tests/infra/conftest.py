"""The templates of the session's one synth."""

from pathlib import Path

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
