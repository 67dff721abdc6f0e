"""Answering what a deployed run asks: the real command on the emulator's AWS, with a question in the run table."""

import argparse
import io
import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from functions.names import execution_arn
from functions.runs.store.table import RunTable
from local.cli import main
from local.cli.answer import answer
from local.cli.process import exits_with
from tests.integration.conftest import System
from tests.support.cases import exhaustive
from tests.support.cloud import Cloud, answered, deployed, instead_of, refused

TOKEN = "AQCgAAAAKgAAAAMAAAAA-the-token-of-this-question"
REGION_KEY, DAY_KEY = ("0123456789ABCDEF0123456789ABCDEF@0@10", "0123456789ABCDEF0123456789ABCDEF@0@11")
PROMPTS = [
    {
        "key": REGION_KEY,
        "name": "Region",
        "type": "ELEMENTS",
        "required": True,
        "choices": [{"id": "h1;8D679D3711D3E4981000E787EC6DE8A4", "name": "North"}],
        "more": False,
    },
    {"key": DAY_KEY, "name": "Rate", "type": "VALUE", "dataType": "NUMERIC", "required": False},
]
RIGHT = {"prompts": [{"name": "Region", "answers": ["North"]}, {"name": "Rate", "answers": 12345678901234567890}]}


@pytest.fixture
def cloud(system: System, template_path: Path) -> Iterator[Cloud]:
    with deployed(system.emulator, template_path) as cloud:
        yield cloud


ASKING: dict[str, Any] = {"hours": 48, "answers": [], "fresh": 0, "refused": {}, "seconds": 0}
AGAIN = {"end": "Again", "waitSeconds": 1}


class Asked:
    """A run in the run table, and what Step Functions is told about it."""

    def __init__(self, cloud: Cloud, capsys: Any) -> None:
        self._cloud = cloud
        self._capsys = capsys
        self.name = f"city-{uuid.uuid4().hex}"
        self.arn = execution_arn(cloud.outputs["StateMachineArn"], self.name)
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.refusal: tuple[str, str] | None = None
        for operation in ("SendTaskSuccess", "SendTaskFailure"):
            instead_of(f"sfn.{operation}", self._tell)

    def _tell(self, model: Any, params: dict[str, Any], **_: Any) -> Any:
        self.told.append((model.name, json.loads(params["body"])))
        return refused(*self.refusal) if self.refusal else answered()

    def write(self, **changes: Any) -> "Asked":
        """The item of a run that waits, with changes; a change to None leaves the field out."""
        question = {"token": TOKEN, "askedAt": 1_800_000_000, "until": 1_800_172_800.5}
        item = {
            "executionArn": self.arn,
            "asking": ASKING,
            "question": question | {"prompts": PROMPTS, "refusal": None},
        } | changes
        (table,) = self._cloud.emulator.deployed.tables
        RunTable(table).create({key: value for key, value in item.items() if value is not None})
        return self

    def reply(self, *, run: str | None = None, typed: list[str] | None = None, **options: Any) -> int:
        arguments = {"run": run or self.arn, "file": None, "stage": None, "decline": None, "json": False} | options
        lines = iter(typed or [])
        return answer(argparse.Namespace(**arguments), (lambda _: _next(lines)) if typed is not None else None)

    def said(self) -> Any:
        """What was printed, ``out`` and ``err``, which must not hold the token."""
        said = self._capsys.readouterr()
        assert TOKEN not in said.out + said.err
        return said

    def object(self) -> dict[str, Any]:
        """The one JSON object on standard output."""
        return dict(json.loads(self.said().out))

    def report(self, **options: Any) -> tuple[int, dict[str, Any]]:
        code = self.reply(json=True, **options)
        return code, self.object()


def _next(lines: Iterator[str]) -> str:
    try:
        return next(lines)
    except StopIteration:
        raise EOFError from None


@pytest.fixture
def asked(cloud: Cloud, capsys: Any) -> Asked:
    return Asked(cloud, capsys)


@pytest.fixture
def file(tmp_path: Path) -> Callable[[Any], str]:
    def write(content: Any) -> str:
        path = tmp_path / "answers.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
        return str(path)

    return write


def test_answers_in_a_file_go_to_the_run_with_their_numbers_as_text(asked: Asked, file: Any) -> None:
    assert asked.write().reply(file=file(RIGHT)) == 0
    ((operation, sent),) = asked.told
    assert operation == "SendTaskSuccess"
    assert sent["taskToken"] == TOKEN
    assert json.loads(sent["output"]) == {
        "prompts": [
            {"key": REGION_KEY, "answers": ["North"]},
            {"key": DAY_KEY, "answers": "12345678901234567890"},
        ]
    }
    said = asked.said().out
    assert said.startswith("Sent; the run goes on.\n")
    assert said.rstrip().endswith(f"#/v2/executions/details/{asked.arn}")


def test_answers_may_come_on_standard_input(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(json.dumps(RIGHT).encode())))
    assert asked.write().reply(file="-") == 0
    assert len(asked.told) == 1


def test_with_json_the_answer_command_prints_one_object(asked: Asked, file: Any) -> None:
    code, said = asked.write().report(file=file(RIGHT))
    assert (code, said) == (
        0,
        {
            "sent": True,
            "question": {"prompts": PROMPTS, "until": 1_800_172_800.5, "refusal": None},
            "problem": None,
        },
    )


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ({"prompts": [{"name": "Region", "answers": ["South"]}]}, 'offers no choice called "South"'),
        exhaustive(({"prompts": RIGHT["prompts"][:1]}, 'the prompt "Rate" has no answer')),
        exhaustive(({"answers": []}, "the reply must be")),
        ('{"prompts": [{"name": "Region", "answers": ["\\ud800"]}]}', "half of a character"),
    ],
)
def test_answers_that_do_not_fit_the_questions_are_not_sent(asked: Asked, file: Any, reply: Any, why: str) -> None:
    code, said = asked.write().report(file=file(reply))
    assert (code, said["sent"], asked.told) == (1, False, [])
    assert "was not sent" in said["problem"]
    assert why in said["problem"]


def test_answers_count_together_with_those_of_earlier_replies(asked: Asked, file: Any) -> None:
    before = [{"name": "Shops", "answers": ["x" * 49_990]}]
    asked.write(asking=ASKING | {"answers": before})
    code, said = asked.report(file=file(RIGHT))
    assert (code, asked.told) == (1, [])
    assert "the answers of the run have" in said["problem"]


@pytest.mark.parametrize(
    ("content", "why"), [("{", "is not JSON"), exhaustive(('{"prompts": NaN}', "is not JSON (NaN"))]
)
def test_a_file_of_answers_that_is_not_json_is_bad_usage(asked: Asked, file: Any, content: str, why: str) -> None:
    asked.write()
    assert asked.reply(file=file(content)) == 2
    assert why in asked.said().err
    assert asked.reply(file="no/such.json") == 2
    assert "no/such.json: cannot be read" in asked.said().err
    assert asked.told == []


def test_without_a_file_the_terminal_asks_and_sends_the_answers(asked: Asked) -> None:
    assert asked.write().reply(typed=["2", "1", "7.5"]) == 0
    ((_, sent),) = asked.told
    assert json.loads(sent["output"]) == {
        "prompts": [
            {"key": REGION_KEY, "answers": [PROMPTS[0]["choices"][0]]},  # type: ignore[index]
            {"key": DAY_KEY, "answers": "7.5"},
        ]
    }
    said = asked.said().out
    assert "The run waits until 2027-01-17T08:00:00.500Z." in said
    assert "and no 2; for a name type" in said


def test_the_dialogue_says_first_why_an_earlier_reply_was_refused(asked: Asked) -> None:
    question = {"token": TOKEN, "askedAt": 1, "until": 2, "prompts": PROMPTS, "refusal": "no [b]such[/b] region"}
    code, said = asked.write(question=question).report(typed=["1", ""])
    assert (code, said["question"]["refusal"]) == (0, "no [b]such[/b] region")


def test_the_dialogue_leaves_standard_output_to_json(asked: Asked) -> None:
    assert asked.write().reply(typed=["1", ""], json=True) == 0
    said = asked.said()
    assert json.loads(said.out)["sent"] is True
    assert "1 of 2: Region" in said.err


def test_a_dialogue_that_ends_too_early_sends_nothing(asked: Asked) -> None:
    code, said = asked.write().report(typed=["1"])
    assert (code, asked.told) == (1, [])
    assert "the input ended before every prompt had an answer" in said["problem"]


def test_a_dialogue_that_is_stopped_by_ctrl_c_sends_nothing(asked: Asked) -> None:
    def interrupted(_: Any) -> str:
        raise KeyboardInterrupt

    asked.write()
    arguments = argparse.Namespace(run=asked.arn, file=None, stage=None, decline=None, json=True)
    assert answer(arguments, interrupted) == 130
    assert "stopped" in asked.object()["problem"]
    assert asked.told == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), exhaustive((signal.SIGHUP, 129))])
def test_a_dialogue_that_is_ended_by_another_signal_sends_nothing(asked: Asked, number: int, code: int) -> None:
    def interrupted(_: Any) -> str:
        os.kill(os.getpid(), number)
        return "1"

    asked.write()
    arguments = argparse.Namespace(run=asked.arn, file=None, stage=None, decline=None, json=True)
    with pytest.raises(SystemExit) as ended:
        exits_with(lambda: answer(arguments, interrupted))
    assert ended.value.code == code
    assert "the question is still open" in asked.object()["problem"]
    assert asked.told == []


def test_without_a_terminal_the_question_is_shown_with_answers_to_change(asked: Asked, file: Any) -> None:
    assert asked.write().reply() == 2
    said = asked.said()
    assert "1 of 2: Region" in said.out
    assert " 1  North" in said.out
    assert "there is no terminal to ask on; give a FILE" in said.err
    shown = json.loads(said.out.partition("Answers to change, as a FILE:\n")[2])
    assert shown["prompts"][0]["answers"] == ["North"]
    assert asked.told == []


def test_without_a_terminal_the_question_is_given_as_json(asked: Asked) -> None:
    code, said = asked.write().report()
    assert (code, said["sent"], said["question"]["prompts"]) == (2, False, PROMPTS)
    assert "give a FILE" in said["problem"]


def test_declining_ends_the_waiting_with_the_reason(asked: Asked) -> None:
    assert asked.write().reply(decline="the quarter is not closed yet") == 0
    assert asked.told == [
        (
            "SendTaskFailure",
            {"taskToken": TOKEN, "error": "Declined", "cause": "the quarter is not closed yet"},
        )
    ]
    assert asked.said().out.startswith("Declined; the run ends")


def test_declining_and_answers_together_are_bad_usage(asked: Asked, file: Any) -> None:
    assert asked.write().reply(decline="no", file=file(RIGHT)) == 2
    assert "not both" in asked.said().err
    assert asked.told == []


def test_the_run_to_answer_is_found_by_its_name_in_the_stage(asked: Asked, file: Any) -> None:
    assert asked.write().reply(run=asked.name, file=file(RIGHT)) == 0
    assert asked.reply(run=asked.name, stage="staging", file=file(RIGHT)) == 2
    assert "there is no stack DatamartRunner-staging" in asked.said().err


def test_the_arn_of_a_run_says_in_which_stage_and_account_it_is(asked: Asked, file: Any) -> None:
    arn = asked.write().arn
    for elsewhere, why in {
        arn.replace("datamart-runner-dev", "datamart-runner-prod"): "there is no stack DatamartRunner-prod",
        arn.replace(":123456789012:", ":210987654321:"): "is in another account than these credentials",
        arn.replace(":execution:", ":stateMachine:"): "use the ARN of an execution of a datamart runner",
    }.items():
        assert asked.reply(run=elsewhere, stage="dev", file=file(RIGHT)) == 2
        assert why in asked.said().err
    assert asked.told == []


def test_a_run_is_looked_for_in_the_region_of_its_arn(asked: Asked, file: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    def stack_of(stage: str) -> Any:
        looked.append(boto3.client("cloudformation").meta.region_name)
        raise KeyboardInterrupt

    monkeypatch.setattr("local.aws.questions.stack_of", stack_of)
    for region in ("us-east-2", "eu-west-1"):
        assert asked.reply(run=asked.arn.replace("eu-west-1", region), file=file(RIGHT)) == 130
    assert looked == ["us-east-2", "eu-west-1"]
    boto3.setup_default_session()


def test_answers_for_a_run_that_does_not_exist_are_refused(asked: Asked, file: Any) -> None:
    code, said = asked.report(file=file(RIGHT))
    assert (code, said["sent"], said["question"]) == (2, False, None)
    assert said["problem"].startswith(f'unknown run "{asked.arn}"')


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"endedAt": 1}, "it has ended"),
        ({"question": None}, "it has not asked a question yet"),
        ({"question": None, "asking": None}, 'its request does not have "unanswered": "ask"'),
        ({"question": None, "asking": ASKING | {"concluded": AGAIN}}, "it was answered, and goes on"),
    ],
)
def test_answers_for_a_run_that_does_not_wait_are_refused_with_the_reason(
    asked: Asked, file: Any, changes: dict[str, Any], why: str
) -> None:
    code, said = asked.write(**changes).report(file=file(RIGHT))
    assert (code, asked.told, said["question"]) == (1, [], None)
    assert f"the run has no open question: {why}" in said["problem"]


@pytest.mark.parametrize("code", ["TaskTimedOut", exhaustive("TaskDoesNotExist"), exhaustive("InvalidToken")])
def test_answers_that_come_too_late_for_step_functions_are_refused(asked: Asked, file: Any, code: str) -> None:
    asked.write().refusal = code, f"Invalid Token: '{TOKEN}'"
    for what in ({"file": file(RIGHT)}, {"decline": "no"}):
        exit_code, said = asked.report(**what)
        assert (exit_code, said["sent"]) == (1, False)
        assert "the question is closed" in said["problem"]


def test_a_task_token_that_aws_quotes_in_its_refusal_is_redacted(asked: Asked, file: Any) -> None:
    asked.write()
    for refusal, why in {
        ("AccessDeniedException", "User me may not"): "a permission is missing: User me may not",
        ("ValidationException", f"Value '{TOKEN}' at 'taskToken' is bad"): "(ValidationException): Value '…' at",
    }.items():
        asked.refusal = refusal
        assert asked.reply(file=file(RIGHT)) == 2
        assert why in asked.said().err


def test_the_answer_command_takes_the_run_and_the_file(asked: Asked, file: Any) -> None:
    asked.write()
    assert main._main(["answer", asked.arn, file(RIGHT)]) == 0
    assert main._main(["answer", asked.name, "--stage", "dev", "--decline", "no", "--json"]) == 0
    assert [operation for operation, _ in asked.told] == ["SendTaskSuccess", "SendTaskFailure"]
    asked.said()


def test_the_answer_command_reports_bad_usage_in_the_same_json(capsys: Any) -> None:
    with pytest.raises(SystemExit) as ended:
        main._main(["answer", "--json"])
    assert ended.value.code == 2
    assert json.loads(capsys.readouterr().out) == {
        "sent": False,
        "question": None,
        "problem": "The command line is not understood.",
    }


def test_a_profile_that_does_not_exist_is_reported_in_a_sentence(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment |= {"AWS_PROFILE": "nobody", "AWS_CONFIG_FILE": str(tmp_path / "none")}
    arn = "arn:aws:states:eu-west-1:123456789012:execution:datamart-runner-dev:city-1"
    command = [sys.executable, "-m", "local.cli.main", "answer", arn, "--decline", "no"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert ended.returncode == 2
    (line,) = ended.stderr.splitlines()
    assert "(nobody) could not be found: AWS_PROFILE names it." in line
