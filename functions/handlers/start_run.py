"""The starter: every trigger invokes it, by the alias for its kind (functions/triggers/which_jobs.py).

The claim is StartExecution itself: the execution's name is made of the event's identity, so the same event delivered
twice, at once, or after the starter died between any two lines starts one run (DESIGN.md "Starting"). What is no
request starts a run that ends as InvalidRequest: it is told on the one path on which every failure is told.
"""

import os
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.requests.named_jobs import Job, job_named
from functions.requests.placeholders import MESSAGE, placeholders, strings
from functions.telemetry import logger, tracer
from functions.text import one_line, shorten
from functions.triggers.accepted_request import accepted
from functions.triggers.runs_of_messages import Input, Started, as_input
from functions.triggers.trigger_event import Occurrence, Refused, execution_name
from functions.triggers.which_jobs import Invoked, jobs_started_by

LARGEST_INPUT = 240 * 1024
"""Bytes of an execution's input: with what PrepareRun is told beside it, and the message that started it, it stays
within a state's 256 KB."""

LONGEST_VALUE = 10_000
"""Characters of a value: what the execution's input takes (execution_input.schema.json)."""

LONGEST_TIME = 40
"""Characters of a trigger's time: a longer one is ignored (execution_input.schema.json)."""

LONGEST_REFUSAL = 4_000
"""Bytes; the input takes as many characters."""


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False, capture_error=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Start what the event asks for.

    Returns ``executions``: their ARNs, and ``ignored``: sentences on what of the event starts nothing.

    Raises whatever AWS answers, so that the event is delivered again and at last goes to the dead letters, and what
    ``jobs_started_by`` raises. A job that cannot be started does not keep the event's other jobs from starting.
    """
    source, names = jobs_started_by(event, Invoked.by(context.invoked_function_arn))
    executions: list[str] = []
    passed_over: list[str] = []
    failures: list[Exception] = []
    for name in names:
        try:
            found = source.occurrences(event, job_named(name))
            passed_over += [f"{one.where} starts nothing: {one.ignored}" for one in found if one.ignored is not None]
            executions += _begin(name, [one for one in found if one.ignored is None])
        except Exception as error:
            logger.warning("the job could not be started", extra={"job": name, "error": type(error).__name__})
            failures.append(error)
    for why in passed_over:
        logger.info("passed over", extra={"reason": why})
    if failures:
        raise failures[0]
    return {"executions": executions, "ignored": passed_over}


def _begin(name: str, found: list[Occurrence]) -> list[str]:
    """Start a run for each, and one for all that was refused of one message; the executions' ARNs.

    Everything is read before anything is started: each run of a message is told how many runs that has.
    """
    job, begun = job_named(name), Started()
    refusals: dict[str, tuple[Occurrence, list[str]]] = {}
    for occurrence in found:
        whole = occurrence.told_by or occurrence
        try:
            begun.add(whole, execution_name(name, occurrence.identity), occurrence, _input(name, job, occurrence))
        except Refused as problem:
            said = str(problem) if whole is occurrence else f"{occurrence.where}: {problem}"
            refusals.setdefault(whole.identity, (whole, []))[1].append(said)
    for whole, reasons in refusals.values():
        begun.add(whole, execution_name(name, whole.identity), whole, _refused(name, whole, reasons))
    return [_start(run, occurrence, given) for run, occurrence, given in begun.runs()]


def _input(name: str, job: Job, occurrence: Occurrence) -> Input:
    """The execution's input, in the form in which a person may start the same again. Raises Refused."""
    if occurrence.refusal is not None:
        raise Refused(occurrence.refusal)
    given: Input = _known(name, occurrence) | {"values": _wanted(job, occurrence.values)}
    if job["acceptRequests"] is not None and occurrence.content is not None:
        given |= {"request": accepted(occurrence.content(), job)}
    _check_size(given)
    return given


def _refused(name: str, occurrence: Occurrence, reasons: list[str]) -> Input:
    """The input of a run that fails with these reasons; each part of it is bounded."""
    refusal = shorten(f"{occurrence.where}: {'; '.join(reasons)}", LONGEST_REFUSAL)
    return _known(name, occurrence) | {"refusal": refusal}


def _known(name: str, occurrence: Occurrence) -> dict[str, str]:
    return {"job": name, "asOf": one_line(occurrence.at, LONGEST_TIME)}


def _check_size(given: Input) -> None:
    if (size := len(as_input(given).encode())) > LARGEST_INPUT:
        raise Refused(f"the run's input would have {size} bytes; it may have {LARGEST_INPUT}")


def _wanted(job: Job, values: dict[str, str]) -> dict[str, str]:
    """Of a message's attributes, which anybody may add, only those that the job names. Raises Refused."""
    answers = [prompt.get("answers") for prompt in job["request"].get("prompts", [])]
    used = {placeholder.name for text in strings(answers) for placeholder in placeholders(text)}
    wanted = {key: value for key, value in values.items() if not key.startswith(MESSAGE) or key in used}
    for key, value in wanted.items():
        if len(value) > LONGEST_VALUE:
            raise Refused(f"{key}: has {len(value)} characters; it may have {LONGEST_VALUE}")
    return wanted


def _start(name: str, occurrence: Occurrence, given: str) -> str:
    machine = os.environ["STATE_MACHINE_ARN"]
    try:
        _states().start_execution(stateMachineArn=machine, name=name, input=given)
        logger.info("run started", extra={"execution": name, "trigger": occurrence.where})
    except _states().exceptions.ExecutionAlreadyExists:
        logger.info("this event has started its run before", extra={"execution": name, "trigger": occurrence.where})
    return f"{machine.replace(':stateMachine:', ':execution:')}:{name}"


@cache
def _states() -> Any:
    return boto3.client("stepfunctions")
