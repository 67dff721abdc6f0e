"""Every relative link of every document, and every path that a document names, leads somewhere."""

import pytest

from tests.unit.documents.citations import ROOT, tracked
from tests.unit.documents.links import LINK, PATH, broken_links, broken_paths

HERE = ROOT / "README.md"


def test_every_relative_link_of_every_document_leads_somewhere() -> None:
    texts = {path: path.read_text("utf-8") for path in tracked(".md")}
    assert [said for path, text in texts.items() for said in broken_links(path, text)] == []
    assert sum(len(LINK.findall(text)) for text in texts.values()) >= 30


def test_every_path_that_a_document_names_is_in_the_repository() -> None:
    texts = {path: path.read_text("utf-8") for path in tracked(".md")}
    assert [said for path, text in texts.items() for said in broken_paths(path, text)] == []
    assert sum(len(PATH.findall(text)) for text in texts.values()) >= 30


@pytest.mark.parametrize("link", ["functions/", "infra/PLATFORM.md#checkers-of-a-synth", "#deploy"])
def test_a_link_to_a_folder_a_file_or_a_heading_is_right(link: str) -> None:
    assert list(broken_links(HERE, f"## Deploy\n[text]({link})")) == []


@pytest.mark.parametrize("link", ["functons/", "functions/microstrategy/API.md#99-nothing", "#no-such-heading"])
def test_a_link_that_leads_nowhere_is_reported(link: str) -> None:
    assert len(list(broken_links(HERE, f"[text]({link})"))) == 1


def test_links_to_other_hosts_and_those_in_code_are_left_alone() -> None:
    assert list(broken_links(HERE, "[a](https://example.com/x) [b](mailto:a@example.com)\n```\n[c](gone)\n```\n")) == []


def test_a_path_that_is_gone_is_reported() -> None:
    assert list(broken_paths(HERE, "`functions/gone.py` and `infra/app.py`")) == [
        f"{HERE}: there is no functions/gone.py"
    ]
