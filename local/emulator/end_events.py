"""Delivers the end of an execution as AWS does: the rule on the status change, its queue, the function behind it."""

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from functions import clock as run_clock
from functions.limits import END_DELIVERIES
from local.emulator.clients import client
from local.emulator.template import ACCOUNT, REGION, Template

STATUS_CHANGE = "Step Functions Execution Status Change"

MOST_FAILURES = 3
"""How often a delivery fails before it is given up; the real queue goes on for hours."""


def deliver_the_end(
    template: Template, described: dict[str, Any], pause: Callable[[float], None] = lambda seconds: None
) -> None:
    """Deliver the status change of an execution (as DescribeExecution returns it) to the function behind the rule.

    What failed, or is due once more, is delivered again after a ``pause`` of the queue's visibility timeout in seconds.
    """
    function, seconds = _behind_the_rule(template)
    message = message_of(described)
    failures = 0
    for delivery in range(END_DELIVERIES):
        if delivery:
            pause(seconds)
        answer = client("lambda").invoke(FunctionName=function, Payload=json.dumps(message).encode())
        failed = "FunctionError" in answer
        failures += failed
        if failures == MOST_FAILURES or not (failed or _is_due_again(answer["Payload"].read())):
            return


def message_of(described: dict[str, Any]) -> dict[str, Any]:
    """The event that Lambda gets from the queue when an execution (as DescribeExecution returns it) has ended."""
    return {"Records": [_record(_status_change(described))]}


def _is_due_again(response: bytes) -> bool:
    """Whether a response names messages to be delivered again, without an error: the batch has always one."""
    return bool((json.loads(response) or {}).get("batchItemFailures"))


def _behind_the_rule(template: Template) -> tuple[str, float]:
    """The function behind the rule on the end of executions, and the seconds after which its queue delivers again."""
    for rule in template.resources("AWS::Events::Rule").values():
        if STATUS_CHANGE in rule.get("EventPattern", {}).get("detail-type", []):
            queue = template.resolve(rule["Targets"][0]["Arn"])
            for mapping in template.resources("AWS::Lambda::EventSourceMapping").values():
                if template.resolve(mapping["EventSourceArn"]) == queue:
                    return str(template.resolve(mapping["FunctionName"])), _visibility_timeout(template, queue)
    raise ValueError("the template has no rule on the end of executions with a function behind it")


def _visibility_timeout(template: Template, queue: str) -> float:
    found = template.resources("AWS::SQS::Queue").items()
    return next(
        float(made["VisibilityTimeout"])
        for name, made in found
        if template.resolve({"Fn::GetAtt": [name, "Arn"]}) == queue
    )


def _status_change(described: dict[str, Any]) -> dict[str, Any]:
    wanted = ("executionArn", "stateMachineArn", "name", "status", "input", "output", "error", "cause")
    detail = {key: described.get(key) for key in wanted}
    detail |= {key: _milliseconds(described.get(key)) for key in ("startDate", "stopDate")}
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": STATUS_CHANGE,
        "source": "aws.states",
        "account": ACCOUNT,
        "time": datetime.fromtimestamp(run_clock.now(), UTC).isoformat(timespec="seconds"),
        "region": REGION,
        "resources": [described["executionArn"]],
        "detail": detail,
    }


def _record(event: dict[str, Any]) -> dict[str, Any]:
    """The event as a message in SQS's envelope."""
    return {
        "messageId": str(uuid.uuid4()),
        "receiptHandle": "emulator",
        "body": json.dumps(event),
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "awsRegion": REGION,
    }


def _milliseconds(moment: datetime | None) -> int | None:
    return None if moment is None else round(1000 * moment.timestamp())
