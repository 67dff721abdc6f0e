"""What the log line of a step says, and how long it may get."""

import json

import pytest

from functions.errors import LONGEST_TEXT, NotFound
from functions.lifecycle.step import Step
from functions.lifecycle.step_log import LARGEST_LINE, MOST_CALLS, facts_of, facts_of_conclusion
from functions.microstrategy import CallRecord, endpoints
from functions.microstrategy.endpoints import Endpoint
from functions.prompts.used_answers import LARGEST
from functions.runs.outcome import Again, Ask, Fail, Succeed
from functions.runs.store.record import RunRecord
from functions.telemetry import logger
from local.emulator.lambda_runtime import Context
from tests.unit.runs.tables import direct_run_table

LONGEST_PATH = max(len(each.path) for each in vars(endpoints).values() if isinstance(each, Endpoint))


@pytest.fixture
def step() -> Step:
    with direct_run_table() as table:
        run = RunRecord(table, {"executionArn": "arn", "attempt": 1, "attempts": {}, "polls": 0}, 1)
    return Step(run, {}, Context("GetStatus", "arn:aws:lambda:eu-west-1:123456789012:function:x", 10, 256))


def test_a_step_without_calls_and_facts_adds_nothing(step: Step) -> None:
    step.facts |= {"status": None, "cleaned": {}}
    assert facts_of(step) == {}


def test_calls_of_another_attempt_in_the_same_invocation_are_in_its_line(step: Step) -> None:
    step.at(2).calls.append(CallRecord("POST", "/auth/logout", 204, 3))
    assert facts_of(step) == {"calls": [{"method": "POST", "path": "/auth/logout", "status": 204, "ms": 3}]}


def test_of_many_calls_the_first_and_the_last_are_listed_and_the_others_counted(step: Step) -> None:
    step.calls += [CallRecord("GET", "/sessions", 200, number) for number in range(MOST_CALLS + 40)]
    facts = facts_of(step)
    assert facts["callsLeftOut"] == 40
    assert [call["ms"] for call in facts["calls"]] == [*range(50), *range(90, MOST_CALLS + 40)]


def test_the_longest_line_stays_below_its_limit(step: Step) -> None:
    call = CallRecord("DELETE", "/" * LONGEST_PATH, 503, 600_000, 2, "PromptAnswerRejected")
    step.calls += [call] * 1_000
    step.facts["answers"] = ["x" * LARGEST]
    reason = str(NotFound("é" * LONGEST_TEXT))  # a server's message may be as long
    line = json.dumps({"reason": reason} | facts_of(step))
    assert LARGEST_LINE / 2 < len(line) + 2_000 < LARGEST_LINE


def test_a_conclusion_is_logged_without_its_texts_and_output() -> None:
    assert facts_of_conclusion(Succeed({"loaded": "yes"})) == {"end": "Succeed"}
    assert facts_of_conclusion(Fail("NotFound", "Loaded: no.", "why", "what")) == {"end": "Fail", "error": "NotFound"}
    assert facts_of_conclusion(Again(60, "ServerBusy: full")) == {
        "end": "Again",
        "waitSeconds": 60,
        "waitsFor": "ServerBusy: full",
    }
    assert facts_of_conclusion(Ask(3_600, "wrong")) == {"end": "Ask", "askSeconds": 3_600}


def test_a_line_leaves_out_what_lambdas_own_lines_have() -> None:
    logger.append_keys(function_arn="arn:aws:lambda:x", function_memory_size=256, function_name="GetStatus")
    written = logger.registered_formatter.format(logger._logger.makeRecord("x", 20, "f", 1, "step done", (), None))
    line = json.loads(written)
    logger.remove_keys(["function_arn", "function_memory_size", "function_name"])
    assert (line["message"], line["function_name"]) == ("step done", "GetStatus")
    assert not {"function_arn", "function_memory_size"} & set(line)
