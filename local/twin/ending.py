"""AWS's part after the end of an execution: the rule on the status change, its queue, and the function behind it."""

import json
import uuid
from datetime import datetime
from typing import Any

from local.twin.aws import client
from local.twin.template import ACCOUNT, REGION, Template

STATUS_CHANGE = "Step Functions Execution Status Change"

DELIVERIES = 3
"""How often an end that the function fails at is delivered; the real queue goes on for hours."""


def tell_the_end(template: Template, described: dict[str, Any]) -> None:
    """Deliver the status change of an execution (as DescribeExecution answers it) to the function behind the rule."""
    function = _function_at_the_end(template)
    message = {"Records": [_record(_status_change(described))]}
    for _ in range(DELIVERIES):
        answer = client("lambda").invoke(FunctionName=function, Payload=json.dumps(message).encode())
        if "FunctionError" not in answer:
            return


def _function_at_the_end(template: Template) -> str:
    for rule in template.resources("AWS::Events::Rule").values():
        if STATUS_CHANGE in rule.get("EventPattern", {}).get("detail-type", []):
            queue = template.resolve(rule["Targets"][0]["Arn"])
            for mapping in template.resources("AWS::Lambda::EventSourceMapping").values():
                if template.resolve(mapping["EventSourceArn"]) == queue:
                    return str(template.resolve(mapping["FunctionName"]))
    raise ValueError("the template has no rule on the end of executions with a function behind it")


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
        "time": datetime.now().astimezone().isoformat(timespec="seconds"),
        "region": REGION,
        "resources": [described["executionArn"]],
        "detail": detail,
    }


def _record(event: dict[str, Any]) -> dict[str, Any]:
    """The event as a message in SQS's envelope."""
    return {
        "messageId": str(uuid.uuid4()),
        "receiptHandle": "twin",
        "body": json.dumps(event),
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "awsRegion": REGION,
    }


def _milliseconds(moment: datetime | None) -> int | None:
    return None if moment is None else round(1000 * moment.timestamp())
