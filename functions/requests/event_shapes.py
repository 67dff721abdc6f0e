"""Recognises AWS events and parameters of AWS calls that were given in place of a request, for the error message.

People paste events into consoles, and connect services with one hop too many or too few. "Records: unknown key" would
not say what they did.
"""

import json
from collections.abc import Callable
from typing import Any

from functions.names import PRODUCT, SCHEDULE_INPUT
from functions.requests.batches.membership import KEY, is_membership
from functions.requests.started import KEY as STARTED
from functions.requests.started import STARTED_BY
from functions.text import quoted

ADDED = frozenset({STARTED_BY, f"{STARTED_BY}.$", "Comment", STARTED})
"""Keys that a parent workflow, the console's template and the starter of an execution add to its input."""


def without_added(given: Any) -> Any:
    """The input without the keys that AWS, a parent workflow, the batch of the run or its starter added."""
    if not isinstance(given, dict):
        return given
    return {
        key: value for key, value in given.items() if key not in ADDED and not (key == KEY and is_membership(value))
    }


def described(value: Any) -> str | None:
    """What ``value`` is, as the rest of a sentence: ``is S3's notification of an upload``. None for other values."""
    try:
        return next((words for shape in _SHAPES if (words := shape(value)) is not None), None)
    except (KeyError, TypeError, AttributeError, IndexError):
        return None


def _encoded_twice(value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    try:
        inner = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return "is JSON inside a string (it was encoded twice)" if isinstance(inner, (dict, list)) else None


def _batch(value: Any) -> str | None:
    """EventBridge Pipes sends a list of records, and some services a list of events."""
    if not (isinstance(value, list) and value and isinstance(value[0], dict)):
        return None
    source = value[0].get("eventSource") or value[0].get("EventSource")
    if source is not None:
        return f"is a batch of records of {quoted(source, 40)}, as EventBridge Pipes sends it"
    inner = described(value[0])
    return f"is a list whose first entry {inner}" if inner else None


def _records(value: Any) -> str | None:
    if not (isinstance(value, dict) and isinstance(value.get("Records"), list) and value["Records"]):
        return None
    first = value["Records"][0]
    source = first.get("eventSource") or first.get("EventSource")
    if source == "aws:s3":
        name = str(first.get("eventName"))
        if name.startswith("ObjectCreated"):
            return "is S3's notification of an upload, as S3 sends it to a function, a queue or a topic"
        return f"is S3's notification of {quoted(name, 60)}; only uploads (ObjectCreated) start runs"
    services = {
        "aws:sns": "is an SNS message, as SNS delivers it to a function",
        "aws:sqs": "is a batch of SQS messages, as a queue delivers it to a function",
    }
    return services.get(source) or (f"is an event of {quoted(source, 40)}" if isinstance(source, str) else None)


def _test_message(value: Any) -> str | None:
    is_test = isinstance(value, dict) and value.get("Event") == "s3:TestEvent"
    return "is S3's test message, sent when a notification is set up" if is_test else None


def _of_event_bridge(value: Any) -> str | None:
    if not (isinstance(value, dict) and {"source", "detail-type"} <= set(value)):
        return None
    source, kind = value["source"], value["detail-type"]
    if source == "aws.s3" and kind == "Object Created":
        return "is EventBridge's event of an upload (Object Created)"
    if source == "aws.s3":
        return f"is S3's event {quoted(kind, 60)}; only uploads (Object Created) start runs"
    if source == PRODUCT:
        return "is the end event of a run"
    if kind == "Scheduled Event":
        return "is the event of an EventBridge rule with a schedule; let the rule send a constant (JSON text) instead"
    return f"is EventBridge's event {quoted(kind, 60)} of {quoted(source, 60)}"


def _sns_envelope(value: Any) -> str | None:
    if not (isinstance(value, dict) and {"Type", "TopicArn"} <= set(value)):
        return None
    if value["Type"] == "Notification":
        return "is an SNS message in its envelope, as SNS sends it to a queue or over HTTP"
    return f"is SNS's {quoted(value['Type'], 60)}"


def _our_schedule(value: Any) -> str | None:
    is_ours = isinstance(value, dict) and set(value) == set(SCHEDULE_INPUT)
    return "is the event of a job's schedule" if is_ours else None


def _call(value: Any) -> str | None:
    """The parameters of a call, as EventBridge Scheduler's universal targets and the SDKs take them."""
    if not isinstance(value, dict):
        return None
    lower = {str(key).lower() for key in value}
    for operation, needed, inside in _CALLS:
        if needed <= lower:
            return (
                f"has the parameters of {operation}, as EventBridge Scheduler's universal target takes them; give "
                f'only the value of "{inside}"'
            )
    return None


_CALLS = (
    ("StartExecution", {"statemachinearn", "input"}, "Input"),
    ("Invoke", {"functionname", "payload"}, "Payload"),
    ("Publish", {"topicarn", "message"}, "Message"),
    ("SendMessage", {"queueurl", "messagebody"}, "MessageBody"),
)


def _http_request(value: Any) -> str | None:
    is_http = isinstance(value, dict) and "requestContext" in value and {"httpMethod", "rawPath"} & set(value)
    return "is an HTTP request, as API Gateway or a function URL delivers it" if is_http else None


def _alarm(value: Any) -> str | None:
    is_alarm = isinstance(value, dict) and ("NewStateValue" in value or "alarmData" in value)
    return "is a CloudWatch alarm" if is_alarm else None


def _output(value: Any) -> str | None:
    is_output = isinstance(value, dict) and {"loaded", "datamart", "startedAt", "finishedAt"} <= set(value)
    return "is the output of a run" if is_output else None


def _too_deep(value: Any) -> str | None:
    if not (isinstance(value, dict) and len(value) == 1):
        return None
    ((key, inner),) = value.items()
    is_wrapped = key.lower() in ("input", "payload", "body", "detail") and isinstance(inner, (dict, str))
    return f'has everything one level too deep, under "{key}"' if is_wrapped else None


def is_job_file(value: Any) -> bool:
    """Whether ``value`` is the content of a job's file, which has a request in it."""
    return isinstance(value, dict) and {"request", "triggers"} <= set(value)


def _job_file(value: Any) -> str | None:
    return (
        "is the file of a job, which runs by its name: that of the file without .json" if is_job_file(value) else None
    )


_SHAPES: tuple[Callable[[Any], str | None], ...] = (
    *(_encoded_twice, _batch, _records, _test_message, _of_event_bridge, _sns_envelope, _our_schedule, _call),
    *(_http_request, _alarm, _output, _job_file, _too_deep),
)
"""Each describes the values that it recognises and returns None for others; the first match counts."""

WHAT_TO_GIVE = (
    'An execution\'s input is a request ({"project": …, "datamart": …}) or a job by name ({"job": …, "asOf": …, '
    '"values": {"stem": …}}); an event goes to the trigger of a job.'
)
"""What to do, for the error message."""
