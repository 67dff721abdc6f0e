"""The recipe for cron (recipes/nightly.sh): the real script, with the real command, against a simulator."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local.simulator import Simulator, catalogue
from tests.support.cases import exhaustive

RECIPE = Path(__file__).parents[2] / "recipes" / "nightly.sh"
PROMPTS = [{"name": "Elements of Country", "answers": [{"name": "USA"}]}]
CITY: dict[str, Any] = {"project": "MicroStrategy Tutorial", "datamart": "City", "prompts": PROMPTS}

Cron = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def cron(simulator: Simulator, tmp_path: Path) -> Cron:
    """Runs the script as cron does: in a bare environment, and with a request in a file."""

    def run(request: Any, folder: str = ".") -> "subprocess.CompletedProcess[str]":
        (tmp_path / folder).mkdir(exist_ok=True)
        file = tmp_path / folder / f"{tmp_path.parent.name}.json"
        file.write_text(json.dumps(request), "utf-8")
        secrets = tmp_path / "env"
        secrets.write_text(
            f"export MSTR_USERNAME='{simulator.username}' MSTR_PASSWORD='{simulator.password}'\n", "utf-8"
        )
        environment = {
            **{"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "TMPDIR": str(tmp_path), "RETRY_AFTER": "0"},
            **{"DATAMART_ENV": str(secrets), "DATAMART": str(Path(sys.executable).with_name("datamart"))},
            **{name: os.environ[name] for name in ("SYSTEMROOT", "LANG") if name in os.environ},
        }
        return subprocess.run(
            ["/bin/sh", RECIPE, file, simulator.base_url],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=600,
        )

    return run


def executed(simulator: Simulator) -> int:
    return sum(request["step"] == "execute" for request in simulator.state()["requests"])


@pytest.mark.exhaustive
def test_a_table_that_is_loaded_needs_no_mail(cron: Cron, simulator: Simulator) -> None:
    done = cron(CITY)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert executed(simulator) == 1


@pytest.mark.parametrize(
    ("request_", "times", "loaded"),
    [
        ({"project": CITY["project"], "datamart": catalogue.FAILS_EARLY}, 2, "no"),
        exhaustive(({"project": CITY["project"], "datamart": "Broken SQL"}, 1, "unknown")),
    ],
)
@pytest.mark.exhaustive  # guarded by: the loaded table; the exit codes of test_command_line.py
def test_a_failure_is_repeated_once_if_nothing_was_loaded_and_never_if_nobody_knows(
    cron: Cron, simulator: Simulator, request_: Any, times: int, loaded: str
) -> None:
    done = cron(request_)
    assert (done.returncode, done.stdout) == (1, "")
    assert f'"cause": "Loaded: {loaded}. ' in done.stderr
    assert executed(simulator) == times


@pytest.mark.exhaustive  # guarded by: the exit codes of datamart run, test_command_line.py
def test_a_wrong_request_is_not_repeated(cron: Cron, simulator: Simulator) -> None:
    done = cron({"project": "P"})
    assert done.returncode == 2
    assert "the command line or the request is wrong" in done.stderr
    assert simulator.state()["requests"] == []


def test_a_run_that_has_not_ended_keeps_the_next_one_from_starting(
    cron: Cron, simulator: Simulator, tmp_path: Path
) -> None:
    cron(CITY)
    (lock,) = (tmp_path / ".cache" / "datamart-runner" / "locks").iterdir()
    holder = subprocess.Popen(
        ["flock", lock, "sh", "-c", "echo held; read _"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout
    holder.stdout.readline()
    done = cron(CITY)
    assert (done.returncode, "the run before has not ended" in done.stderr) == (1, True)
    holder.communicate(b"\n")
    assert executed(simulator) == 1


@pytest.mark.exhaustive  # guarded by: the run that has not ended
def test_requests_of_one_name_in_two_folders_have_locks_of_their_own_which_only_their_owner_can_open(
    cron: Cron, tmp_path: Path
) -> None:
    planted = tmp_path / f"datamart-{tmp_path.parent.name}.json.lock"
    planted.symlink_to(tmp_path / "somebody-else's")
    folder = tmp_path / ".cache" / "datamart-runner" / "locks"
    for where in (".", "other"):
        cron({"project": "P"}, where)
    assert len(list(folder.iterdir())) == 2
    assert folder.stat().st_mode & 0o077 == 0
    assert not planted.exists()
