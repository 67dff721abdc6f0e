"""Every citation of a document leads to a heading of it, in code and in documents."""

from pathlib import Path

import pytest

from tests.unit.documents.citations import ROOT, SOURCES, Citation, citations, documents, headings_of, problem, tracked

KNOWN = {
    Path("/a/one/API.md"): ["The API", "8. Errors", "8.4 Codes that matter", "11.6 GET before POST"],
    Path("/a/one/PLATFORM.md"): ["Step Functions"],
    Path("/a/two/PLATFORM.md"): ["What moto's Step Functions do"],
}

THESE = ROOT / "tests" / "unit" / "documents"
"""The tests of citations plant wrong ones."""


def _found(text: str, name: str = "module.py") -> list[Citation]:
    return list(citations(Path(name), text))


def _problems(text: str, name: str = "module.py") -> list[str]:
    return [said for one in _found(text, name) if (said := problem(one, KNOWN)) is not None]


def test_every_citation_in_the_repository_leads_to_a_heading() -> None:
    known, checked, problems = documents(), 0, []
    for path in tracked(*SOURCES):
        if path.is_relative_to(THESE):
            continue
        for citation in citations(path.relative_to(ROOT), path.read_text("utf-8")):
            checked += 1
            if (said := problem(citation, known)) is not None:
                problems.append(said)
    assert problems == []
    assert checked >= 200


@pytest.mark.parametrize(
    "text",
    [
        "(API.md 8.4)",
        "(API.md 8)",
        "(one/API.md 8 and 8.4)",
        "(API.md 8, 8.4 to 11.6, row 5)",
        "(API.md 8, #2)",
        'API.md "Codes that matter".',
        'API.md "Codes\n    that matter".',
        "# ends with API.md\n    # 8.4",
        'one/PLATFORM.md "Step Functions"',
    ],
)
def test_a_citation_of_a_heading_is_found_and_right(text: str) -> None:
    assert _found(text)
    assert _problems(text) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("(API.md 8.5)", "API.md has no heading 8.5"),
        ("(API.md 8.44)", "API.md has no heading 8.44"),
        ("(API.md 8 and 9)", "API.md has no heading 9"),
        ("(API.md 8,\n    9)", "API.md has no heading 9"),
        ("(API.md 1)", "API.md has no heading 1"),
        ('API.md "Codes"', 'API.md has no heading "Codes"'),
        ("(three/API.md 8)", "0 documents have a path that ends in three/API.md; one is expected"),
        ('PLATFORM.md "Step Functions"', "2 documents have a path that ends in PLATFORM.md; one is expected"),
        ("as API.md says", "API.md is cited without a heading"),
        ("DESIGN.md 1", "0 documents have a path that ends in DESIGN.md; one is expected"),
    ],
)
def test_a_citation_that_leads_nowhere_is_reported_with_its_place(text: str, said: str) -> None:
    assert _problems(f"first line\n{text}") == [f"module.py:2: {said}"]


def test_a_document_may_name_another_as_a_whole() -> None:
    assert _found("see [the contract](API.md) and DESIGN.md", "README.md") == []
    assert _problems("`API.md 8.5`", "README.md") == ["README.md:1: API.md has no heading 8.5"]


def test_headings_in_code_blocks_do_not_count() -> None:
    assert headings_of("# One\n```\n# a comment\n```\n## 2. Two\n") == ["One", "2. Two"]


def test_no_two_headings_of_a_document_have_the_same_number_or_words() -> None:
    for path, headings in documents().items():
        assert len(headings) == len(set(headings)), path
        numbers = [heading.split()[0].rstrip(".") for heading in headings if heading[0].isdigit()]
        assert len(numbers) == len(set(numbers)), path
