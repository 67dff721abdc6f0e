"""``datamart run NAME`` runs a job or a batch by its name, without a file around it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.run_command import Done


def test_a_job_runs_by_its_name(run_command: Callable[..., Done]) -> None:
    done = run_command("run", "city-nightly", "--max-wait", "0", "--json")
    outcome = json.loads(done.out)
    assert (done.code, outcome["status"], outcome["output"]["datamart"]["name"]) == (0, "SUCCEEDED", "City")


def test_a_name_that_nothing_has_is_refused_with_the_nearest(run_command: Callable[..., Done]) -> None:
    done = run_command("run", "city-nihgtly")
    assert done.code == 2
    assert 'there is neither a file nor a job or batch "city-nihgtly" (did you mean city-nightly?)' in done.err


def test_a_file_of_that_name_goes_first(
    run_command: Callable[..., Done], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("city-nightly").write_text("not JSON", "utf-8")
    assert "city-nightly: is not JSON" in run_command("run", "city-nightly").err


def test_the_file_of_a_job_is_refused_with_the_line_to_type(run_command: Callable[..., Done], tmp_path: Path) -> None:
    file = tmp_path / "city-nightly.json"
    file.write_text('{"request": {"project": "P", "datamart": "City"}, "triggers": []}', "utf-8")
    done = run_command("run", str(file))
    assert done.code == 2
    assert done.err.endswith("is the file of a job, which runs by its name. Type: datamart run city-nightly\n")
