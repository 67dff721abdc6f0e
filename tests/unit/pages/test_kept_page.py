"""The page that ``datamart run`` writes beside the details of what it ran."""

from pathlib import Path

import pytest

from local.emulator.ended import Ended
from local.history.files import Files
from local.pages.kept_page import PAGE, keep_page
from tests.unit.history.records import record
from tests.unit.history.test_record import AT
from tests.unit.report.executions import nightly

KEPT = record(1, AT)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    files = Files(tmp_path)
    files.keep(Ended({"name": KEPT.id, "executionArn": KEPT.execution}, nightly().events, KEPT, Path("/dev/null")))
    return files


@pytest.mark.parametrize("run", [KEPT.id, KEPT.execution])
def test_the_page_is_beside_the_details_for_its_owner_alone(files: Files, run: str) -> None:
    path = keep_page(files, run)
    assert path == files.details(KEPT.id) / PAGE
    assert "Load 1 is loaded: DM_LOAD_1 was replaced in 30 min." in path.read_text("utf-8")
    assert "WaitInQueue" in path.read_text("utf-8")
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_run_that_is_not_kept_has_no_page(files: Files) -> None:
    assert keep_page(files, "other") is None


def test_a_page_that_cannot_be_written_is_none(files: Files) -> None:
    (files.details(KEPT.id) / PAGE).mkdir()
    assert keep_page(files, KEPT.id) is None


def test_the_page_is_forgotten_with_the_details(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    path = keep_page(files, KEPT.id)
    assert path is not None
    newer = record(2, AT)
    monkeypatch.setattr("local.history.details.MOST_DETAILS", 1)
    files.keep(Ended({"name": newer.id, "executionArn": newer.execution}, [], newer, Path("/dev/null")))
    files.forget(90)
    assert not path.exists()
