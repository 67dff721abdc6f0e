"""What Slack and Teams get: documents that Amazon Q Developer takes, in which nothing foreign is markup."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions import clock
from functions.notifications import (
    batch_end,
    chat,
    failure_notice,
    late_notice,
    outages,
    sweep_notice,
)
from functions.notifications.batch_end import BatchEnd
from functions.notifications.console_link import console_link
from functions.notifications.late_notice import LateLoad
from functions.notifications.publish import Notice
from functions.notifications.run_end import end_of
from functions.notifications.sweep_notice import Thing
from functions.runs.batches.model import BatchOutcome, BatchRun
from functions.runs.outage import GatheredFailure
from functions.runs.store.item_format import run_of
from functions.runs.store.outages import OutageRecord
from functions.runs.store.table import RunTable
from tests.support.golden import check
from tests.unit.notifications.notices import EVERY, MORNING
from tests.unit.notifications.test_forged_lines import ARN, DETAIL, ITEM, changed, places

GOLDEN = Path(__file__).with_name("golden") / "chat"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:datamart-runner-dev-ChatTopic1A2B3C"
IDENTITY = "5f1c0d9e8b7a6f5e4d3c2b1a09f8e7d6"

BATCH = "arn:aws:states:eu-west-1:123456789012:execution:datamart-runner-dev_batches:night-1"

NOT_FOUND = {"status": "FAILED", "error": "NotFound", "cause": "why"}

FAILED = ITEM | {
    "outcome": {
        "end": "Fail",
        "error": "NotFound",
        "reason": 'There is no datamart "Sales" in the project "Tutorial" (did you mean "Sales (EU)"?).',
        "advice": "Correct the name in the request.",
        "loaded": "no",
    }
}


def failure(item: dict[str, Any] = FAILED, detail: dict[str, Any] = NOT_FOUND) -> Notice:
    return failure_notice.notice(end_of(run_of(item, 1), detail))


def batch() -> Notice:
    lines = [
        {"name": "countries", "outcome": "loaded", "loaded": "yes"},
        {"name": "customers", "outcome": "failed", "loaded": "no", "error": "NotFound", "execution": ARN},
        {"name": "sales <EU> & more", "outcome": "skipped", "loaded": "no", "because": "customers"},
    ]
    run = BatchRun(BATCH, name="night", states="lfs", outcome=BatchOutcome(False, {}, "BatchIncomplete", "why"))
    return batch_end.notice(BatchEnd.of(run, None, lines, {"status": "FAILED", "error": "BatchIncomplete"}))


LATE = [
    LateLoad("city-nightly", "07:00", "Europe/Berlin", 1_795_000_000.0),
    LateLoad("night", "08:00", "UTC", None, "batch"),
]

UNAVAILABLE = GatheredFailure(ARN, 0, "City", "nightly", "no", "ServerUnavailable", "the server <bi> is away")


def outage(runs: int = 2) -> Notice:
    others = [UNAVAILABLE._replace(run=f"{ARN}{n}", job=None, datamart=f"D{n}") for n in range(1, runs + 1)]
    lost = UNAVAILABLE._replace(run=f"{ARN}3", error="SessionLost", loaded="unknown")
    gathered = {str(number): each._asdict() for number, each in enumerate([UNAVAILABLE, *others, lost])}
    item = {"executionArn": "outage/default", "window": 1, "openedBy": ARN, "due": 240, "gathered": gathered}
    more = {"outageSince": 0, "before": 0, "sentAt": 0, "sent": {}, "claimed": {}, "told": {}}
    return outages.notice(OutageRecord(RunTable("none", client=object()), item | more))


NOTICES: dict[str, Callable[[], Notice]] = {
    **{kind: make for kind, make in EVERY.items() if kind != "question"},  # everybody in a channel could answer it
    "failed-by-name": failure,
    "failure-of-a-datamart": lambda: failure({key: value for key, value in FAILED.items() if key != "job"}),
    "batch-with-markup": batch,
    "outage-with-markup": outage,
    "outage-of-many": lambda: outage(30),
    "late-job": lambda: late_notice.notice(LATE[:1], "dev"),
}


def document(notice: Notice) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(chat.document(notice, IDENTITY, TOPIC))
    return found


@pytest.fixture(autouse=True)
def in_the_morning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_source", lambda: MORNING + 300)


@pytest.mark.parametrize("kind", list(NOTICES))
def test_each_notification_has_a_document_of_its_own(kind: str) -> None:
    check(GOLDEN / f"{kind}.json", json.dumps(document(NOTICES[kind]()), indent=2, ensure_ascii=False) + "\n")


def test_no_golden_file_is_of_a_document_that_is_no_more() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(NOTICES)


def test_each_document_is_one_that_the_guide_allows() -> None:
    for make in NOTICES.values():
        found = document(make())
        assert set(found) == {"version", "source", "id", "content", "metadata"}
        assert (found["version"], found["source"]) == ("1.0", "custom")
        assert set(found["content"]) <= {"textType", "title", "description", "nextSteps", "keywords"}
        assert found["content"]["textType"] == "client-markdown"
        known = {"threadId", "summary", "eventType", "relatedResources", "additionalContext"}
        assert set(found["metadata"]) <= known
        assert re.fullmatch("[a-zA-Z0-9-]{1,100}", found["metadata"]["eventType"])


def test_all_that_is_about_one_job_is_one_thread_and_stages_have_threads_of_their_own() -> None:
    thread = document(failure())["metadata"]["threadId"]
    assert thread == "datamart-runner-dev-ChatTopic1A2B3C/job/nightly"
    other = json.loads(chat.document(failure(), IDENTITY, TOPIC.replace("-dev-", "-prod-")))
    assert other["metadata"]["threadId"] != thread
    assert "threadId" not in document(late_notice.notice(LATE, "dev"))["metadata"]


def test_the_thread_of_a_datamart_with_any_name_is_short_and_printable() -> None:
    for name in ("x" * 5_000, "Umsätze\n<!channel>", "", "a b"):
        thread = document(Notice("failure", "s", "t", thread=f"datamart/{name}"))["metadata"]["threadId"]
        assert re.fullmatch(r"[\w./:-]{1,100}", thread, re.ASCII)


MARKUP = (
    "<!channel> <!here|x> <@U024BE7LH> <#C024BE7LR> <https://evil.example|click> <mailto:a@evil.example> "
    "@channel @here @everyone #general *bold* _slanted_ ~gone~ `code` ```block``` [click](https://evil.example) "
    "![x](http://evil.example/x.png) <at>all</at> :white_check_mark: :+1: https://evil.example www.evil.example "
    "evil.example/path ftp://evil.example > quoted &lt;!channel&gt; **strong** __strong__ | a | # head"
)


def assert_no_markup(text: str) -> None:
    """Nothing in a text means anything to Slack or to Teams."""
    assert not set(text) & set("<>@#*~`[]|"), text
    assert all(re.match("&(amp|lt|gt);", text[at.start() :]) for at in re.finditer("&", text)), text
    assert "://" not in text
    assert not re.search(r":[a-z+-][\w+-]*:", text), text
    assert not re.search(r"\w\.[A-Za-z]{2}", text), text
    assert not re.search(r"(?<!\w)_|_(?!\w)", text), text


def shown(found: dict[str, Any], arn: str = ARN) -> Iterator[str]:
    """Every text of a document that people see, without the link to the console, which is ours."""
    content = found["content"]
    yield from (content["title"], found["metadata"]["summary"])
    yield content["description"].replace(f"\nExecution: {console_link(arn)}", "")
    yield from (re.sub("`[^`<>]*`", "", step) for step in content.get("nextSteps", []))
    yield from content.get("keywords", [])


def test_markup_in_a_text_means_nothing_and_its_words_stay() -> None:
    found = chat.harmless(MARKUP)
    assert_no_markup(found)
    for word in ("channel", "click", "bold", "slanted", "gone", "code", "white_check_mark", "quoted", "strong"):
        assert word in found


@pytest.mark.parametrize("path", [path for path in places(ITEM) if "unanswered" not in path and "question" not in path])
def test_markup_from_the_server_or_a_file_means_nothing_wherever_it_stands(path: tuple[Any, ...]) -> None:
    for detail in (DETAIL, {"status": "ABORTED", "error": MARKUP, "cause": MARKUP}):
        for text in shown(document(failure_notice.notice(end_of(changed(path, MARKUP), detail)))):
            assert_no_markup(text)


def test_markup_in_what_the_sweep_and_a_batch_report_means_nothing() -> None:
    thing = Thing(ARN, MARKUP, "it could not be looked at", MARKUP, left=True)
    lines = [{"name": MARKUP, "outcome": "failed", "loaded": "no", "error": MARKUP, "because": MARKUP}]
    run = BatchRun(BATCH, name=MARKUP, states="f")
    end = BatchEnd.of(run, None, lines, {"status": "ABORTED", "error": MARKUP, "cause": MARKUP})
    for found in (document(sweep_notice.notice([thing], 0)), document(batch_end.notice(end))):
        for text in shown(found, BATCH):
            assert_no_markup(text)


def test_a_name_of_an_execution_cannot_end_the_link_to_it() -> None:
    arn = f"{ARN}<!channel>|@here *x*"
    description = document(Notice("failure", "s", "t", execution=arn))["content"]["description"]
    assert not set(description) & set("<>@*|")


def test_a_command_stays_as_it_can_be_copied() -> None:
    step = "show it: `datamart show nightly-0123 --stage dev_1`, or look at _this_ <!here>"
    (found,) = document(Notice("failure", "s", "t", next_steps=(step,)))["content"]["nextSteps"]
    assert found == "Show it: `datamart show nightly-0123 --stage dev_1`, or look at ˍthisˍ &lt;!here&gt;"


def test_paths_and_names_with_underscores_are_shown_as_they_are() -> None:
    for text in ("DM_CITY in Statistics", "s3://landing".replace("://", "/"), "10:20:30", "1.5 s", "V_A.1"):
        assert chat.harmless(text) == text


@given(st.text(max_size=400), st.integers(1, 6_000), st.integers(0, 12))
def test_no_part_is_longer_than_chats_show_and_no_entity_is_cut(text: str, times: int, count: int) -> None:
    long = (text * times)[:20_000]
    made = Notice("failure", long, long, "t", long, (f"{long}`{long}`",) * count, (long,) * count, ARN)
    found = document(made)
    content = found["content"]
    assert len(content["title"]) <= chat.LONGEST_TITLE
    assert len(content["description"]) <= chat.LONGEST_DESCRIPTION
    assert len(content.get("nextSteps", [])) <= chat.MOST_STEPS
    assert all(len(step) <= chat.LONGEST_STEP for step in content.get("nextSteps", []))
    assert len(content.get("keywords", [])) <= chat.MOST_KEYWORDS
    assert all(len(keyword) <= chat.LONGEST_KEYWORD for keyword in content.get("keywords", []))
    for part in (content["title"], content["description"], *content.get("nextSteps", [])):
        assert not re.search(r"&(?!amp;|lt;|gt;)", part)


def test_a_lone_surrogate_is_no_obstacle() -> None:
    assert "?" in document(Notice("failure", "s", "a \ud800 b"))["content"]["description"]
