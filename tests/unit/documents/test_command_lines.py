"""The README is one page, and the command lines of every document exist."""

import pytest

from tests.unit.documents.citations import ROOT, tracked
from tests.unit.documents.command_lines import datamart_lines, make_lines, unknown_in

LONGEST_README = 200
"""Lines: a page that a person reads on the first day."""


def test_the_readme_is_one_page() -> None:
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= LONGEST_README


def test_every_command_line_of_every_document_exists() -> None:
    texts = {path.relative_to(ROOT): path.read_text("utf-8") for path in tracked(".md")}
    assert [f"{path}: {said}" for path, text in texts.items() for said in unknown_in(text)] == []
    assert sum(len(make_lines(text)) for text in texts.values()) >= 30
    assert sum(len(datamart_lines(text)) for text in texts.values()) >= 20


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("make depoly STAGE=dev", ["make depoly STAGE=dev: unknown depoly"]),
        ("make deploy STGE=dev", ["make deploy STGE=dev: unknown STGE"]),
        (".venv/bin/datamart rum x.json", ["datamart rum: unknown command"]),
        ("datamart run x.json --jsn", ["datamart run: unknown --jsn"]),
        ("make deploy STAGE=dev   # once", []),
        (".venv/bin/datamart run x.json --json", []),
    ],
)
def test_a_command_line_that_does_not_exist_is_reported(line: str, said: list[str]) -> None:
    assert list(unknown_in(f"Text\n\n```\n{line}\n```\n")) == said
    assert list(unknown_in(f"Text with `{line}` in it.")) == said
