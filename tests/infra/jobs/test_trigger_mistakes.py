"""What a job's triggers can get wrong: refused with the reason, or warned about without stopping a deployment."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from infra.jobs.job_files import jobs_of
from infra.jobs.warnings import warnings_of
from infra.settings.settings import BadConfiguration, Settings

DEV = Settings(stage="dev")
NOW = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)
REQUEST = {"project": "MicroStrategy Tutorial", "datamart": "City"}
PARIS = {"timeZone": "Europe/Paris"}
TOPIC = "arn:aws:sns:eu-west-1:123456789012:loads"


def schedule(expression: str, **keys: Any) -> dict[str, Any]:
    flexible = {"flexibleMinutes": keys.pop("flexibleMinutes")} if "flexibleMinutes" in keys else {}
    return {"request": REQUEST, "triggers": [{"schedule": expression} | flexible]} | keys


def uploads(prefix: str, *, bucket: str = "landing-zone", datamart: str = "City", **more: str) -> dict[str, Any]:
    trigger = {"s3": {"bucket": bucket, "prefix": prefix} | more}
    return {"request": REQUEST | {"datamart": datamart}, "triggers": [trigger]}


def messages(**keys: Any) -> dict[str, Any]:
    return {"request": REQUEST, "triggers": [{"sns": {"topicArn": TOPIC} | keys}]}


def refusal(folder: Path, content: dict[str, Any]) -> str:
    """The text that a wrong file is answered with."""
    (folder / "nightly.json").write_text(json.dumps(content))
    with pytest.raises(BadConfiguration) as refused:
        jobs_of(DEV, folder)
    return str(refused.value)


def warned(folder: Path, *contents: dict[str, Any], **named: dict[str, Any]) -> list[str]:
    """The warnings for valid files."""
    for name, content in ({"nightly": contents[0]} if contents else named).items():
        (folder / f"{name}.json").write_text(json.dumps(content))
    return warnings_of(jobs_of(DEV, folder), NOW)


# -- refused ----------------------------------------------------------------------------------------------------------

KEY = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"

REFUSED: list[tuple[dict[str, Any], str]] = [
    # keys of buckets
    (uploads("in/", kmsKeyArn=KEY), "triggers[0].s3.kmsKeyArn: without acceptRequests no object is read"),
    (uploads("in/", kmsKeyArn=KEY.replace("key/", "alias/")), "is not the ARN of a KMS key"),
    (
        {"request": REQUEST, "triggers": [{"s3": {"prefix": "in/", "kmsKeyArn": KEY}}]},
        "triggers[0].s3.kmsKeyArn: needs bucket, whose key it is",
    ),
    # days that do not exist
    (schedule("cron(0 5 30 2 ? *)"), 'triggers[0].schedule: never fires: there is no day "30" in February'),
    (schedule("cron(0 5 31 APR,JUN,SEP,NOV ? *)"), 'there is no day "31" in April, June, September, November'),
    (schedule("cron(0 5 29 2 ? 2027)"), 'there is no day "29" in February of the years 2027'),
    (schedule("cron(0 5 ? 2 2#5 2027)"), 'there is no day "2#5" in February of the years 2027'),
    (schedule("cron(0 5 31W 2,4 ? *)"), 'there is no day "31W" in February, April'),
    (schedule("at(2027-02-30T05:00:00)"), "at(2027-02-30T05:00:00) does not exist"),
    (schedule("at(2027-2-3T5:00:00)"), "at(…) needs a date and a time"),
    (schedule("at(2027-03-28T02:30:00)", **PARIS), "the clocks in Europe/Paris skip 02:30 on 2027-03-28"),
    # cron's dialect
    (schedule("cron(0 22-2 * * ? *)"), "the range 22-2 runs backwards; write 22-23,0-2."),
    (schedule("cron(0 5 ? * FRI-MON *)"), "the range FRI-MON runs backwards; write FRI-SAT,SUN-MON."),
    (schedule("cron(0 5 1 * ? 2030-2027)"), "the range 2030-2027 runs backwards"),
    (schedule("cron(0/90 * * * ? *)"), "the step 90 in 0/90 is longer than the minutes (0 to 59)"),
    (schedule("cron(0 5 ? * MON/2 *)"), 'invalid day of the week "MON/2" in cron(…)'),
    (schedule("cron(0 5 ? * FRI#2 *)"), 'invalid day of the week "FRI#2" in cron(…)'),
    (schedule("cron(0 5 ? * MONDAY *)"), 'invalid day of the week "MONDAY" in cron(…): use 1 to 7 or SUN to SAT'),
    (schedule("cron(0 5 L-3 * ? *)"), 'invalid day of the month "L-3" in cron(…)'),
    (schedule("cron(0 5 * * ? 2200)"), 'invalid year "2200" in cron(…): use 1970 to 2199'),
    (schedule("cron(0 5 * * ? 1969)"), 'invalid year "1969" in cron(…)'),
    (schedule("cron(0 5 ? * ? *)"), "must be ?, and only one: cron(0 5 * * ? *) or cron(0 5 ? * MON *)"),
    (schedule("cron(0  5 * * ? *)"), "put single blanks between the fields: cron(0 5 * * ? *)"),
    (schedule("cron(0 5 ? * 1,,2 *)"), 'invalid day of the week "1,,2"'),
    # rates and windows
    (schedule("rate(1 days)"), "write rate(1 day)."),
    (schedule("rate(2 hour)"), "write rate(2 hours)."),
    (schedule("rate(0 minutes)"), "rate(…) needs a number and a unit"),
    (
        schedule("rate(1 minute)", flexibleMinutes=1),
        "triggers[0].flexibleMinutes: must be shorter than the time between two firings, which is 1 minute",
    ),
    (schedule("rate(4 hours)", flexibleMinutes=300), "two firings, which is 4 hours"),
    (schedule("cron(0/20 5 * * ? *)", flexibleMinutes=30), "two firings, which is 20 minutes"),
    (schedule("cron(0 5,23 * * ? *)", flexibleMinutes=400), "two firings, which is 6 hours"),
    # time zones
    (
        schedule("cron(0 5 * * ? *)", timeZone="localtime"),
        'time zone "localtime": it depends on the machine. Use',
    ),
    (schedule("cron(0 5 * * ? *)", timeZone="Factory"), 'unknown time zone "Factory"'),
    (schedule("cron(0 5 * * ? *)", timeZone="posix/Europe/Paris"), "(did you mean Europe/Paris?)"),
    (schedule("cron(0 5 * * ? *)", timeZone="CEST"), '"CEST" (did you mean Europe/Paris?)'),
    (schedule("cron(0 5 * * ? *)", timeZone="EDT"), '"EDT" (did you mean America/New_York?)'),
    (schedule("cron(0 5 * * ? *)", timeZone="PST"), '"PST" (did you mean America/Los_Angeles?)'),
    (schedule("cron(0 5 * * ? *)", timeZone="europe/paris"), '"europe/paris" (did you mean Europe/Paris?)'),
    (schedule("cron(0 5 * * ? *)", timeZone="UTC+2"), '"UTC+2": an offset is not a time zone'),
    (schedule("cron(0 5 * * ? *)", timeZone="+02:00"), "an offset is not a time zone"),
    # expectOn
    (schedule("cron(0 5 * * ? *)", expectBy="06:00", expectOn=["MON", "MON"]), "expectOn: has an entry twice"),
    # topics
    (
        {"request": REQUEST, "triggers": [{"sns": {"topicArn": f"{TOPIC}.fifo"}}]},
        'triggers[0].sns.topicArn: "loads.fifo" is a FIFO topic. SNS delivers those to SQS queues only',
    ),
    (messages(topicArn=TOPIC.replace("eu-west-1", "euwest1")), 'unknown region "euwest1" (did you mean eu-west-1?)'),
    (messages(topicArn=TOPIC.replace("eu-west-1", "eu-west")), 'unknown region "eu-west"'),
    (messages(topicArn=TOPIC.replace("eu-west-1", "cn-north-1")), "write arn:aws-cn:sns:…."),
    (
        messages(topicArn=TOPIC.replace("arn:aws", "arn:aws-usgov")),
        'unknown partition "aws-usgov" (did you mean aws-us-gov?)',
    ),
    # buckets and keys
    (uploads("in/", bucket="a..b"), 'triggers[0].s3.bucket: "a..b" is not the name of a bucket'),
    (uploads("in/", bucket="192.168.5.4"), "no IP address"),
    (uploads("in/", bucket="xn--landing"), "no name that begins with xn--"),
    (uploads("in/", bucket="landing-s3alias"), "is the alias of an access point; events name the bucket itself"),
    (uploads("in/", bucket="landing--usw2-az1--x-s3"), "is a directory bucket, which sends no events"),
    (uploads("s3://landing-zone/in/"), "triggers[0].s3.prefix: is a URL"),
    (uploads("in/", suffix="done/"), "triggers[0].s3.suffix: keys that end with a slash are folders"),
    (uploads("é" * 600), "triggers[0].s3.prefix: has 1200 bytes. A key has at most 1024"),
]


@pytest.mark.parametrize(("content", "reason"), REFUSED, ids=[reason[:60] for _, reason in REFUSED])
def test_a_trigger_that_cannot_work_is_refused_with_file_key_and_reason(
    tmp_path: Path, content: dict[str, Any], reason: str
) -> None:
    told = refusal(tmp_path, content)
    assert told.startswith("infra/jobs/nightly.json: ")
    assert reason in told


def test_two_triggers_whose_resources_would_have_the_same_names_are_refused_with_both(tmp_path: Path) -> None:
    triggers = [{"schedule": f"cron({n} 5 * * ? *)"} for n in range(11)]
    (tmp_path / "load.json").write_text(json.dumps({"request": REQUEST, "triggers": triggers}))
    (tmp_path / "load1.json").write_text(json.dumps(schedule("cron(0 6 * * ? *)")))
    with pytest.raises(BadConfiguration, match=r"load1\.json: triggers\[0\]: .* infra/jobs/load\.json: triggers\[10\]"):
        jobs_of(DEV, tmp_path)
    (tmp_path / "load.json").write_text(json.dumps({"request": REQUEST, "triggers": triggers[:10]}))
    assert [job.name for job in jobs_of(DEV, tmp_path)] == ["load", "load1"]


def test_an_abbreviation_of_a_time_zone_never_suggests_another_abbreviation(tmp_path: Path) -> None:
    for name in ("CEST", "WEST", "AEDT", "XYZ", "KST"):
        assert "EST?" not in refusal(tmp_path, schedule("cron(0 5 * * ? *)", timeZone=name))


def test_a_region_that_is_newer_than_the_bundled_list_is_taken(tmp_path: Path) -> None:
    assert warned(tmp_path, messages(topicArn=TOPIC.replace("eu-west-1", "eu-central-9"))) == []


# -- warned about: schedules ------------------------------------------------------------------------------------------


def test_a_time_that_the_zone_skips_in_spring_is_a_warning_that_names_the_night(tmp_path: Path) -> None:
    spring, autumn = warned(tmp_path, schedule("cron(30 2 * * ? *)", **PARIS))
    assert spring.startswith(
        "infra/jobs/nightly.json: triggers[0].schedule: 02:30 does not exist in Europe/Paris on Sunday 2027-03-28"
    )
    assert "no run starts and nobody is notified" in spring
    assert 'Choose a time outside 02:00 to 03:00, or "timeZone": "UTC".' in spring
    assert "02:30 occurs twice in Europe/Paris on Sunday 2027-10-31" in autumn
    assert "starts one run" in autumn


def test_an_alarm_of_the_same_night_is_named_as_what_warns(tmp_path: Path) -> None:
    job = schedule("cron(30 2 * * ? *)", expectBy="03:00", **PARIS)
    assert "no run starts and only the alarm of expectBy reports it" in warned(tmp_path, job)[0]


def test_an_expected_time_that_the_zone_skips_is_asked_for_all_the_same(tmp_path: Path) -> None:
    found = warned(tmp_path, schedule("cron(15 2 * * ? *)", expectBy="02:45", **PARIS))
    assert "only the alarm of expectBy reports it" in found[0]
    assert not any("expectBy:" in warning for warning in found)


@pytest.mark.parametrize(
    ("expression", "zone"),
    [
        ("cron(0 5 * * ? *)", "Europe/Paris"),
        ("cron(30 2 * * ? *)", "UTC"),
        ("cron(30 2 * * ? *)", "Asia/Tokyo"),
        ("cron(0 * * * ? *)", "Europe/Paris"),  # an hour is skipped, and the next one fires at that moment
        ("cron(0/15 * * * ? *)", "America/New_York"),
        ("cron(30 2 ? * MON-FRI *)", "Europe/Paris"),  # the clocks change on Sundays
        ("rate(1 day)", "Europe/Paris"),
        ("at(2027-03-28T03:30:00)", "Europe/Paris"),
    ],
)
def test_a_schedule_that_loses_nothing_when_clocks_change_has_no_warning(
    tmp_path: Path, expression: str, zone: str
) -> None:
    assert warned(tmp_path, schedule(expression, timeZone=zone)) == []


def test_a_one_time_schedule_at_a_time_that_occurs_twice_is_a_warning(tmp_path: Path) -> None:
    assert "02:30 occurs twice" in warned(tmp_path, schedule("at(2027-10-31T02:30:00)", **PARIS))[0]


SURPRISES = [
    (schedule("at(2026-11-25T05:00:00)"), "triggers[0].schedule: never fires again: its time has passed"),
    (schedule("cron(0 5 1 1 ? 2020-2026)"), "triggers[0].schedule: never fires again"),
    (schedule("cron(0 5 ? 2 2#5 2020-2060)"), "fires next on 2044-02-29, more than a year from now"),
    (schedule("cron(0 5 31 * ? *)"), 'skips the months that have no day "31". For the last day of a month write L'),
    (schedule("cron(0 5 30W * ? *)"), 'skips the months that have no day "30W"'),
    (schedule("cron(0 5 ? * 6#5 *)"), "For the last such weekday of a month write 6L."),
    (schedule("cron(0 5 ? * 1-5 *)"), "1-5 is Sunday to Thursday, since SUN is 1. For working days write MON-FRI."),
    (schedule("cron(0 5 ? * L *)"), "L as the day of the week is every Saturday"),
    (schedule("cron(0 5 * * ? *)", timeZone="EST"), "timeZone: EST has no daylight saving time"),
    (schedule("cron(0 5 * * ? *)", timeZone="Etc/GMT+5"), "timeZone: Etc/GMT+5 is 5 hours behind UTC"),
    # expectBy
    (
        schedule("cron(0 5 * * ? *)", expectBy="04:00"),
        "expectBy: the check at 04:00 judges the run of the day before, because the job may start as late as 05:00",
    ),
    (
        schedule("cron(0 5 * * ? *)", flexibleMinutes=15, expectBy="05:10"),
        "expectBy: the check at 05:10 judges the run of the day before, because the job may start as late as 05:15",
    ),
    (
        schedule("cron(0 5 ? * MON *)", expectBy="04:00", expectOn=["MON"]),
        "expectBy: the check at 04:00 judges the run of the day before, because the job may start as late as 05:00",
    ),
    (
        schedule("cron(0 5 ? * MON-FRI *)", expectBy="06:00"),
        "expectBy: the alarm goes off on SUN, SAT, because no schedule has started the job in the day before. "
        'Write "expectOn": ["MON", "TUE", "WED", "THU", "FRI"].',
    ),
    (
        schedule("cron(0 5 ? * MON *)", expectBy="06:00", expectOn=["TUE"]),
        "expectBy: the alarm goes off on 52 of the next 52 days with a check",
    ),
    (schedule("cron(0 5 1 * ? *)", expectBy="06:00"), "of the next 365 days with a check"),
    (schedule("rate(3 days)", expectBy="06:00"), "expectBy: the check is daily, and the job starts every 3 days"),
    (schedule("cron(* 5 * * ? *)"), "triggers[0].schedule: fires every minute"),
    (schedule("rate(1 minute)"), "triggers[0].schedule: fires every minute"),
    # keys
    (uploads("in%20coming/"), "triggers[0].s3.prefix: looks URL-encoded"),
    (uploads("in\\coming\\"), "triggers[0].s3.prefix: has a backslash"),
    (uploads("landing-zone/in/"), "triggers[0].s3.prefix: begins with the bucket's own name"),
    (
        {"request": REQUEST, "triggers": [{"s3": {"bucket": "landing-zone"}}]},
        "triggers[0].s3: every upload to landing-zone starts the job",
    ),
]


@pytest.mark.parametrize(("content", "reason"), SURPRISES, ids=[reason[:60] for _, reason in SURPRISES])
def test_a_trigger_that_may_surprise_is_valid_and_warned_about(
    tmp_path: Path, content: dict[str, Any], reason: str
) -> None:
    found = warned(tmp_path, content)
    assert any(reason in one for one in found), found


@pytest.mark.parametrize(
    "content",
    [
        schedule("cron(0 5 * * ? *)", expectBy="06:00"),
        schedule("cron(0 5 * * ? *)", expectBy="18:00"),
        schedule("cron(0 22 ? * SUN-THU *)", expectBy="06:00", expectOn=["MON", "TUE", "WED", "THU", "FRI"]),
        schedule("rate(4 hours)", expectBy="06:00"),
        schedule("cron(0 5 L * ? *)"),
        schedule("cron(0 5 ? * 6L *)"),
        schedule("cron(0 5 15W * ? *)"),
        schedule("cron(0 5 28 * ? *)"),
        schedule("cron(0 5 1 1 ? *)"),
        uploads("in/"),
        uploads("100%/"),
        {"request": REQUEST, "triggers": [{"s3": {"prefix": "in/"}}], "expectBy": "06:00"},
        {"request": REQUEST, "triggers": [], "expectBy": "06:00"},
    ],
)
def test_an_ordinary_job_has_no_warning(tmp_path: Path, content: dict[str, Any]) -> None:
    assert warned(tmp_path, content) == []


# -- warned about: uploads that several triggers take -----------------------------------------------------------------


def test_uploads_that_start_two_jobs_are_a_warning_that_names_both(tmp_path: Path) -> None:
    (found,) = warned(tmp_path, first=uploads("in/"), second=uploads("in/daily/", datamart="Customers", suffix=".csv"))
    assert found.startswith(
        "infra/jobs/first.json: triggers[0].s3: one upload to landing-zone may start first and also "
    )
    assert "infra/jobs/second.json (triggers[0].s3)" in found
    assert "loaded twice" not in found


def test_uploads_that_load_one_datamart_twice_are_reported_as_that(tmp_path: Path) -> None:
    (found,) = warned(tmp_path, first=uploads("in/"), second=uploads("in/daily/"))
    assert "first and second load" in found
    assert 'the same datamart "City": it is loaded twice' in found


def test_an_s3_notification_over_sns_counts_as_an_upload_too(tmp_path: Path) -> None:
    over_sns = {"request": REQUEST, "triggers": [{"sns": {"objects": {"bucket": "landing-zone", "prefix": "in/"}}}]}
    (found,) = warned(tmp_path, first=uploads("in/"), second=over_sns)
    assert "infra/jobs/second.json (triggers[0].sns.objects)" in found


def test_overlapping_uploads_within_a_job_are_a_warning(tmp_path: Path) -> None:
    triggers = [{"s3": {"bucket": "landing", "prefix": "in/"}}, {"s3": {"bucket": "landing", "prefix": "in/daily/"}}]
    (found,) = warned(tmp_path, {"request": REQUEST, "triggers": triggers})
    assert "triggers[0].s3: takes uploads that triggers[1].s3 takes too" in found


@pytest.mark.parametrize(
    "other",
    [
        uploads("out/"),
        uploads("in/", bucket="another-bucket"),
        {"request": REQUEST, "triggers": [{"s3": {"prefix": "in/"}}]},  # the stack's own bucket
    ],
)
def test_uploads_that_no_key_belongs_to_both_of_have_no_warning(tmp_path: Path, other: dict[str, Any]) -> None:
    assert warned(tmp_path, first=uploads("in/"), second=other) == []


def test_different_suffixes_keep_two_jobs_apart(tmp_path: Path) -> None:
    assert warned(tmp_path, first=uploads("in/", suffix=".csv"), second=uploads("in/", suffix=".json")) == []


def test_three_hundred_jobs_with_overlapping_uploads_have_a_bounded_list_of_warnings(tmp_path: Path) -> None:
    found = warned(tmp_path, **{f"job{n}": uploads("in/") for n in range(300)})
    assert len(found) == 299
    assert "and 296 more" in found[0]
    assert max(len(one) for one in found) < 700


# -- warned about: messages that load a datamart twice ----------------------------------------------------------------


@pytest.mark.parametrize("filters", [({}, {}), ({"filter": {"a": ["x"]}}, {}), ({"filter": {"a": ["x"]}},) * 2])
def test_one_message_that_loads_a_datamart_twice_is_a_warning(tmp_path: Path, filters: Any) -> None:
    first, second = (messages(**one) for one in filters)
    (found,) = warned(tmp_path, first=first, second=second)
    assert found.startswith(
        "infra/jobs/first.json: triggers[0].sns: one message may start first and also infra/jobs/second"
    )


def test_jobs_that_share_a_topic_by_filters_or_load_different_datamarts_have_no_warning(tmp_path: Path) -> None:
    germany, france = messages(filter={"region": ["DE"]}), messages(filter={"region": ["FR"]})
    other = messages() | {"request": REQUEST | {"datamart": "Customers"}}
    assert warned(tmp_path, germany=germany, france=france, other=other) == []


def test_a_filter_on_the_body_that_no_accepted_request_can_pass_is_refused(tmp_path: Path) -> None:
    outside = {"projects": ["P"], "datamarts": ["City"]}
    never = messages(filter={"detail": {"status": ["DONE"]}}, filterScope="MessageBody") | {"acceptRequests": outside}
    assert "triggers[0].sns.filter.detail: with acceptRequests the body is the request" in refusal(tmp_path, never)
    sometimes = messages(filter={"datamart": ["City"]}, filterScope="MessageBody") | {"acceptRequests": outside}
    assert warned(tmp_path, sometimes) == []
