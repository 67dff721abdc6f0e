"""An input with a hop more or less than expected is taken, or refused by what it is."""

import json
from typing import Any

import pytest

from functions.errors import InvalidRequest
from functions.requests.event_shapes import described
from functions.requests.execution_input import read_input
from tests.support.deliveries import EVENTS, created, message, notification, record, scheduled
from tests.unit.triggers.conftest import JOBS

STARTED = "2026-11-24T05:00:00Z"
REQUEST = {"project": "P", "datamart": "City"}
PARENT = "arn:aws:states:eu-west-1:123456789012:execution:parent:1"


@pytest.fixture(autouse=True)
def jobs(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    path = tmp_path / "jobs.json"
    path.write_text(json.dumps({"nightly": JOBS["nightly"]}), "utf-8")
    monkeypatch.setenv("JOBS_FILE", str(path))


@pytest.mark.parametrize("given", [REQUEST, {"job": "nightly"}, {"job": "nightly", "asOf": STARTED}])
@pytest.mark.parametrize(
    "added",
    [
        {"AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID": PARENT},
        {"AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$": "$$.Execution.Id"},
        {"Comment": "Insert your JSON here"},
    ],
)
def test_keys_that_aws_or_a_parent_workflow_adds_change_nothing(given: Any, added: dict[str, str]) -> None:
    assert read_input(given | added, STARTED) == read_input(given, STARTED)


def test_the_consoles_template_alone_is_answered_with_what_is_missing() -> None:
    with pytest.raises(InvalidRequest, match=r"^project: is missing"):
        read_input({"Comment": "Insert your JSON here"}, STARTED)


def envelope(text: str = "hello", kind: str = "Notification") -> dict[str, Any]:
    return {"Type": kind, "MessageId": "1", "TopicArn": "arn:aws:sns:eu-west-1:123456789012:t", "Message": text}


def sqs(body: Any) -> dict[str, Any]:
    return {"Records": [{"messageId": "1", "body": json.dumps(body), "eventSource": "aws:sqs"}]}


SHAPES = {
    "upload by EventBridge": (created("a.csv"), "is EventBridge's event of an upload"),
    "deletion by EventBridge": (
        created("a.csv") | {"detail-type": "Object Deleted"},
        'is S3\'s event "Object Deleted"; only uploads',
    ),
    "upload by S3": ({"Records": [record("a.csv")]}, "is S3's notification of an upload"),
    "deletion by S3": (
        {"Records": [record("a.csv", name="ObjectRemoved:Delete")]},
        'is S3\'s notification of "ObjectRemoved:Delete"; only uploads',
    ),
    "S3's test": ({"Service": "Amazon S3", "Event": "s3:TestEvent"}, "is S3's test message"),
    "SNS": (message("x"), "is an SNS message, as SNS delivers it to a function"),
    "S3 over SNS": (notification(record("a.csv")), "is an SNS message"),
    "SNS envelope": (envelope(), "is an SNS message in its envelope"),
    "SNS confirmation": (envelope(kind="SubscriptionConfirmation"), 'is SNS\'s "SubscriptionConfirmation"'),
    "SNS over SQS": (sqs(envelope()), "is a batch of SQS messages"),
    "raw over SQS": (sqs(REQUEST), "is a batch of SQS messages"),
    "pipe": ([{"messageId": "1", "body": "{}", "eventSource": "aws:sqs"}], 'is a batch of records of "aws:sqs"'),
    "list of events": ([created("a.csv")], "is a list whose first entry is EventBridge's event of an upload"),
    "stream": ({"Records": [{"eventSource": "aws:kinesis"}]}, 'is an event of "aws:kinesis"'),
    "schedule": (scheduled(), "is the event of a job's schedule"),
    "rule with a schedule": (
        {"version": "0", "source": "aws.events", "detail-type": "Scheduled Event", "detail": {}},
        "is the event of an EventBridge rule with a schedule; let the rule send a constant",
    ),
    "end of a run": (
        {"source": "datamart-runner", "detail-type": "Datamart Run Ended", "detail": {}},
        "is the end event of a run",
    ),
    "any event": (
        {"source": "aws.ec2", "detail-type": "EC2 Instance State-change Notification", "detail": {}},
        'is EventBridge\'s event "EC2 Instance State-change Notification" of "aws.ec2"',
    ),
    "universal target": (
        {"StateMachineArn": "arn", "Input": json.dumps(REQUEST), "Name": "x"},
        'has the parameters of StartExecution, .* give only the value of "Input"',
    ),
    "StartExecution of an SDK": ({"stateMachineArn": "arn", "input": "{}"}, "has the parameters of StartExecution"),
    "Invoke": ({"FunctionName": "StartRun", "Payload": "{}"}, "has the parameters of Invoke"),
    "encoded twice": (json.dumps(REQUEST), "is JSON inside a string"),
    "API Gateway": ({"httpMethod": "POST", "requestContext": {}, "body": "{}"}, "is an HTTP request"),
    "alarm": ({"AlarmName": "x", "NewStateValue": "ALARM"}, "is a CloudWatch alarm"),
    "output of a run": (
        {"loaded": "yes", "datamart": {}, "startedAt": STARTED, "finishedAt": STARTED},
        "is the output of a run",
    ),
    "too deep": ({"Input": REQUEST}, 'has everything one level too deep, under "Input"'),
    "body": ({"body": json.dumps(REQUEST)}, 'has everything one level too deep, under "body"'),
}


@pytest.mark.parametrize(("given", "words"), SHAPES.values(), ids=list(SHAPES))
def test_an_event_in_the_place_of_a_request_is_refused_by_what_it_is(given: Any, words: str) -> None:
    with pytest.raises(InvalidRequest, match=rf"^the input {words}.*An execution's input is a request") as refused:
        read_input(given, STARTED)
    assert "unknown key" not in str(refused.value)


@pytest.mark.parametrize("sample", ["console", "console-job"])
def test_a_request_is_not_an_event(sample: str) -> None:
    assert described(json.loads((EVENTS / f"{sample}.json").read_text("utf-8"))) is None


@pytest.mark.parametrize("odd", [{"Records": [5]}, {"Records": []}, {"Records": [{}]}, [], [5], None, "x", 5, {}])
def test_what_has_no_known_shape_is_left_to_the_request(odd: Any) -> None:
    assert described(odd) is None


def test_the_file_of_a_job_is_answered_with_how_a_job_runs() -> None:
    with pytest.raises(InvalidRequest, match=r"^the input is the file of a job, which runs by its name") as refused:
        read_input({"request": REQUEST, "triggers": [{"schedule": "rate(1 day)"}]}, STARTED)
    assert '{"job": …' in str(refused.value)
