"""The starter: every trigger invokes it, by the alias for its kind (functions/triggers/which_jobs.py).

It starts runs of named jobs, and named batches, which another machine runs. The claim is StartExecution itself: the
execution's name is made of the event's identity, so the same event delivered twice, at once, or after the starter died
between any two lines starts one run (DESIGN.md "Starting"). An invalid request starts a run that ends as
InvalidRequest, so that it is reported like every other failure.
"""

import os
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.aws_clients import in_init
from functions.names import execution_arn
from functions.requests.input_limits import LARGEST_INPUT, LONGEST_REFUSAL, LONGEST_TIME, LONGEST_VALUE
from functions.requests.placeholders import MESSAGE, placeholders, strings
from functions.runs.executions import start, step_functions
from functions.telemetry import logger, tracer
from functions.text import one_line, shorten
from functions.triggers.accepted_request import accepted
from functions.triggers.invoked import Invoked
from functions.triggers.runs_of_messages import Input, Started, as_input
from functions.triggers.target import Target
from functions.triggers.trigger_event import RejectedEvent, TriggerEvent, execution_name
from functions.triggers.which_jobs import started_by


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False, capture_error=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Start the runs and the batches that the event triggers.

    Returns ``executions``: their ARNs, and ``ignored``: sentences about parts of the event that start nothing.

    Raises whatever AWS answers, so that the event is delivered again and at last goes to the dead letters, and what
    ``started_by`` raises. A job that cannot be started does not keep the event's other jobs from starting.
    """
    source, targets = started_by(event, Invoked.by(context.invoked_function_arn))
    executions: list[str] = []
    passed_over: list[str] = []
    failures: list[Exception] = []
    for target in targets:
        try:
            found = source.trigger_events(event, target.declared)
            passed_over += [f"{one.where} starts nothing: {one.ignored}" for one in found if one.ignored is not None]
            executions += _begin(target, [one for one in found if one.ignored is None])
        except Exception as error:
            logger.warning(
                f"the {target.what} could not be started",
                extra={target.what: target.name, "error": type(error).__name__},
            )
            failures.append(error)
    for why in passed_over:
        logger.info("passed over", extra={"reason": why})
    if failures:
        raise failures[0]
    return {"executions": executions, "ignored": passed_over}


def _begin(target: Target, found: list[TriggerEvent]) -> list[str]:
    """Start a run for each, and one for all refusals of one message. Returns the executions' ARNs.

    All events are read before a run is started: the input of each run of a message says how many runs that has.
    """
    begun = Started(target)
    refusals: dict[str, tuple[TriggerEvent, list[str]]] = {}
    for trigger_event in found:
        whole = trigger_event.message or trigger_event
        try:
            name = execution_name(target.name, trigger_event.identity)
            begun.add(whole, name, trigger_event, _input(target, trigger_event))
        except RejectedEvent as problem:
            said = str(problem) if whole is trigger_event else f"{trigger_event.where}: {problem}"
            refusals.setdefault(whole.identity, (whole, []))[1].append(said)
    for whole, reasons in refusals.values():
        begun.add(whole, execution_name(target.name, whole.identity), whole, _refused(target, whole, reasons))
    return [_start(target, run, trigger_event, given) for run, trigger_event, given in begun.runs()]


def _input(target: Target, trigger_event: TriggerEvent) -> Input:
    """The execution's input, in the form in which a person may start the same again. Raises RejectedEvent."""
    if trigger_event.refusal is not None:
        raise RejectedEvent(trigger_event.refusal)
    given: Input = _known(target, trigger_event) | {"values": _wanted(target, trigger_event.values)}
    if target.declared["acceptRequests"] is not None and trigger_event.content is not None:
        given |= _from_outside(target, trigger_event, trigger_event.content)
    _check_size(given)
    return given


def _from_outside(target: Target, trigger_event: TriggerEvent, content: Callable[[], str]) -> Input:
    """The request that the event brings, judged; or where the batch is that it brings, for the batch's first step.

    A batch may have more bytes than an execution's input. Raises RejectedEvent.
    """
    if target.what == "job":
        return {"request": accepted(content(), target.declared)}
    return {"content": content()} if trigger_event.stored is None else {"object": trigger_event.stored}


def _refused(target: Target, trigger_event: TriggerEvent, reasons: list[str]) -> Input:
    """The input of a run that fails with these reasons; each part of it is bounded."""
    refusal = shorten(f"{trigger_event.where}: {'; '.join(reasons)}", LONGEST_REFUSAL)
    return _known(target, trigger_event) | {"refusal": refusal}


def _known(target: Target, trigger_event: TriggerEvent) -> dict[str, str]:
    return {target.what: target.name, "asOf": one_line(trigger_event.at, LONGEST_TIME)}


def _check_size(given: Input) -> None:
    if (size := len(as_input(given).encode())) > LARGEST_INPUT:
        raise RejectedEvent(f"the run's input would have {size} bytes; it may have {LARGEST_INPUT}")


def _wanted(target: Target, values: dict[str, str]) -> dict[str, str]:
    """Of a message's attributes, which anybody may add, only those that the file names. Raises RejectedEvent."""
    answers = [prompt.get("answers") for request in target.requests for prompt in request.get("prompts", [])]
    used = {placeholder.name for text in strings(answers) for placeholder in placeholders(text)}
    wanted = {key: value for key, value in values.items() if not key.startswith(MESSAGE) or key in used}
    for key, value in wanted.items():
        if len(value) > LONGEST_VALUE:
            raise RejectedEvent(f"{key}: has {len(value)} characters; it may have {LONGEST_VALUE}")
    return wanted


def _start(target: Target, name: str, trigger_event: TriggerEvent, given: str) -> str:
    machine = os.environ["STATE_MACHINE_ARN"] if target.what == "job" else os.environ["BATCH_MACHINE_ARN"]
    started = start(machine, name, given)
    said = "run started" if started else "this event has started its run before"
    logger.info(said, extra={"execution": name, "trigger": trigger_event.where})
    return execution_arn(machine, name)


in_init(step_functions)
