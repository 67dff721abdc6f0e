"""People are asked what the request does not answer, and the run waits for them, holding nothing."""

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from functions.microstrategy.retries import MAX_RETRIES
from functions.runs.model import OpenQuestion
from functions.runs.store.table import run_table
from local.outcome import Outcome
from local.simulator import catalogue
from tests.integration.conftest import CITY, TUTORIAL, System
from tests.support.permissions import Recorder

COUNTRY = "Elements of Country"


class Person:
    """Somebody who answers: each reply in turn, or what a function makes of the question."""

    def __init__(self, system: System, replies: Iterator[Any]) -> None:
        self.system = system
        self.questions: list[OpenQuestion] = []
        self.left_on_the_server: list[dict[str, Any]] = []
        self._replies = replies

    def __call__(self, question: OpenQuestion) -> None:
        self.questions.append(question)
        state = self.system.simulator.state()
        self.left_on_the_server.append({kind: state[kind] for kind in ("sessions", "instances", "jobs") if state[kind]})
        reply = next(self._replies)
        if callable(reply):
            reply(question)
        else:
            self.system.emulator.reply(question.token, reply)


@pytest.fixture
def person(system: System) -> Iterator[Callable[..., Person]]:
    def with_replies(*replies: Any) -> Person:
        made = Person(system, iter(replies))
        system.emulator.person = made
        return made

    yield with_replies
    system.emulator.person = None


def reply(*answers: Any, name: str = COUNTRY) -> dict[str, Any]:
    return {"prompts": [{"name": name, "answers": list(answers)}]}


def tokens_are_nowhere(system: System, outcome: Outcome, asked: Person) -> None:
    """But in the execution's history, where AWS puts them, and in the message with which people answer."""
    item = json.dumps(system.item(outcome), default=str)
    logs = system.emulator.logs.read_text("utf-8")
    told = json.dumps([system.notices(), system.events()])
    for question in asked.questions:
        for place in (item, logs, told, str(outcome.cause), json.dumps(outcome.output)):
            assert question.token not in place


def test_a_run_that_is_answered_goes_on_in_a_new_attempt_with_all_the_answers(
    system: System, person: Callable[..., Person]
) -> None:
    asked = person(reply("USA"))
    outcome = system.run(unanswered="ask")
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert outcome.states.count("Attempt") == 2
    assert asked.left_on_the_server == [{}]
    assert {row["country"] for row in system.simulator.rows("DM_CITY")} == {"USA"}
    (prompt,) = asked.questions[0].prompts
    assert (prompt["name"], prompt["required"]) == (COUNTRY, True)
    assert "USA" in [choice["name"] for choice in prompt["choices"]]
    tokens_are_nowhere(system, outcome, asked)


def test_the_question_is_published_with_everything_that_is_needed_to_answer_it(
    system: System, person: Callable[..., Person]
) -> None:
    topics = boto3.client("sns").list_topics()["Topics"]
    topic = next(t["TopicArn"] for t in topics if "QuestionTopic" in t["TopicArn"])
    queue = boto3.client("sqs").create_queue(QueueName="asked")["QueueUrl"]
    where = "arn:aws:sqs:eu-west-1:123456789012:asked"
    listening = boto3.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=where)
    try:
        asked = person(reply("Atlantis"), reply("USA"))
        outcome = system.run(unanswered="ask")
        found = boto3.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    finally:
        boto3.client("sns").unsubscribe(SubscriptionArn=listening["SubscriptionArn"])
        boto3.client("sqs").delete_queue(QueueUrl=queue)
    first, second = (json.loads(message["Body"]) for message in found)
    assert first["Subject"] == "Datamart City asks 1 question"
    token = asked.questions[0].token
    line = f"aws stepfunctions send-task-success --task-output file://answers.json --task-token '{token}'"
    for told in ('"Elements of Country"', "required", "USA, England", line, f"datamart answer {outcome.execution_arn}"):
        assert told in first["Message"]
    assert '"Atlantis"' in second["Message"]
    assert "The last reply was refused" in second["Message"]


def test_a_wrong_reply_is_refused_with_the_reason_and_asked_again_under_a_new_token(
    system: System, person: Callable[..., Person]
) -> None:
    wrong = (
        reply("Atlantis"),
        {"answers": "USA"},
        {"prompts": [{"name": "Elements of Contry", "answers": ["USA"]}]},
    )
    asked = person(*wrong, reply("USA"))
    outcome = system.run(unanswered="ask")
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert len({question.token for question in asked.questions}) == 4
    refusals = [question.refusal for question in asked.questions]
    assert refusals[0] is None
    for refusal, told in zip(
        refusals[1:], ('"Atlantis"', "the reply must be", 'did you mean "Elements of Country"'), strict=True
    ):
        assert told in refusal
    assert outcome.states.count("Attempt") == 2


def test_the_fourth_wrong_reply_ends_the_run(system: System, person: Callable[..., Person]) -> None:
    asked = person(*[reply("Atlantis")] * 5)
    outcome = system.run(unanswered="ask")
    assert outcome.error == "PromptAnswerRejected"
    assert str(outcome.cause).startswith("Loaded: no. ")
    assert len(asked.questions) == 4
    tokens_are_nowhere(system, outcome, asked)


def test_a_reply_that_only_the_server_can_refuse_is_asked_again_too(
    system: System, person: Callable[..., Person]
) -> None:
    unknown = reply({"id": f"h99;{catalogue.COUNTRY}"})
    asked = person(unknown, reply("England"))
    outcome = system.run(unanswered="ask")
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert "This is a required prompt" in asked.questions[1].refusal
    assert outcome.states.count("Attempt") == 3
    assert system.loads() == 1


@pytest.mark.exhaustive  # guarded by: people_are_not_asked_again, nested prompts
def test_each_nested_prompt_is_asked_when_it_opens(system: System, person: Callable[..., Person]) -> None:
    asked = person(reply("USA", name="Country of the city"), reply("Boston", name="City in the country"))
    amount = {"name": "Least amount 1", "answers": 0}
    outcome = system.run(datamart=catalogue.NESTED, prompts=[amount], unanswered="ask")
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert [question.prompts[0]["name"] for question in asked.questions] == [
        "Country of the city",
        "City in the country",
    ]
    assert {choice["name"] for choice in asked.questions[1].prompts[0]["choices"]} >= {"Boston", "Seattle"}
    assert "Berlin" not in str(asked.questions[1])


def test_people_are_not_asked_again_for_an_answer_of_the_request_that_is_wrong(
    system: System, person: Callable[..., Person]
) -> None:
    asked = person(reply("USA", name="Country of the city"))
    wrong = [{"name": "City in the country", "answers": "Berlin"}, {"name": "Least amount 1", "answers": 0}]
    outcome = system.run(datamart=catalogue.NESTED, prompts=wrong, unanswered="ask")
    assert outcome.error == "PromptAnswerRejected"
    assert '"Berlin"' in str(outcome.cause)
    assert len(asked.questions) == 1


def test_people_are_asked_although_the_server_does_not_list_what_they_may_answer(
    system: System, person: Callable[..., Person]
) -> None:
    down = {"status": 500, "json": {"code": "ERR002", "message": "Down."}}
    system.simulator.inject("search_elements", **down, times=1 + MAX_RETRIES)  # those of one call
    asked = person(reply("USA"))
    assert system.run(unanswered="ask").status == "SUCCEEDED"
    assert "choices" not in asked.questions[0].prompts[0]


@pytest.mark.exhaustive  # guarded by: the same reply delivered twice: no question is open
def test_a_reply_that_comes_before_its_question_was_kept_is_asked_for_again(
    system: System, person: Callable[..., Person]
) -> None:
    def lost(module: str, event: dict[str, Any]) -> Any:
        if module == "take_answers" and len(asked.questions) == 1:
            run_table().change(event["executionArn"], remove=("question",))
        return contextlib.nullcontext()

    before, system.emulator.runtime.around = system.emulator.runtime.around, lost
    try:
        asked = person(reply("USA"), reply("USA"))
        outcome = system.run(unanswered="ask")
    finally:
        system.emulator.runtime.around = before
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert len(asked.questions) == 2


def test_people_may_leave_an_optional_prompt_open_and_take_a_default(
    system: System, person: Callable[..., Person]
) -> None:
    def answer(question: OpenQuestion) -> None:
        answers = [
            {"name": p["name"], **({"useDefault": True} if "defaultAnswer" in p else {"answers": []})}
            for p in question.prompts
        ]
        system.emulator.reply(question.token, {"prompts": answers})

    person(answer)
    day = {"name": "From day", "answers": "2026-02-01"}
    outcome = system.run(datamart=catalogue.ALL_PROMPTS, prompts=[day], unanswered="ask")
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert {p["how"] for p in outcome.output["promptsAnswered"]} == {"answers", "default", "closed"}


@pytest.mark.exhaustive  # guarded by: the dates of the start: two days pass
def test_the_time_that_people_take_is_not_the_runs(system: System, person: Callable[..., Person]) -> None:
    def late(question: OpenQuestion) -> None:
        system.emulator.clock.advance(3 * 3600)
        system.emulator.reply(question.token, reply("USA"))

    person(late)
    outcome = system.run(unanswered="ask", timeoutMinutes=5)
    assert outcome.status == "SUCCEEDED", outcome.cause


def test_nobody_answers_in_time(system: System) -> None:
    outcome = system.run(unanswered="ask", askDeadlineHours=5)
    assert outcome.error == "AskExpired"
    assert str(outcome.cause).startswith('Loaded: no. Datamart "City": nobody answered within 5 hours')
    (notice,) = system.notices()
    assert COUNTRY in notice["Message"].partition("Answers to put into the request")[2]
    assert "question" not in system.item(outcome)


def test_all_questions_together_have_the_hours_of_the_request(system: System, person: Callable[..., Person]) -> None:
    def slowly(question: OpenQuestion) -> None:
        system.emulator.clock.advance(3 * 3600)
        system.emulator.reply(question.token, reply("Atlantis"))

    asked = person(slowly, slowly, slowly)
    assert system.run(unanswered="ask", askDeadlineHours=5).error == "AskExpired"
    assert len(asked.questions) == 2


def test_somebody_declines_to_answer(system: System, person: Callable[..., Person]) -> None:
    person(lambda question: system.emulator.decline(question.token, "not this month"))
    outcome = system.run(unanswered="ask")
    assert outcome.error == "PromptsUnanswered"
    assert "Declined" in str(outcome.cause)
    assert "not this month" in str(outcome.cause)


def test_a_run_that_is_stopped_while_it_waits_leaves_nothing(system: System, person: Callable[..., Person]) -> None:
    arn = system.emulator.start({"project": TUTORIAL, "datamart": CITY, "unanswered": "ask"})
    asked = person(lambda question: system.emulator.stop(arn))
    outcome = system.emulator.wait(arn)
    assert outcome.status == "ABORTED"
    assert asked.left_on_the_server == [{}]
    item = system.emulator.item(arn)
    assert item is not None
    assert "question" not in item
    assert item["outcome"]["loaded"] == "no"


def test_a_question_that_cannot_be_published_ends_the_run_with_the_reason(
    system: System, monkeypatch: pytest.MonkeyPatch, recorder: Recorder
) -> None:
    elsewhere = "arn:aws:sns:eu-west-1:123456789012:no-such-topic"
    monkeypatch.setenv("QUESTION_TOPIC_ARN", elsewhere)
    outcome = system.run(unanswered="ask")
    recorder.denied = [denied for denied in recorder.denied if elsewhere not in denied]  # it names no topic of ours
    assert outcome.error == "PromptsUnanswered"
    assert "NotFound" in str(outcome.cause)
    assert str(outcome.cause).startswith("Loaded: no. ")


@pytest.mark.parametrize(
    "huge", ["x" * 70_000, {"prompts": [{"name": COUNTRY, "answers": ["y" * 51_000]}]}, None, [], 5, {"prompts": "z"}]
)
@pytest.mark.exhaustive
def test_whatever_comes_back_is_taken_for_a_wrong_reply(
    system: System, person: Callable[..., Person], huge: Any
) -> None:
    asked = person(huge, reply("USA"))
    outcome = system.run(unanswered="ask")
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert asked.questions[1].refusal


def test_dates_stay_those_of_the_start_however_long_people_take(
    system: System, person: Callable[..., Person], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def two_days_later(question: OpenQuestion) -> None:
        system.emulator.clock.advance(40 * 3600)
        answers = [{"name": p["name"], "answers": []} for p in question.prompts]
        system.emulator.reply(question.token, {"prompts": answers})

    person(two_days_later)
    request = {
        "project": TUTORIAL,
        "datamart": catalogue.ALL_PROMPTS,
        "prompts": [{"name": "From day", "answers": "{today}"}],
        "unanswered": "ask",
    }
    jobs = tmp_path / "jobs.json"
    job = {"request": request, "timeZone": "Europe/Paris", "acceptRequests": None, "objects": []}
    jobs.write_text(json.dumps({"ask-sample": job}))
    monkeypatch.setenv("JOBS_FILE", str(jobs))
    outcome = system.run_input({"job": "ask-sample", "asOf": "2026-03-05T05:00+01:00"})
    assert outcome.status == "SUCCEEDED", outcome.cause
    told = [p for body in system.simulator.state()["answers"] for p in body["body"]["prompts"]]
    assert "2026-03-05T00:00:00.000+0000" in [p.get("answers") for p in told]


def test_a_time_out_names_the_timeout_minutes_of_the_request_however_long_people_took(
    system: System, person: Callable[..., Person]
) -> None:
    def late(question: OpenQuestion) -> None:
        system.emulator.clock.advance(3 * 3600)
        system.emulator.reply(question.token, reply("USA"))
        system.simulator.inject("get_execution", status=503, headers={"Retry-After": "30"}, times=1_000)

    person(late)
    outcome = system.run(unanswered="ask", timeoutMinutes=5)
    assert "timeoutMinutes (5)" in str(outcome.cause), (outcome.error, outcome.cause)


def test_the_same_reply_delivered_twice_is_taken_once(system: System, person: Callable[..., Person]) -> None:
    seen: list[dict[str, Any]] = []

    def around(module: str, event: dict[str, Any]) -> Any:
        if module == "take_answers" and not seen:
            seen.append(event)
            concluded = system.invoke("take_answers", event)
            assert (concluded["end"], concluded["waitSeconds"]) == ("Again", 1)
        return contextlib.nullcontext()

    before, system.emulator.runtime.around = system.emulator.runtime.around, around
    try:
        person(reply("USA"))
        outcome = system.run(unanswered="ask")
    finally:
        system.emulator.runtime.around = before
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert len(system.item(outcome)["asking"]["answers"]) == 1
