"""The starter: every trigger calls it, under the alias of the job that the trigger is declared under.

The claim is StartExecution itself: the execution's name is made of the event's identity, so the same event delivered
twice, at once, or after the starter died between any two lines starts one run (DESIGN.md, "Starting"). What is no
request starts a run that ends as InvalidRequest: it is told on the one path on which every failure is told.
"""

import json
import os
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.run.jobs import Job, job_named
from functions.run.placeholders import MESSAGE, placeholders, strings
from functions.starting import s3_object, schedule, sns_message
from functions.starting.accepted_request import accepted
from functions.starting.occurrence import Occurrence, Refused, execution_name
from functions.telemetry import logger, tracer

SOURCES = (schedule, s3_object, sns_message)
"""Every way for an event to come in; each recognises its own."""


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False, capture_error=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Start what the event asks for. Returns ``executions``: their ARNs.

    Raises whatever AWS answers, so that the event is delivered again and at last goes to the dead letters; ValueError
    for an event of no known source.
    """
    name = context.invoked_function_arn.rpartition(":")[2]
    job = job_named(name)
    source = next((source for source in SOURCES if source.recognises(event)), None)
    if source is None:
        raise ValueError("the event is of no source that starts runs")
    found = source.occurrences(event, job)
    return {"executions": [_start(name, occurrence, _input(name, job, occurrence)) for occurrence in found]}


def _input(name: str, job: Job, occurrence: Occurrence) -> dict[str, Any]:
    """The execution's input, in the form in which a person may start the same again."""
    known = {"job": name, "asOf": occurrence.at, "values": _wanted(job, occurrence.values)}
    try:
        if occurrence.refusal is not None:
            raise Refused(occurrence.refusal)
        if job["acceptRequests"] is None or occurrence.content is None:
            return known
        return known | {"request": accepted(occurrence.content(), job)}
    except Refused as problem:
        return known | {"refusal": f"{occurrence.where}: {problem}"}


def _wanted(job: Job, values: dict[str, str]) -> dict[str, str]:
    """Of a message's attributes, which anybody may add, only those that the job names."""
    answers = [prompt.get("answers") for prompt in job["request"].get("prompts", [])]
    used = {placeholder.name for text in strings(answers) for placeholder in placeholders(text)}
    return {key: value for key, value in values.items() if not key.startswith(MESSAGE) or key in used}


def _start(job: str, occurrence: Occurrence, given: dict[str, Any]) -> str:
    machine = os.environ["STATE_MACHINE_ARN"]
    name = execution_name(job, occurrence.identity)
    try:
        _states().start_execution(stateMachineArn=machine, name=name, input=json.dumps(given, ensure_ascii=False))
        logger.info("run started", extra={"execution": name, "trigger": occurrence.where})
    except _states().exceptions.ExecutionAlreadyExists:
        logger.info("this event has started its run before", extra={"execution": name, "trigger": occurrence.where})
    return f"{machine.replace(':stateMachine:', ':execution:')}:{name}"


@cache
def _states() -> Any:
    return boto3.client("stepfunctions")
