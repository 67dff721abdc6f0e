"""The log lines that AWS itself writes of a run: of Step Functions and of Lambda (infra/PLATFORM.md "Logs")."""

import json
from collections.abc import Iterable
from typing import Any

from functions.names import machine_name
from infra.constructs.function_table import EVERY
from local.outcome import Outcome

ACCOUNT = "eu-west-1:123456789012"
REQUEST = "f0c9f58b-8ebe-4e84-a656-95eb6eee865a"
MILLISECONDS = "2026-10-08T07:30:41.076Z"
TRACE = {
    "spanId": "54565fb41ac79632",
    "type": "X-Amzn-Trace-Id",
    "value": "Root=1-62e900b2-710d76f009d6e7785905449a;Parent=0efbd19962d95b05;Sampled=1",
}
EXECUTION_DATA = frozenset(
    {"input", "inputDetails", "output", "outputDetails", "parameters", "cause", "assignedVariables"}
    | {"assignedVariablesDetails"}
)


def bytes_ingested(lines: Iterable[str]) -> int:
    """What CloudWatch counts of lines: their bytes, and 26 more for each."""
    return sum(len(line.encode()) + 26 for line in lines)


def machine_lines(outcome: Outcome) -> list[str]:
    """A line for each event of the execution's history, at the level ALL and without its data."""
    return [_machine_line(event, outcome.execution_arn) for event in outcome.history]


def _machine_line(event: dict[str, Any], execution_arn: str) -> str:
    details: dict[str, Any] = next((value for name, value in event.items() if name.endswith("EventDetails")), {})
    return _compact(
        {
            "details": {name: value for name, value in details.items() if name not in EXECUTION_DATA},
            "redrive_count": "0",
            "id": str(event["id"]),
            "type": event["type"],
            "previous_event_id": str(event["previousEventId"]),
            "event_timestamp": str(round(1_000 * event["timestamp"].timestamp())),
            "execution_arn": execution_arn,
        }
    )


def lambda_lines(modules: Iterable[str]) -> list[str]:
    """The start and the report of each invocation of these functions, as JSON at the level INFO, traced by X-Ray."""
    names = {spec.module: f"{machine_name('prod')}-{spec.name}Function4DB2BCBB-ZxCvBnMqWeRt" for spec in EVERY}
    return [line for module in modules for line in _lambda_lines(f"arn:aws:lambda:{ACCOUNT}:function:{names[module]}")]


def _lambda_lines(arn: str) -> list[str]:
    metrics = {"durationMs": 329.177, "billedDurationMs": 330, "memorySizeMB": 256, "maxMemoryUsedMB": 125}
    records = {
        "platform.start": {"requestId": REQUEST, "functionArn": arn, "version": "$LATEST", "tracing": TRACE},
        "platform.report": {"requestId": REQUEST, "metrics": metrics, "tracing": TRACE, "status": "success"},
    }
    return [_compact({"time": MILLISECONDS, "type": name, "record": record}) for name, record in records.items()]


def _compact(line: dict[str, Any]) -> str:
    return json.dumps(line, separators=(",", ":"))
