"""The page that ``datamart run`` writes beside the details of what it ran."""

from dataclasses import replace
from pathlib import Path

import pytest

from local.emulator.ended import Ended
from local.history.files import Files
from local.pages.kept_page import keep_page
from local.pages.own_pages import PAGE, own_pages
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


def test_the_page_of_a_batch_leads_to_the_pages_of_its_items(tmp_path: Path) -> None:
    files = Files(tmp_path)
    whole = record(3, AT, kind="batch", batch="night", job=None, datamart=None)
    item = record(4, AT + 1, batch="night", batch_run=whole.id, item="facts", job=None)
    for each in (item, whole):
        files.keep(Ended({"name": each.id, "executionArn": each.execution}, [], each, Path("/dev/null")))
    path = keep_page(files, whole.id)
    assert path is not None
    assert f'<a href="../{item.id}/{PAGE}">Its page</a>' in path.read_text("utf-8")
    assert (path.parent / f"../{item.id}/{PAGE}").is_file()


@pytest.mark.parametrize("page", ["nights.html", "folder/nights.html"])
def test_another_page_finds_it_by_a_relative_address(files: Files, tmp_path: Path, page: str) -> None:
    seen_from = tmp_path / page
    assert own_pages(files, seen_from)(KEPT) is None
    kept = keep_page(files, KEPT.id)
    address = own_pages(files, seen_from)(KEPT)
    assert address is not None
    assert kept is not None
    assert (seen_from.parent / address).resolve() == kept.resolve()


@pytest.mark.parametrize("name", ["../outside", "..", "", "a/b", "javascript:alert(1)", "x" * 81])
def test_a_record_whose_id_is_no_name_of_an_execution_has_no_page(files: Files, tmp_path: Path, name: str) -> None:
    folder = files.details(name)
    if len(name) < 80:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / PAGE).write_text("x", "utf-8")
    assert own_pages(files, tmp_path / "nights.html")(replace(KEPT, id=name)) is None
