"""What servers, files and people wrote stays text: it ends no tag, runs no script, leads nowhere and hides nothing."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from functions.runs.history import HistoryRecord
from local.pages.batch_page import batch_page
from local.pages.history_page import history_page
from local.pages.run_page import run_page
from local.report.report import (
    Answer,
    Attempt,
    Call,
    CleanedUp,
    JobStatus,
    NotRun,
    Problem,
    RunReport,
    StepFailure,
    Wait,
)
from tests.unit.pages.reports import batch_report, month, run_report
from tests.unit.report.executions import record

HOSTILE = (
    "</title><script>alert(1)</script></style><svg onload=alert(2)>" + '" onload=alert(3) x=\'" javascript:alert(4)'
    "\u202egnol\u202c \u2066\u200b\x00\x1b[2J\r\n{{ 7 * 191 }} {% raw %}<!-- &lt; ]]>" + "W" * 10_000
)
"""Every way out of a page that texts have tried; the last part is longer than any screen."""

LINKS = re.compile(
    r"#[a-z]+-(?:[0-9]+|title)|#(?:[a-z]+-?)+|https://[a-z0-9-]+\.console\.aws\.amazon\.com/states/home\?.*"
)

TEXTS = (
    *("id", "error", "reason", "cause", "job", "batch", "batch_run", "item", "datamart", "datamart_id", "project"),
    *("connection", "table", "started_by", "trigger", "rerun_of", "restart_of", "as_of"),
)
"""Fields of a record that hold what others wrote."""


def hostile(known: HistoryRecord, text: str, **changes: Any) -> HistoryRecord:
    follow_up = {"kind": "publishCube", "id": text, "name": text, "outcome": text, "reason": text}
    known_as = {"follow_ups": [follow_up]} | changes
    return replace(known, **(dict.fromkeys(TEXTS, text) | known_as))


def run_with(text: str = HOSTILE) -> RunReport:
    known = run_report(status="FAILED", loaded="unknown")
    call = Call(text, text, 500, 20, 3, 1, text)
    failure = StepFailure(known.steps[0].started_at, text, text)
    steps = [replace(step, state=text, calls=(call,), failures=(failure,)) for step in known.steps]
    at = known.job[0].at
    return replace(
        known,
        run=hostile(known.run, text),
        console=text,
        notes=(text,),
        problem=Problem(text, text, text),
        attempts=tuple(Attempt(number, at, 1.0, text, text, text) for number in (1, 2)),
        steps=tuple(steps),
        prompts=(Answer(1, text, text, text, (text, text)),),
        job=tuple(JobStatus(1, each.at, each.status, text) for each in known.job),
        waits=(Wait(text, at, 1.0, text),),
        cleaned_up=(CleanedUp(1, at, text, text),),
    )


def batch_with(text: str = HOSTILE) -> RunReport:
    known = batch_report([[], [0], [1]], failed=(1,))
    items = [hostile(item, text, item=f"{item.item} {text}") for item in known.items]
    after = {str(items[1].item): (str(items[0].item), text), text: (text,)}
    return replace(
        known,
        run=hostile(known.run, text, counts={"items": 3, text: 2}),
        console=text,
        items=tuple(items),
        not_run=(NotRun(text, text, text),),
        after=after,
    )


def history_with(text: str = HOSTILE) -> list[HistoryRecord]:
    execution = f"arn:aws:states:evil.example/#:1:execution:x:{text}"
    return [hostile(each, text, execution=execution) for each in month(2)]


class Read(HTMLParser):
    """What a browser makes of a page: its elements with their attributes, and its text without that of its style."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._style = False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._style = False

    def handle_data(self, data: str) -> None:
        self.text += "" if self._style else data


PAGES = {
    "run": lambda text: run_page(run_with(text), 0),
    "batch": lambda text: batch_page(batch_with(text), 0),
    "history": lambda text: history_page(history_with(text), text, {}, is_deployed=True),
}


@pytest.fixture(params=list(PAGES))
def read(request: pytest.FixtureRequest) -> Read:
    return Read(PAGES[request.param](HOSTILE))


@pytest.mark.parametrize("page", list(PAGES))
def test_a_text_makes_no_element_and_no_attribute(page: str) -> None:
    usual, found = (
        [(tag, *attributes) for tag, attributes in Read(PAGES[page](text)).elements] for text in ("usual", HOSTILE)
    )
    assert found == usual
    assert len(found) > 50


def test_no_attribute_has_a_text_that_could_act(read: Read) -> None:
    tags = {tag for tag, _ in read.elements}
    assert not tags & {"script", "img", "iframe", "object", "embed", "form", "base", "link", "foreignobject"}
    for tag, attributes in read.elements:
        assert not [name for name in attributes if name.startswith("on") or name in ("style", "src", "srcset")]
        if "href" in attributes:
            assert LINKS.fullmatch(attributes["href"] or ""), (tag, attributes["href"])


def test_an_arn_that_names_another_host_becomes_no_link() -> None:
    page = Read(PAGES["history"](HOSTILE))
    assert not [at for _, at in page.elements if "evil" in (at.get("href") or "")]


def test_what_does_not_print_is_not_in_a_page(read: Read) -> None:
    assert "gnol" in read.text
    assert not [char for char in read.text if not char.isprintable() and char != "\n"]
    assert "{{ 7 * 191 }}" in read.text, "a text is not run as a template"


def test_a_long_text_is_cut(read: Read) -> None:
    assert max(map(len, re.findall("W+", read.text))) <= 6_000
    assert "W" * 100 in read.text


def test_the_policy_of_every_page_allows_its_style_alone(read: Read) -> None:
    policies = [at.get("content") for tag, at in read.elements if at.get("http-equiv") == "Content-Security-Policy"]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]


def test_a_record_of_an_execution_without_an_arn_has_a_page() -> None:
    report = run_report()
    assert "City" in run_page(replace(report, run=replace(report.run, execution="x")), 0)
    assert "<td>" in history_page([record(execution="x:y")], "Stage prod", {}, is_deployed=True)
