"""Which uploads start a run, and what S3 itself is asked before a message about an upload is believed."""

import json
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError

from functions.triggers.kinds import kind_named
from functions.triggers.s3_notification import MOST_RECORDS
from tests.support.deliveries import BUCKET, VERSIONED, created, message, notification, record, stored
from tests.unit.triggers.conftest import OUTSIDE, Starter, job

CITY = {"project": "MicroStrategy Tutorial", "datamart": "City"}


@pytest.fixture
def deploy(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Any:
    """Deploys one job that is called ``job``, with these uploads or messages as its trigger."""

    def deployed(trigger: dict[str, Any], **keys: Any) -> None:
        objects = [trigger["sns"]["objects"]] if "objects" in trigger.get("sns", {}) else []
        named = {"sns": {"topic": "region-message-1"}} if "sns" in trigger else trigger
        path = tmp_path / "one-job.json"
        path.write_text(json.dumps({"job": job(CITY, objects=objects, triggers=[named], **keys)}), "utf-8")
        monkeypatch.setenv("JOBS_FILE", str(path))

    return deployed


def ignored(starter: Starter, event: Any, alias: str) -> list[str]:
    """Why the event starts nothing; that it starts nothing is asserted."""
    from local.emulator.lambda_runtime import Context

    arn = f"arn:aws:lambda:eu-west-1:123456789012:function:StartRun:{alias}"
    answer = starter.module.handler(event, Context("StartRun", arn, timeout=30, memory=256))
    assert answer["executions"] == []
    assert starter.names() == []
    return list(answer["ignored"])


# -- folders and small files ----------------------------------------------------------------------------------------

MARKERS = ["fixed/", "fixed/2026-11/", "fixed/2026-11_$folder$", "fixed//", "fixed/_$folder$"]


@pytest.mark.parametrize("key", MARKERS)
@pytest.mark.parametrize("size", [0, 10])
def test_a_folder_that_is_created_starts_nothing(starter: Starter, deploy: Any, key: str, size: int) -> None:
    deploy({"s3": {"bucket": BUCKET, "prefix": "fixed/"}})
    (why,) = ignored(starter, created(key, size=size), kind_named("s3").ALIAS)
    assert why == f'"s3://{BUCKET}/{key}" starts nothing: its key stands for a folder'


@pytest.mark.parametrize("key", MARKERS)
def test_a_folder_that_is_reported_over_sns_starts_nothing(starter: Starter, deploy: Any, key: str) -> None:
    deploy({"sns": {"objects": {"bucket": VERSIONED}}})
    (why,) = ignored(starter, notification(stored(record(key))), kind_named("sns").ALIAS)
    assert why.endswith("its key stands for a folder")


def test_a_folder_is_not_a_request_either(starter: Starter, deploy: Any) -> None:
    deploy({"s3": {"bucket": BUCKET}}, acceptRequests=OUTSIDE)
    assert ignored(starter, created("requests/", size=0), kind_named("s3").ALIAS)


@pytest.mark.parametrize("key", ["fixed/a", "fixed/_SUCCESS", "fixed/folder", "fixed/$folder$.csv"])
def test_a_file_starts_a_run_however_much_its_name_is_like_a_folders(starter: Starter, deploy: Any, key: str) -> None:
    deploy({"s3": {"bucket": BUCKET, "prefix": "fixed/"}})
    assert len(starter.invoked(created(key, size=0), kind_named("s3").ALIAS)) == 1


def test_a_file_that_is_smaller_than_the_trigger_asks_starts_nothing(starter: Starter, deploy: Any) -> None:
    deploy({"s3": {"bucket": BUCKET, "minBytes": 10}})
    assert ignored(starter, created("a.csv", size=9), kind_named("s3").ALIAS) == [
        f'"s3://{BUCKET}/a.csv" starts nothing: it has 9 bytes, and minBytes is 10'
    ]
    assert len(starter.invoked(created("a.csv", size=10), kind_named("s3").ALIAS)) == 1


def test_the_size_of_an_object_over_sns_is_its_own_and_not_what_the_message_says(
    starter: Starter, deploy: Any, s3: Any
) -> None:
    deploy({"sns": {"objects": {"bucket": VERSIONED, "minBytes": 10}}})
    version = {size: s3.put_object(Bucket=VERSIONED, Key="a.csv", Body=b"x" * size)["VersionId"] for size in (9, 10)}
    told = {size: notification(record("a.csv", versionId=version[size], size=19 - size)) for size in (9, 10)}
    (why,) = ignored(starter, told[9], kind_named("sns").ALIAS)
    assert why.endswith("it has 9 bytes, and minBytes is 10")
    assert len(starter.invoked(told[10], kind_named("sns").ALIAS)) == 1


def test_an_upload_starts_a_run_when_one_of_two_triggers_takes_its_size(
    starter: Starter, monkeypatch: Any, tmp_path: Any
) -> None:
    triggers = [{"s3": {"bucket": BUCKET, "minBytes": 10}}, {"s3": {"bucket": BUCKET, "prefix": "empty/"}}]
    path = tmp_path / "two.json"
    path.write_text(json.dumps({"job": job(CITY, triggers=triggers)}), "utf-8")
    monkeypatch.setenv("JOBS_FILE", str(path))
    assert len(starter.invoked(created("empty/a.csv", size=0), kind_named("s3").ALIAS)) == 1
    assert starter.invoked(created("a.csv", size=0), kind_named("s3").ALIAS) == []


# -- floods ---------------------------------------------------------------------------------------------------------


def test_one_message_with_many_records_is_one_run_that_says_so(starter: Starter) -> None:
    many = [record(f"countries/{n}.csv", versionId=f"v{n}") for n in range(250)]
    given = starter.begun(notification(*many, message_id="95df01b4"), "upload")
    assert given["refusal"] == (
        "message 95df01b4: the message holds 250 records, and at most 10 are taken from one "
        "message; S3 itself sends one"
    )
    assert len(starter.names()) == 1


def test_as_many_records_as_are_taken_start_as_many_runs(starter: Starter) -> None:
    some = [stored(record(f"countries/some{n}.csv")) for n in range(MOST_RECORDS)]
    assert len(set(starter(notification(*some), "upload"))) == MOST_RECORDS


def test_all_that_is_refused_of_one_message_is_one_run_that_names_each(starter: Starter) -> None:
    told = notification(
        *[record(f"countries/gone{n}.csv", versionId=f"v{n}") for n in range(8)],
        stored(record("countries/here.csv")),
        message_id="95df01b4",
    )
    names = starter(told, "upload")
    assert len(names) == len(starter.names()) == 2
    (refusal,) = [given["refusal"] for name in names if "refusal" in (given := starter.input(name))]
    assert refusal.startswith(f'message 95df01b4: "s3://{VERSIONED}/countries/gone0.csv": it, or this version of it')
    assert refusal.count("is not there") == 8
    assert starter(told, "upload") == names


def test_requests_of_one_message_that_are_refused_are_one_run_too(starter: Starter, s3: Any) -> None:
    records = []
    for n in range(3):
        put = s3.put_object(Bucket=VERSIONED, Key=f"countries/bad{n}.csv", Body=b"no request")
        records.append(record(f"countries/bad{n}.csv", versionId=put["VersionId"]))
    refusal = starter.begun(notification(*records), "notified-requests")["refusal"]
    assert refusal.count("it is not JSON") == 3


# -- forged messages ------------------------------------------------------------------------------------------------


def test_a_record_of_an_object_that_is_not_there_does_not_claim_the_run_of_the_upload(starter: Starter) -> None:
    forged = record("countries/soon.csv", versionId="soon")
    assert "it, or this version of it, is not there" in starter.begun(notification(forged), "upload")["refusal"]
    genuine = starter.begun(notification(stored(forged)), "upload")
    assert genuine["values"]["stem"] == "soon"


def test_a_forged_time_does_not_move_the_run_of_an_upload_to_another_day(starter: Starter, s3: Any) -> None:
    told = stored(record("countries/dated.csv", versionId="dated"))
    (name,) = starter(notification(told | {"eventTime": "2020-01-01T00:00:00.000Z"}), "upload")
    since = s3.head_object(Bucket=VERSIONED, Key="countries/dated.csv")["LastModified"]
    assert starter.input(name)["asOf"] == f"{since:%Y-%m-%dT%H:%M:%SZ}"
    assert starter(created("countries/dated.csv", VERSIONED, version_id="dated"), "upload") == [name]


@pytest.mark.parametrize("version", [None, "null", ""])
def test_a_record_that_leaves_the_version_out_is_the_run_of_the_upload(
    starter: Starter, s3: Any, version: str | None
) -> None:
    put = s3.put_object(Bucket=VERSIONED, Key="countries/again.csv", Body=b"")
    genuine = record("countries/again.csv", versionId=put["VersionId"])
    (name,) = starter(notification(genuine), "upload")
    for sequencer in ("FF01", "FF02"):
        forged = record("countries/again.csv", versionId=version, eTag=put["ETag"].strip('"'), sequencer=sequencer)
        assert starter(notification(forged), "upload") == [name]
    assert starter.names() == [name]


def test_a_request_is_read_from_the_version_that_was_confirmed(starter: Starter, s3: Any) -> None:
    requests = [json.dumps(CITY | {"timeoutMinutes": minutes}) for minutes in (10, 20)]
    first = s3.put_object(Bucket=VERSIONED, Key="countries/first.csv", Body=requests[0])
    told = notification(record("countries/first.csv", versionId=None, eTag=first["ETag"].strip('"')))

    def overwrite(**_: Any) -> None:
        s3.put_object(Bucket=VERSIONED, Key="countries/first.csv", Body=requests[1])

    from functions.triggers import stored_object

    hooks = stored_object._s3().meta.events
    hooks.register_first("before-call.s3.GetObject", overwrite, unique_id="overwrite")
    try:
        assert starter.begun(told, "notified-requests")["request"]["timeoutMinutes"] == 10
    finally:
        hooks.unregister("before-call.s3.GetObject", unique_id="overwrite")


@pytest.mark.parametrize("etag", ["0" * 32, "", '"\r\nX-Evil: 1', "x" * 10_000, None])
def test_a_record_that_does_not_name_the_object_as_it_is_claims_nothing(starter: Starter, etag: str | None) -> None:
    stored(record("countries/plain.csv", BUCKET, versionId=None))
    forged = record("countries/plain.csv", BUCKET, versionId=None, eTag=etag, sequencer="0A")
    assert "refusal" in starter.begun(notification(forged), "upload")
    genuine = record("countries/plain.csv", BUCKET, versionId=None, sequencer="0A")
    assert "values" in starter.begun(notification(genuine), "upload")


@pytest.mark.parametrize(
    "changes", [{"versionId": "x" * 100_000}, {"key": "countries/" + "x" * 2_000 + ".csv"}, {"versionId": "none such"}]
)
def test_a_record_that_no_object_can_have_is_refused(starter: Starter, changes: dict[str, str]) -> None:
    told = record("countries/a.csv", **{name: value for name, value in changes.items() if name != "key"})
    told["s3"]["object"]["key"] = changes.get("key", "countries/a.csv")
    assert "refusal" in starter.begun(notification(told), "upload")


def test_a_time_of_any_length_is_bounded_in_the_input(starter: Starter) -> None:
    event = message("no request")
    event["Records"][0]["Sns"]["Timestamp"] = "2026-11-24T05:00:00Z" + "9" * 250_000
    given = starter.begun(event, "requests")
    assert len(json.dumps(given)) < 1_000


# -- what S3 answers ------------------------------------------------------------------------------------------------


@pytest.fixture
def head_answers(starter: Starter, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lets S3 answer HeadObject with a status: it sends no more than that."""
    from functions.triggers import stored_object

    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    stored_object._s3.cache_clear()

    def answer(status: int) -> None:
        def respond(request: Any, **_: Any) -> AWSResponse:
            response = AWSResponse(request.url, status, {}, None)
            response._content = b""
            return response

        stored_object._s3().meta.events.register_first("before-send.s3.HeadObject", respond)

    yield answer
    stored_object._s3.cache_clear()


def test_an_object_that_the_starter_may_not_read_is_a_run_that_says_what_to_allow(
    starter: Starter, head_answers: Any
) -> None:
    head_answers(403)
    refusal = starter.begun(notification(record("countries/secret.csv"), message_id="95df01b4"), "upload")["refusal"]
    assert refusal.startswith(f'message 95df01b4: "s3://{VERSIONED}/countries/secret.csv": StartRun may not read it')
    assert "kmsKeyArn" in refusal
    assert "bucket" in refusal


@pytest.mark.parametrize("status", [500, 503])
def test_an_s3_that_does_not_answer_now_lets_the_message_come_again(
    starter: Starter, head_answers: Any, status: int
) -> None:
    head_answers(status)
    with pytest.raises(ClientError):
        starter(notification(record("countries/later.csv")), "upload")
    assert starter.names() == []


# -- a hop more or less ---------------------------------------------------------------------------------------------


def enveloped(text: str) -> str:
    topic = "arn:aws:sns:eu-west-1:123456789012:first"
    return json.dumps({"Type": "Notification", "MessageId": "1", "TopicArn": topic, "Message": text})


def test_an_upload_that_eventbridge_sends_on_to_a_topic_is_the_same_run(starter: Starter) -> None:
    told = stored(record("countries/a b+c.csv", versionId="one"))
    event = created("countries/a b+c.csv", VERSIONED, version_id="one")
    ways = [event, message(json.dumps(event)), message(enveloped(json.dumps(event))), notification(told)]
    ways.append(message(enveloped(enveloped(json.dumps({"Records": [told]})))))
    assert len({name for way in ways for name in starter(way, "upload")}) == 1
    assert len(starter.names()) == 1


@pytest.mark.parametrize("kind", ["Object Deleted", "Object Restore Completed", "Object Tags Added"])
def test_what_else_befalls_an_object_starts_nothing_over_a_topic_either(starter: Starter, kind: str) -> None:
    event = created("countries/a.csv", VERSIONED) | {"detail-type": kind}
    assert starter(message(json.dumps(event)), "upload") == []


@pytest.mark.parametrize("job_", ["upload", "message", "requests"])
@pytest.mark.parametrize("wrap", [lambda text: text, enveloped])
def test_s3s_test_message_starts_nothing_on_any_topic(starter: Starter, job_: str, wrap: Any) -> None:
    test = wrap(json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": BUCKET}))
    assert starter(message(test, country="x"), job_) == []


def test_an_event_where_a_request_is_expected_is_refused_by_what_it_is(starter: Starter) -> None:
    for body, words in (
        ({"Records": [record("countries/a.csv")]}, "it is S3's notification of an upload"),
        (created("countries/a.csv"), "it is EventBridge's event of an upload"),
        (json.loads(enveloped("{}")), "it is an SNS message in its envelope"),
        ({"StateMachineArn": "x", "Input": "{}"}, "it has the parameters of StartExecution"),
    ):
        assert words in starter.begun(message(json.dumps(body)), "requests")["refusal"]


def test_a_message_of_another_service_is_refused_by_what_it_is(starter: Starter) -> None:
    body = {"Records": [{"eventSource": "aws:sqs", "body": "{}"}]}
    refusal = starter.begun(message(json.dumps(body)), "upload")["refusal"]
    assert refusal.endswith(
        "the message is not an S3 notification: it is a batch of SQS messages, as a queue delivers it to a function"
    )


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({"Records": [record("countries/a.csv")]}, "it is S3's notification of an upload"),
        ({"Records": [{"eventSource": "aws:sqs", "body": "{}"}]}, "it is a batch of SQS messages"),
        (json.loads(enveloped("x")), "it is an SNS message in its envelope"),
        (created("a.csv") | {"detail-type": "Object Deleted"}, 'it is S3\'s event "Object Deleted"; only uploads'),
    ],
)
def test_what_no_trigger_delivers_is_named_on_its_way_to_the_dead_letters(
    starter: Starter, event: Any, words: str
) -> None:
    for alias in (kind_named("s3").ALIAS, kind_named("sns").ALIAS, kind_named("schedule").ALIAS):
        with pytest.raises(ValueError, match=f"of no source that starts runs: {words}"):
            starter.invoked(event, alias)
