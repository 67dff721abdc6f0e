"""The smoke test of a deployment, tried on the emulator's AWS."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.aws.deployment_checks import LOOKS
from local.cli.smoke import smoke
from tests.integration.conftest import System
from tests.support.cloud import Cloud, answered, deployed, instead_of


@pytest.fixture
def cloud(system: System, template_path: Path) -> Iterator[Cloud]:
    with deployed(system.emulator, template_path) as cloud:
        yield cloud


def test_the_smoke_test_says_what_holds(cloud: Cloud, system: System, capsys: Any) -> None:
    assert smoke("dev", "city-nightly", cloud.wait) == 0
    said = [line for line in capsys.readouterr().out.splitlines() if line.startswith("ok: ")]
    assert said == [
        "ok: the stack DatamartRunner-dev is there (UPDATE_COMPLETE)",
        "ok: the secret datamart-runner-dev/default is filled",
        "ok: the run is closed in the run table",
        "ok: no session is left in it",
        "ok: the end event was sent",
        "ok: the job city-nightly loaded its table",
    ]
    assert system.loads() == 1


def test_the_smoke_test_fails_with_the_run(cloud: Cloud, system: System, capsys: Any) -> None:
    system.connect(password="wrong")
    assert smoke("dev", "city-nightly", cloud.wait) == 1
    said = capsys.readouterr().out
    assert "CredentialsRejected" in said
    assert "ok: the end event was sent" in said
    assert "loaded its table" not in said


def test_the_smoke_test_fails_for_an_unknown_job(cloud: Cloud, capsys: Any) -> None:
    assert smoke("dev", "weekly", cloud.wait) == 2
    assert "deployed jobs: city-nightly" in " ".join(capsys.readouterr().out.split())


def test_the_smoke_test_fails_without_the_stack(cloud: Cloud, capsys: Any) -> None:
    assert smoke("staging", "city-nightly", cloud.wait) == 2
    assert "there is no stack" in capsys.readouterr().err


def test_the_smoke_test_names_the_command_that_fills_an_empty_secret(cloud: Cloud, capsys: Any) -> None:
    def empty(**_: Any) -> Any:
        return answered(Name="datamart-runner-dev/default")

    instead_of("secrets-manager.DescribeSecret", empty)
    assert smoke("dev", "city-nightly", cloud.wait) == 2
    assert "aws secretsmanager put-secret-value --secret-id datamart-runner-dev/default" in capsys.readouterr().err
    assert cloud.started == []


def test_the_smoke_test_fails_when_no_end_event_arrives(cloud: Cloud, system: System, capsys: Any) -> None:
    looks: list[float] = []

    def wait(seconds: float) -> None:
        system.emulator.wait(cloud.started[-1])
        looks.append(seconds)

    with system.emulator.ends_withheld():
        assert smoke("dev", "city-nightly", wait) == 2
    assert "the end event was sent" in capsys.readouterr().err
    assert len(looks) >= LOOKS
    system.emulator.wait(cloud.started[-1])
