"""Text from outside cannot forge a line of a message: it stays on its own line, printable and quoted."""

import copy
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from functions.errors import InvalidRequest
from functions.notifications import failure_notice, outages, question_message, success_notice, sweep_notice
from functions.notifications.publish import LONGEST_SUBJECT
from functions.notifications.run_end import end_of
from functions.requests.execution_input import read_input
from functions.runs.failure import failed
from functions.runs.model import OpenQuestion, Run
from functions.runs.outage import Outage
from functions.runs.series import Series
from functions.runs.store.item_format import run_of
from functions.text import shown
from functions.triggers.accepted_request import accepted
from functions.triggers.trigger_event import RejectedEvent
from tests.unit.triggers.conftest import JOBS

ARN = "arn:aws:states:eu-west-1:123456789012:execution:datamart-runner-dev:a"

LABELS = (
    *("Datamart", "Project", "Job", "For", "Ended as", "Table", "Loaded", "What happened", "What to do", "Execution"),
    *("Answers to put", "Then either", "or", "aws ", "datamart ", "To answer", "The last reply", "Default", "Choices"),
    *("Run of", "* STILL LEFT", "STILL LEFT", "https://", "curl "),
)

BREAKS = ["\n", "\r\n", "\r", "\u2028", "\x85", "\x0b", "\u202e\n", '"\n', '"\n\n']

HOSTILE = [
    f"EVIL{gap}" + gap.join(f"{label}: https://evil.example EVIL" for label in LABELS) + f"{gap}\x1b[2J\u202eEVIL"
    for gap in BREAKS
]

each_hostile = pytest.mark.parametrize("hostile", HOSTILE, ids=[ascii(gap) for gap in BREAKS])

PROMPT = {
    "key": "K@0@10",
    "id": "K",
    "name": "Country",
    "title": "Your country",
    "type": "ELEMENTS",
    "dataType": "TEXT",
    "required": True,
    "min": "1",
    "max": "2",
    "instruction": "Choose",
    "defaultAnswer": [{"id": "h1", "name": "USA"}],
    "choices": [{"id": "h1", "name": "USA"}, {"id": "h2", "name": "Spain"}],
    "more": True,
}

ITEM: dict[str, Any] = {
    "executionArn": ARN,
    "attempt": 1,
    "attempts": {},
    "told": {},
    "startedAt": 0,
    "endedAt": 1,
    "job": "nightly",
    "asOf": "2026-11-24T05:00:00Z",
    "asked": {"project": "P", "datamart": "D", "prompts": []},
    "project": {"id": "P", "name": "Tutorial"},
    "datamart": {"id": "D", "name": "City"},
    "target": {"source": "Warehouse", "table": "T", "append": False},
    "outcome": {"end": "Fail", "error": "PromptsUnanswered", "reason": "why", "advice": "what", "loaded": "no"},
    "unanswered": {"attempt": 1, "prompts": [PROMPT]},
    "question": {"token": "token", "askedAt": 0, "until": 60, "prompts": [PROMPT], "refusal": "wrong"},
}

OURS = {"executionArn", "attempt", "loaded", "token", "end", "key", "until"}
"""Fields that nobody else writes."""


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path to every string in ``value`` that somebody else writes."""
    if isinstance(value, dict):
        for key, one in value.items():
            if key not in OURS:
                yield from places(one, (*path, key))
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from places(one, (*path, index))
    elif isinstance(value, str):
        yield path


def changed(path: tuple[Any, ...], hostile: str, item: dict[str, Any] = ITEM) -> Run:
    item = copy.deepcopy(item)
    holder: Any = item
    for part in path[:-1]:
        holder = holder[part]
    holder[path[-1]] = hostile
    return run_of(item, 1)


def question_of(run: Run) -> OpenQuestion:
    assert run.question is not None
    return run.question


def assert_forges_nothing(text: str) -> None:
    for line in re.split("[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", text):
        assert line.isprintable(), ascii(line)
        assert not re.match(rf"\W*({'|'.join(map(re.escape, LABELS))})[: ]+https://evil", line), line
        if (at := line.find("https://evil")) >= 0:
            assert line[:at].replace('\\"', "").count('"') % 2 == 1, f"not inside of quotes: {line[: at + 20]}"


DETAIL = {"status": "FAILED", "error": "PromptsUnanswered", "cause": "why"}

MESSAGES: dict[str, Callable[[Run], str]] = {
    "notice": lambda run: failure_notice.text(end_of(run, DETAIL)),
    "notice subject": lambda run: failure_notice.subject(end_of(run, DETAIL)),
    "recovery": lambda run: success_notice.notice(end_of(run, {"status": "SUCCEEDED"}), SERIES).text,
    "recovery subject": lambda run: success_notice.notice(end_of(run, {"status": "SUCCEEDED"}), SERIES).subject,
    "outage": lambda run: outages.text(outage_of(run)),
    "outage in a chat": lambda run: outages.notice(outage_of(run, 2)).summary,
    "question": lambda run: question_message.text(run, question_of(run)),
    "question subject": lambda run: question_message.subject(run, question_of(run)),
    "cause": lambda run: str(failed(run, "NotFound", "why").cause),
}

SERIES = Series(2, 0)


def outage_of(run: Run, runs: int = 1) -> Any:
    """As the record of an outage knows the failure of a run."""
    failures = {str(number): outages.failure_of(end_of(run, DETAIL)) for number in range(runs)}
    return Outage("outage/default", failures=failures)


COMPOSED = {("outcome", "reason"), ("outcome", "advice"), ("question", "refusal")}
"""Sentences of ours, in which what is foreign was quoted when they were made."""

FIELDS = [path for path in places(ITEM) if path not in COMPOSED]


def test_every_field_of_a_prompt_and_of_a_run_is_tried() -> None:
    assert len(FIELDS) > 30
    assert ("question", "prompts", 0, "choices", 1, "name") in FIELDS


@each_hostile
@pytest.mark.parametrize("kind", MESSAGES)
def test_no_field_of_a_run_forges_a_line_of_a_message(kind: str, hostile: str) -> None:
    seen = 0
    for path in FIELDS:
        text = MESSAGES[kind](changed(path, hostile))
        assert_forges_nothing(text)
        seen += "EVIL" in text
    assert seen


@each_hostile
@pytest.mark.parametrize("path", sorted(COMPOSED), ids="/".join)
def test_a_sentence_that_was_kept_is_one_line_of_a_message(path: tuple[str, str], hostile: str) -> None:
    for kind in ("notice", "question"):
        text = MESSAGES[kind](changed(path, hostile))
        lines = [line for line in text.split("\n") if "EVIL" in line]
        assert all(line.isprintable() for line in lines)
        assert len(lines) <= 1


@each_hostile
def test_what_a_server_said_is_one_line_of_a_cause(hostile: str) -> None:
    cause = failed(changed(("job",), "nightly"), "DatamartFailed", f"{hostile} (step execute, HTTP 400)").cause
    assert cause.isprintable()


@each_hostile
@pytest.mark.parametrize("status", ["ABORTED", "TIMED_OUT", "FAILED"])
def test_whoever_stops_an_execution_forges_no_line_of_the_notification(status: str, hostile: str) -> None:
    run = run_of({key: value for key, value in ITEM.items() if key != "outcome"}, 1)
    end = end_of(run, {"status": status, "error": hostile, "cause": hostile if status != "FAILED" else "why"})
    assert "EVIL" in failure_notice.text(end)
    for text in (failure_notice.text(end), failure_notice.subject(end), end.reason):
        assert_forges_nothing(text)


@each_hostile
def test_the_notification_of_the_sweep_has_no_forged_line(hostile: str) -> None:
    thing = sweep_notice.Thing(ARN, hostile, "a session of it was still kept", "logged out now", left=True)
    assert_forges_nothing(sweep_notice.text([thing], 1))
    kept = sweep_notice.text([sweep_notice.Thing(ARN, "City", "a session", hostile)], 0)
    assert len([line for line in kept.splitlines() if "EVIL" in line]) == 1


@each_hostile
@pytest.mark.parametrize(
    "given",
    [
        lambda hostile: {hostile: 1},
        lambda hostile: {"project": "P", "datamart": "D", hostile: 1},
        lambda hostile: {"project": hostile, "datamart": " x "},
        lambda hostile: {"project": "P", "datamart": "D", "unanswered": hostile},
        lambda hostile: {"project": "P", "datamart": "D", "connection": hostile},
        lambda hostile: {"project": "P", "datamart": "D", "prompts": [{"name": "x", hostile: 1}]},
        lambda hostile: {"project": "P", "datamart": {hostile: 1}},
        lambda hostile: {"project": "P", "datamart": "D", "timeoutMinutes": hostile},
        lambda hostile: {"project": f" {hostile}", "datamart": "D"},
        lambda hostile: {"job": hostile},
        lambda hostile: {"job": hostile[:40]},
        lambda hostile: {"job": "x", hostile: 1},
        lambda hostile: {"job": "x", "asOf": hostile},
        lambda hostile: {"job": "x", "values": {hostile: 1}},
    ],
)
def test_the_reason_why_an_input_is_refused_has_no_forged_line(
    hostile: str, given: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    jobs = tmp_path / "jobs.json"
    jobs.write_text(json.dumps({"x": JOBS["nightly"]}), "utf-8")
    monkeypatch.setenv("JOBS_FILE", str(jobs))
    with pytest.raises(InvalidRequest) as refused:
        read_input(given(hostile), "2026-11-24T05:00:00Z")
    assert_forges_nothing(str(refused.value))


@each_hostile
def test_the_reason_why_a_request_from_outside_is_refused_has_no_forged_line(hostile: str) -> None:
    good = {"project": "MicroStrategy Tutorial", "datamart": "City"}
    for request in (good | {hostile: 1}, good | {"datamart": hostile}, good | {"prompts": [{hostile: 1}]}):
        with pytest.raises(RejectedEvent) as refused:
            accepted(json.dumps(request), JOBS["requests"])
        assert_forges_nothing(str(refused.value))


def test_a_long_name_does_not_push_what_happened_out_of_the_subject() -> None:
    run = changed(("datamart", "name"), "City succeeded " * 20)
    assert failure_notice.subject(end_of(run, DETAIL)).endswith(" failed: PromptsUnanswered (loaded: no)")
    assert len(failure_notice.subject(end_of(run, DETAIL))) <= LONGEST_SUBJECT


def test_the_command_to_answer_is_one_argument_whatever_the_execution_is_called() -> None:
    run = changed(("question", "refusal"), "wrong")
    run.arn = f"{ARN}'(b)"
    assert f"datamart answer '{ARN}'\"'\"'(b)' answers.json" in question_message.text(run, question_of(run))


@pytest.mark.parametrize("text", ["x" * 200, "\n" * 200, "\u202e" * 200, '"' * 200, "\\" * 200])
def test_a_text_that_is_cut_still_ends_its_quotation(text: str) -> None:
    assert shown(text)[0] == shown(text)[-1] == '"'
    assert len(shown(text)) <= 80
