"""A request in an uploaded object: just the version that the event names is read, or the run says why it was not."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.support.deliveries import BUCKET, VERSIONED, again, created, notification, record
from tests.unit.triggers.conftest import Starter

KEY = "requests/germany and italy+1.json"
REQUEST = {"project": "MicroStrategy Tutorial", "datamart": "City"}
WHERE = f'"s3://{VERSIONED}/{KEY}": '


def put(s3: Any, body: str | bytes, bucket: str = VERSIONED, key: str = KEY) -> dict[str, Any]:
    """Upload an object, and the event that S3 sends of it."""
    answer = s3.put_object(Bucket=bucket, Key=key, Body=body if isinstance(body, bytes) else body.encode())
    size, etag = len(body), answer["ETag"].strip('"')
    return created(key, bucket, version_id=answer.get("VersionId"), etag=etag, size=size, sequencer=f"{id(answer):X}")


def test_the_request_is_what_the_object_says(starter: Starter, s3: Any) -> None:
    assert starter.begun(put(s3, json.dumps(REQUEST | {"timeoutMinutes": 5})), "requests") == {
        "job": "requests",
        "asOf": "2026-11-24T05:12:00Z",
        "values": {
            "bucket": VERSIONED,
            "key": KEY,
            "fileName": "germany and italy+1.json",
            "stem": "germany and italy+1",
        },
        "request": REQUEST | {"timeoutMinutes": 5},
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_every_character_arrives(starter: Starter, s3: Any, encoding: str) -> None:
    answer = '{% $states.input %} {yesterday} {{ "quoted" \\ \n 日本 🦆 \u202e \x7f'
    body = json.dumps(REQUEST | {"prompts": [{"name": "p", "answers": answer}]}, ensure_ascii=False)
    assert starter.begun(put(s3, body.encode(encoding)), "requests")["request"]["prompts"][0]["answers"] == answer


def test_the_version_of_the_event_is_read_and_not_a_newer_one(starter: Starter, s3: Any) -> None:
    events = [put(s3, json.dumps(REQUEST | {"timeoutMinutes": minutes})) for minutes in (1, 2)]
    asked = [starter.begun(event, "requests")["request"]["timeoutMinutes"] for event in events]
    assert asked == [1, 2]


def test_an_object_without_versions_is_read_when_it_is_still_the_same(starter: Starter, s3: Any) -> None:
    assert starter.begun(put(s3, json.dumps(REQUEST), BUCKET), "requests")["request"] == REQUEST


def test_an_object_that_was_overwritten_since_is_refused_and_the_newer_one_runs(starter: Starter, s3: Any) -> None:
    old = put(s3, json.dumps(REQUEST | {"timeoutMinutes": 1}), BUCKET)
    new = put(s3, json.dumps(REQUEST | {"timeoutMinutes": 2}), BUCKET)
    refusal = starter.begun(old, "requests")["refusal"]
    assert refusal == f'"s3://{BUCKET}/{KEY}": it was overwritten since; the newer upload starts a run of its own'
    assert starter.begun(new, "requests")["request"]["timeoutMinutes"] == 2


def test_an_object_that_is_gone_is_refused(starter: Starter, s3: Any) -> None:
    event = put(s3, json.dumps(REQUEST), BUCKET)
    s3.delete_object(Bucket=BUCKET, Key=KEY)
    assert starter.begun(event, "requests")["refusal"] == f'"s3://{BUCKET}/{KEY}": it is not there any more'


def test_a_version_that_is_gone_is_refused(starter: Starter, s3: Any) -> None:
    event = put(s3, json.dumps(REQUEST))
    s3.delete_object(Bucket=VERSIONED, Key=KEY, VersionId=event["detail"]["object"]["version-id"])
    assert starter.begun(event, "requests")["refusal"] == WHERE + "this version of it is not there any more"


def test_a_version_under_a_newer_deletion_is_still_read(starter: Starter, s3: Any) -> None:
    event = put(s3, json.dumps(REQUEST))
    s3.delete_object(Bucket=VERSIONED, Key=KEY)
    assert starter.begun(event, "requests")["request"] == REQUEST


@pytest.mark.parametrize("said", [1, 10**9])
def test_an_object_is_as_large_as_it_really_is_whatever_the_event_says(starter: Starter, s3: Any, said: int) -> None:
    text = json.dumps(REQUEST)
    fits, too_large = put(s3, text.ljust(128 * 1024)), put(s3, text.ljust(128 * 1024 + 1))
    for event in (fits, too_large):
        event["detail"]["object"]["size"] = said
    assert starter.begun(fits, "requests")["request"] == REQUEST
    assert starter.begun(too_large, "requests")["refusal"] == WHERE + "it has 131073 bytes; a request may have 131072"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"\xff\xfe{}", "it is not text in UTF-8"),
        (b"\x89PNG\r\n", "it is not text in UTF-8"),
        (b"", "it is empty (0 bytes); a request is expected in it, as JSON"),
        (b"project: P", "it is not JSON"),
        (b"{'project': 'P'}", "it is not JSON"),
        (b'{"project": "P"', "it is not JSON"),
        (b'{"project": "P"} {}', "it is not JSON"),
        (b"[" * 100_000, "it is not JSON"),
        (b"[" * 990 + b"]" * 990, "it must be a request: an object {…}"),
        (b"[]", "it must be a request: an object {…}"),
        (b"null", "it must be a request: an object {…}"),
        (b"5", "it must be a request: an object {…}"),
        (b'"City"', "it must be a request: an object {…}"),
        (b"{}", "project: is missing"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_an_object_that_is_not_a_request_is_refused(starter: Starter, s3: Any, body: bytes, reason: str) -> None:
    event = put(s3, body)
    assert starter.begun(event, "requests")["refusal"] in (WHERE + reason, WHERE + "it is not JSON")
    starter(again(event), "requests")
    assert len(starter.names()) == 1


def test_a_request_through_sns_is_read_from_the_object_that_the_message_names(starter: Starter, s3: Any) -> None:
    version = s3.put_object(Bucket=BUCKET, Key="countries/é.csv", Body=json.dumps(REQUEST).encode())["ETag"]
    told = notification(record("countries/é.csv", BUCKET, versionId=None, eTag=version.strip('"')))
    assert starter.begun(told, "notified-requests")["request"] == REQUEST


def test_an_object_that_only_starts_a_job_is_never_read(starter: Starter) -> None:
    assert "request" not in starter.begun(created("countries/not there.csv"), "upload")


# -- what AWS may answer --------------------------------------------------------------------------------------------


@pytest.fixture
def answered(starter: Starter, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str, int, str], None]]:
    """Lets AWS answer an operation with an error, as it comes over the wire; botocore does not try again."""
    from functions.runs import executions
    from functions.triggers import stored_object

    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setattr(executions, "IMPATIENT", Config(retries={"total_max_attempts": 1}))
    clients = {"s3.GetObject": stored_object._s3, "sfn.StartExecution": executions.step_functions}
    for client in clients.values():
        client.cache_clear()

    def answer(operation: str, code: str, status: int, body: str) -> None:
        def respond(request: Any, **_: Any) -> AWSResponse:
            response = AWSResponse(request.url, status, {"x-amzn-errortype": code}, None)
            response._content = body.format(code=code).encode()
            return response

        clients[operation]().meta.events.register_first(f"before-send.{operation}", respond)

    yield answer
    for client in clients.values():
        client.cache_clear()


DENIED = (
    "StartRun may not read it (S3 answered {code}). If it is encrypted with a KMS key, name the key as kmsKeyArn "
    "beside the bucket in the trigger, and let the key's policy allow kms:Decrypt to the role of StartRun; if the "
    "bucket has a policy or belongs to another account, that policy must allow s3:GetObject, s3:GetObjectVersion and "
    "s3:ListBucket to the same role. Then upload the object again"
)

S3_ERROR = "<Error><Code>{code}</Code><Message>as AWS says it</Message></Error>"
JSON_ERROR = '{{"__type": "{code}", "message": "as AWS says it"}}'


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("SlowDown", 503),
        ("InternalError", 500),
        ("ExpiredToken", 400),
        ("RequestTimeTooSkewed", 403),
    ],
)
def test_what_may_pass_is_raised_so_that_the_event_comes_again(
    starter: Starter, s3: Any, answered: Any, code: str, status: int
) -> None:
    event = put(s3, json.dumps(REQUEST))
    answered("s3.GetObject", code, status, S3_ERROR)
    with pytest.raises(ClientError, match=code):
        starter(event, "requests")
    assert starter.names() == []


@pytest.mark.parametrize(
    ("code", "status", "reason"),
    [
        ("AccessDenied", 403, DENIED.format(code="AccessDenied")),
        ("AllAccessDisabled", 403, DENIED.format(code="AllAccessDisabled")),
        ("KMS.DisabledException", 400, DENIED.format(code="KMS.DisabledException")),
        ("NoSuchBucket", 404, "its bucket is not there any more"),
        ("InvalidRequest", 400, "it is encrypted with a key of the uploader's own (SSE-C), which nobody else can read"),
        ("InvalidObjectState", 403, "it lies in an archive and cannot be read"),
        ("MethodNotAllowed", 405, "this version of it is a deletion"),
    ],
)
def test_what_will_not_pass_is_how_the_run_ends(
    starter: Starter, s3: Any, answered: Any, code: str, status: int, reason: str
) -> None:
    event = put(s3, json.dumps(REQUEST))
    answered("s3.GetObject", code, status, S3_ERROR)
    assert starter.begun(event, "requests")["refusal"] == WHERE + reason


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ThrottlingException", 400),
        ("AccessDeniedException", 400),
        ("ServiceUnavailable", 503),
        ("KmsThrottlingException", 400),
    ],
)
def test_a_start_that_aws_does_not_take_is_raised_and_succeeds_when_the_event_comes_again(
    starter: Starter, answered: Any, code: str, status: int
) -> None:
    event = created("countries/a.csv")
    answered("sfn.StartExecution", code, status, JSON_ERROR)
    with pytest.raises(ClientError, match=code):
        starter(event, "upload")
    starter.module.step_functions.cache_clear()
    starter(again(event), "upload")
    assert len(starter.names()) == 1
