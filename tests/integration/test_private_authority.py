"""Runs against a Library behind a private certificate authority, with the bundle as a console has mangled it."""

import contextlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from local.simulator import Simulator, catalogue
from tests.integration.conftest import System
from tests.integration.test_command_line import datamart, event, own_template
from tests.integration.test_log_in import loads
from tests.support.cases import exhaustive
from tests.support.tls import Authority, server_context, tls_in_front_of

AUTHORITY = Authority()


def behind_tls(simulator: Simulator) -> contextlib.AbstractContextManager[int]:
    return tls_in_front_of(urlsplit(simulator.base_url).port or 0, server_context(AUTHORITY.issue()))


@pytest.fixture
def url(system: System) -> Iterator[str]:
    """The simulator's address behind TLS."""
    with behind_tls(system.simulator) as port:
        yield f"https://localhost:{port}/MicroStrategyLibrary"


@pytest.mark.parametrize("lost", ["", exhaustive(" "), exhaustive("\\n")])
def test_every_step_trusts_the_authority_of_the_secret_however_its_line_breaks_were_changed(
    system: System, url: str, lost: str
) -> None:
    system.connect(baseUrl=url, caBundle=AUTHORITY.pem.replace("\n", lost))
    outcome = loads(system)
    assert outcome.status == "SUCCEEDED", outcome.cause


def test_a_server_of_an_unknown_authority_ends_the_run_with_what_to_do(system: System, url: str) -> None:
    system.connect(baseUrl=url)
    outcome = loads(system)
    assert (outcome.status, outcome.error) == ("FAILED", "ServerUnavailable")
    assert "not trusted" in str(outcome.cause)
    assert "caBundle" in str(outcome.cause)
    assert system.simulator.state()["requests"] == []


@own_template
@pytest.mark.exhaustive
def test_datamart_run_trusts_the_authority_that_the_environment_names(tmp_path: Path) -> None:
    (tmp_path / "authority.pem").write_text(AUTHORITY.pem)
    request = {"project": catalogue.TUTORIAL, "datamart": catalogue.CATEGORY_SALES}
    with Simulator() as simulator, behind_tls(simulator) as port:
        done: subprocess.CompletedProcess[str] = datamart(
            *("run", event(tmp_path, request), "--json", "--max-wait", "0.05"),
            *("--library-url", f"https://localhost:{port}/MicroStrategyLibrary/app"),
            MSTR_USERNAME=simulator.username,
            MSTR_PASSWORD=simulator.password,
            REQUESTS_CA_BUNDLE=str(tmp_path / "authority.pem"),
        )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["status"] == "SUCCEEDED"
