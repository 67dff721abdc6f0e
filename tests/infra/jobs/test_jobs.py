"""The job files: what a BI engineer may write, and the sentence that answers what would not run."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.jobs.job_files import SAMPLES, NamedJob, jobs_of, names_of, sample_paths
from infra.settings.settings import FOLDER as SETTINGS
from infra.settings.settings import BadConfiguration, Settings, settings_of

DEV = Settings(stage="dev", connections=("default", "second"))
REQUEST = {"project": "P", "datamart": "City"}
CRON = {"schedule": "cron(0 5 * * ? *)"}
UPLOAD = {"s3": {"prefix": "in/", "suffix": ".csv"}}
MESSAGE: dict[str, Any] = {"sns": {}}
OBJECTS = {"sns": {"objects": {"bucket": "landing", "prefix": "in/"}}}
OUTSIDE = {"projects": ["P"], "datamarts": ["City"]}


def write(folder: Path, name: str, content: Any) -> None:
    text = content if isinstance(content, str) else json.dumps(content)
    (folder / f"{name}.json").write_text(text, "utf-8")


def write_sample(folder: Path, name: str, content: Any = None) -> None:
    (folder / SAMPLES).mkdir(exist_ok=True)
    write(folder / SAMPLES, name, job() if content is None else content)


def read(folder: Path, content: Any, name: str = "nightly", settings: Settings = DEV) -> NamedJob:
    write(folder, name, content)
    return next(job for job in jobs_of(settings, folder) if job.name == name)


def job(*triggers: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return {"request": REQUEST, "triggers": list(triggers)} | keys


def answering(*answers: Any) -> dict[str, Any]:
    return REQUEST | {"prompts": [{"name": f"p{n}", "answers": answer} for n, answer in enumerate(answers)]}


# -- what is valid --------------------------------------------------------------------------------------------------


def test_the_samples_are_valid() -> None:
    samples = tuple(path.stem for path in sample_paths())
    assert {"city-nightly", "country-upload", "region-message", "requests"} <= set(samples)
    assert [each.name for each in jobs_of(Settings(stage="dev", jobs=samples))] == list(samples)


def test_no_stage_that_is_shipped_deploys_a_sample() -> None:
    stages = [settings_of(path.stem) for path in SETTINGS.glob("*.toml")]
    assert {settings.stage for settings in stages} >= {"dev", "prod"}
    for settings in stages:
        assert not {path.stem for path in sample_paths()} & set(names_of(settings))


def test_a_stage_has_a_sample_only_if_its_settings_name_it(tmp_path: Path) -> None:
    write_sample(tmp_path, "sample")
    write(tmp_path, "own", job())
    assert [each.name for each in jobs_of(DEV, tmp_path)] == ["own"]
    found = jobs_of(Settings("dev", jobs=("sample", "own")), tmp_path)
    assert [(each.name, each.file) for each in found] == [
        ("sample", "infra/jobs/samples/sample.json"),
        ("own", "infra/jobs/own.json"),
    ]


def test_the_emulator_has_every_sample_besides_the_jobs_of_the_stage(tmp_path: Path) -> None:
    write_sample(tmp_path, "sample")
    write_sample(tmp_path, "city-nightly")
    write(tmp_path, "own", job())
    write(tmp_path, "City_Nightly", job())
    for settings, names in (
        (DEV, ["City_Nightly", "own", "sample"]),
        (Settings("dev", jobs=("own",)), ["own", "city-nightly", "sample"]),
        (Settings("dev", jobs=("sample",)), ["sample", "city-nightly"]),
    ):
        assert [each.name for each in jobs_of(settings, tmp_path, with_samples=True)] == names


def test_a_job_takes_precedence_over_a_sample_of_its_name(tmp_path: Path) -> None:
    write_sample(tmp_path, "nightly")
    write(tmp_path, "nightly", job(CRON))
    for with_samples in (False, True):
        (found,) = jobs_of(DEV, tmp_path, with_samples=with_samples)
        assert (found.file, found.triggers) == ("infra/jobs/nightly.json", [CRON])


def test_an_error_in_a_sample_names_its_file(tmp_path: Path) -> None:
    write_sample(tmp_path, "sample", "{")
    with pytest.raises(BadConfiguration, match=r"^infra/jobs/samples/sample\.json: is not JSON"):
        jobs_of(Settings("dev", jobs=("sample",)), tmp_path)


def test_a_stage_has_all_jobs_unless_it_names_some(tmp_path: Path) -> None:
    for name in ("one", "two", "three"):
        write(tmp_path, name, job())
    assert [each.name for each in jobs_of(DEV, tmp_path)] == ["one", "three", "two"]
    assert [each.name for each in jobs_of(Settings("dev", jobs=("two", "one")), tmp_path)] == ["two", "one"]
    assert jobs_of(Settings("dev", jobs=()), tmp_path) == []


def test_a_stage_is_not_held_up_by_the_file_of_a_job_that_it_does_not_run(tmp_path: Path) -> None:
    write(tmp_path, "one", job())
    write(tmp_path, "broken", "{")
    assert [each.name for each in jobs_of(Settings("dev", jobs=("one",)), tmp_path)] == ["one"]


def test_what_goes_beside_the_code_is_what_a_run_needs_and_no_more(tmp_path: Path) -> None:
    content = job(CRON, OBJECTS, timeZone="Europe/Paris", expectBy="06:00", description="x")
    assert read(tmp_path, content).shipped == {
        "request": REQUEST,
        "timeZone": "Europe/Paris",
        "acceptRequests": None,
        "burst": "all",
        "objects": [{"bucket": "landing", "prefix": "in/"}],
        "triggers": [{"schedule": "nightly-1"}, {"sns": {"topic": "nightly-2"}}],
        "expectBy": "06:00",
    }


@pytest.mark.parametrize(
    "expression",
    [
        "cron(0 5 * * ? *)",
        "cron(0/15 8-18 ? * MON-FRI *)",
        "cron(30 6 1,15 * ? 2026-2030)",
        "cron(0 0 L * ? *)",
        "cron(0 0 LW JAN,APR,JUL,OCT ? *)",
        "cron(0 0 15W * ? *)",
        "cron(0 9 ? * 2#1 *)",
        "cron(0 9 ? * 6L *)",
        "cron(5,35 */2 ? * sun *)",
        "rate(1 day)",
        "rate(90 minutes)",
        "at(2199-11-24T05:00:00)",
    ],
)
def test_every_kind_of_schedule_is_taken(tmp_path: Path, expression: str) -> None:
    assert read(tmp_path, job({"schedule": expression})).triggers == [{"schedule": expression}]


@pytest.mark.parametrize(
    ("triggers", "answers"),
    [
        ([CRON, UPLOAD, MESSAGE], ["{yesterday:%d.%m.%Y}", [{"name": "{scheduledTime}"}]]),
        ([UPLOAD], ["{bucket}{key}{fileName}{stem}{today}"]),
        ([OBJECTS], ["{bucket}{key}{fileName}{stem}{today}"]),
        ([MESSAGE], ["{subject}{messageId}{message.any-thing}{today}"]),
        ([], ["{key}{message.x}{today}"]),
    ],
    ids=["schedule", "upload", "objects", "message", "by name"],
)
def test_answers_may_hold_what_every_trigger_brings(
    tmp_path: Path, triggers: list[dict[str, Any]], answers: list[Any]
) -> None:
    request = answering(*answers)
    assert read(tmp_path, job(*triggers, request=request)).shipped["request"] == request


def test_braces_outside_of_answers_are_braces(tmp_path: Path) -> None:
    request = REQUEST | {"project": "{nothing} {", "datamart": "{key}"}
    assert read(tmp_path, job(CRON, request=request)).shipped["request"] == request


def test_a_byte_order_mark_at_the_beginning_of_a_job_file_is_ignored(tmp_path: Path) -> None:
    assert read(tmp_path, "\ufeff" + json.dumps(job())).shipped["request"] == REQUEST


# -- what is not ----------------------------------------------------------------------------------------------------

WRONG: list[tuple[Any, str]] = [
    # the file
    ("{", r"is not JSON \("),
    ("", r"is not JSON \("),
    ('{"request": {}, // comment\n}', r"is not JSON \("),
    ('{"request": {"project": NaN}}', r"is not JSON \(NaN"),
    ('{"request": {}, "triggers": [], "triggers": []}', r'is not JSON \("triggers" is twice'),
    ("[" * 100_000, r"is not JSON \("),
    ([], r"the file: must be an object"),
    ({}, r"request: is missing; it is the request to run"),
    # keys
    ({"requests": REQUEST}, r"requests: unknown key \(did you mean request\?\)"),
    (job(trigers=[]), r"trigers: unknown key .*mean triggers\?"),
    (job(timezone="UTC"), r"timezone: unknown key .*mean timeZone\?"),
    (job(expectby="06:00"), r"expectby: unknown key .*mean expectBy\?"),
    (job({"shedule": "rate(1 day)"}), r"triggers\[0\]\.shedule: unknown key .*mean schedule\?"),
    (job({"s3": {"prefx": "in/"}}), r"triggers\[0\]\.s3\.prefx: unknown key .*mean prefix\?"),
    (job({"sns": {"topic": "x"}}), r"triggers\[0\]\.sns\.topic: unknown key .*mean topicArn\?"),
    (
        job({"sns": {"objects": {"bucket": "bbb", "sufix": "x"}}}),
        r"triggers\[0\]\.sns\.objects\.sufix: .*mean suffix\?",
    ),
    (job(acceptRequests={"projects": ["P"], "datamart": []}), r"acceptRequests\.datamart: .*mean datamarts\?"),
    # time zones
    (job(timeZone="Europe/Pari"), r'timeZone: unknown time zone "Europe/Pari" \(did you mean Europe/Paris\?\)'),
    (job(timeZone="CEST"), r'timeZone: unknown time zone "CEST"'),
    (job(timeZone="../UTC"), r"timeZone: unknown time zone"),
    (job(timeZone="Europe"), r"timeZone: unknown time zone"),
    (job(timeZone=""), r"timeZone: is empty"),
    (job(CRON | {"timeZone": "Mars/Base"}), r'triggers\[0\]\.timeZone: unknown time zone "Mars/Base"'),
    (job(CRON | {"timeZone": ""}), r"triggers\[0\]\.timeZone: unknown time zone"),
    # triggers
    (job({}), r"triggers\[0\]: must have exactly one of s3, schedule, sns, not none"),
    (job(CRON | UPLOAD), r"triggers\[0\]: must have exactly one of s3, schedule, sns, not s3, schedule"),
    (
        job(CRON, UPLOAD | {"flexibleMinutes": 5}),
        r"triggers\[1\]\.flexibleMinutes: is only allowed",
    ),
    (job(MESSAGE | {"timeZone": "UTC"}), r"triggers\[0\]\.timeZone: is only allowed in a trigger with schedule"),
    (job(CRON | {"flexibleMinutes": 0}), r"triggers\[0\]\.flexibleMinutes: must be at least 1"),
    (job(CRON | {"flexibleMinutes": 1441}), r"triggers\[0\]\.flexibleMinutes: must be at most 1440"),
    (job(CRON, CRON), r"triggers\[1\]: is a duplicate"),
    (job(*[{"s3": {"prefix": f"{n}/"}} for n in range(21)]), r"triggers: has too many entries: 21, and 20"),
    (
        job({"s3": {"bucket": "Sales_Landing"}}),
        r'triggers\[0\]\.s3\.bucket: "Sales_Landing" is not the name of a bucket',
    ),
    (job({"s3": {"prefix": ""}}), r"triggers\[0\]\.s3\.prefix: is empty"),
    (job({"s3": {"prefix": "/in/"}}), r'triggers\[0\]\.s3\.prefix: keys do not begin with a slash\. Write "in/"\.'),
    (job({"s3": {"prefix": "in/*"}}), r"triggers\[0\]\.s3\.prefix: patterns are not supported\. Leave the \* out"),
    (job({"s3": {"suffix": "*.csv"}}), r"triggers\[0\]\.s3\.suffix: patterns are not supported\. Leave the \* out"),
    (job({"sns": {"objects": {}}}), r"triggers\[0\]\.sns\.objects\.bucket: is missing"),
    (job({"sns": {"objects": {"bucket": "bbb", "prefix": "/x"}}}), r"triggers\[0\]\.sns\.objects\.prefix: keys do not"),
    (job({"sns": {"topicArn": "sales"}}), r'triggers\[0\]\.sns\.topicArn: "sales" is not the ARN of an SNS topic'),
    (job({"sns": {"filter": {"a": []}}}), r"triggers\[0\]\.sns\.filter\.a: is empty"),
    (job({"sns": {"filter": {"a": "b"}}}), r"triggers\[0\]\.sns\.filter\.a: must be a list"),
    (
        job({"sns": OBJECTS["sns"] | {"filter": {"a": ["b"]}}}),
        r"triggers\[0\]\.sns\.filter: S3's notifications have no attributes",
    ),
    (
        job(*[{"sns": {"topicArn": "arn:aws:sns:eu-west-1:123456789012:t", "filter": {"a": [x]}}} for x in "bc"]),
        r"triggers: the job subscribes to a topic twice",
    ),
    (job(MESSAGE, OBJECTS), r"triggers: S3 notifications \(objects\) and other messages cannot start"),
    # the request
    (job(request=[]), r"request: must be an object"),
    (job(request={"project": "P"}), r"request\.datamart: is missing"),
    (job(request=REQUEST | {"datmart": "x"}), r"request\.datmart: unknown key .*mean datamart\?"),
    (job(request=REQUEST | {"timeoutMinutes": 9999}), r"request\.timeoutMinutes: must be at most 1440"),
    (
        job(request=REQUEST | {"connection": "secnd"}),
        r'request\.connection: unknown connection "secnd" .*mean second\?.*dev\.toml',
    ),
    # placeholders
    (
        job(request=answering("x", {"a": ["{yestrday}"]})),
        r"request\.prompts\[1\]\.answers: \{yestrday\} is not a placeholder; valid ones: scheduledTime, today",
    ),
    (job(request=answering("{today:YYYY}")), r"request\.prompts\[0\]\.answers: \{today:YYYY\}: a format consists of"),
    (job(request=answering("{")), r"request\.prompts\[0\]\.answers: there is a lone \{"),
    (
        job(CRON, request=answering("{key}")),
        r"request\.prompts\[0\]\.answers: \{key\} has no value when the trigger schedule starts the job",
    ),
    (job(UPLOAD, CRON, request=answering("{stem}")), r".*\{stem\} has no value when the trigger schedule"),
    (job(UPLOAD, request=answering("{message.x}")), r".*\{message\.x\} has no value when the trigger s3"),
    (job(OBJECTS, request=answering("{subject}")), r".*\{subject\} has no value when the trigger sns"),
    (job(MESSAGE, request=answering("{bucket}")), r".*\{bucket\} has no value when the trigger sns"),
    (job(request=answering("{tody-7}")), r".*\{tody-7\} is not a placeholder; .* \(did you mean \{today-7\}\?\)"),
    (job(request=answering("{stem-1}")), r".*\{stem\} is not a day and takes no offset"),
    # placeholders where nothing is filled in
    (
        job(request=REQUEST | {"datamart": "City {today}"}),
        r"request\.datamart: \{today\} is not filled in here; placeholders are filled in only in the prompt answers of",
    ),
    (
        job(request=REQUEST | {"saveAs": {"name": "{today:%Y}", "folder": "/A"}}),
        r"request\.saveAs: \{today:%Y\} is",
    ),
    (
        job(UPLOAD, request=REQUEST | {"prompts": [{"name": "To {today}", "answers": "x"}]}),
        r"request\.prompts\[0\]\.name: \{today\} is not filled in here",
    ),
    (job({"s3": {"prefix": "in/{yesterday}/"}}), r"triggers\[0\]: \{yesterday\} is not filled in here"),
    (job({"sns": {"filter": {"day": ["{today}"]}}}), r"triggers\[0\]: \{today\} is not filled"),
    # requests from outside
    (job(acceptRequests=OUTSIDE), r"acceptRequests: needs a trigger that can bring a request: s3 or sns"),
    (job(CRON, acceptRequests=OUTSIDE), r"acceptRequests: needs a trigger that can bring a request"),
    (job(UPLOAD, acceptRequests={"projects": ["P"]}), r"acceptRequests\.datamarts: is missing"),
    (job(UPLOAD, acceptRequests=OUTSIDE | {"projects": []}), r"acceptRequests\.projects: is empty"),
    (job(UPLOAD, acceptRequests=OUTSIDE | {"projects": ["P "]}), r'acceptRequests\.projects\[0\]: "P " begins or ends'),
    (job(UPLOAD, acceptRequests=OUTSIDE | {"projects": [""]}), r"acceptRequests\.projects\[0\]: is empty"),
    (
        job(UPLOAD, acceptRequests=OUTSIDE | {"datamarts": ["City", "85000B907B4EAD3B0D9522A9CFD10DB"]}),
        r"acceptRequests\.datamarts\[1\]: .* looks like an ID, .*31 characters",
    ),
    (
        job(UPLOAD, acceptRequests=OUTSIDE | {"datamarts": [{"name": "City"}]}),
        r"acceptRequests\.datamarts\[0\]: must be an ID, a name, or",
    ),
    (job(UPLOAD, acceptRequests=OUTSIDE | {"datamarts": "*"}), r"acceptRequests\.datamarts: must be a list"),
    # the expected load
    (job(CRON, expectBy="6:00"), r'expectBy: "6:00" is not a time of the day such as 06:00'),
    (job(CRON, expectBy="24:00"), r'expectBy: "24:00" is not a time of the day'),
    (job(CRON, expectOn=["MON"]), r"expectOn: needs expectBy"),
    # bursts
    (job(CRON, MESSAGE, burst="latest"), r'burst: "latest" is about uploads, and the job has no trigger of them'),
    (job(UPLOAD, burst="latest", acceptRequests=OUTSIDE), r'burst: "latest" is not allowed beside acceptRequests'),
    (job(UPLOAD, burst="newest"), r"burst: must be"),
    (job(CRON, expectBy="06:00", expectOn=["Monday"]), r"expectOn\[0\]: must be one of MON, .*, not \"Monday\""),
    (job(CRON, expectBy="06:00", expectOn=[]), r"expectOn: is empty"),
]


@pytest.mark.parametrize(("content", "reason"), WRONG, ids=[reason[:50] for _, reason in WRONG])
def test_a_wrong_file_is_answered_with_the_file_the_key_and_the_reason(
    tmp_path: Path, content: Any, reason: str
) -> None:
    with pytest.raises(BadConfiguration, match=rf"^infra/jobs/nightly\.json: {reason}"):
        read(tmp_path, content)


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("0 5 * * ? *", "is not a schedule expression: cron"),
        ("daily", "is not a schedule expression"),
        ("cron()", "is not a schedule expression"),
        ("cron(0 5 * * *)", r"cron\(…\) needs 6 fields \(minutes, hours, .*\), such as cron\(0 5 \* \* \? \*\)"),
        ("cron(0 0 5 * * ? *)", r"cron\(…\) needs 6 fields"),
        ("cron(60 5 * * ? *)", r'invalid minutes "60" in cron'),
        ("cron(0 24 * * ? *)", r'invalid hours "24" in cron'),
        ("cron(0 5 32 * ? *)", r'invalid day of the month "32" in cron'),
        ("cron(0 5 0 * ? *)", r'invalid day of the month "0"'),
        ("cron(0 5 * 13 ? *)", r'invalid month "13" in cron'),
        ("cron(0 5 * JANUARY ? *)", r'invalid month "JANUARY"'),
        ("cron(0 5 ? * 0 *)", r'invalid day of the week "0" in cron'),
        ("cron(0 5 ? * 8 *)", r'invalid day of the week "8"'),
        ("cron(0 5 ? * MON-FRY *)", r'invalid day of the week "MON-FRY"'),
        ("cron(0 5 * * ? 26)", r'invalid year "26" in cron'),
        ("cron(? 5 * * ? *)", r'invalid minutes "\?"'),
        ("cron(*/0 5 * * ? *)", r'invalid minutes "\*/0"'),
        ("cron(0 5 * * * *)", r"one of day of the month and day of the week must be \?, and only one"),
        ("cron(0 5 ? * ? *)", r"one of day of the month and day of the week must be \?, and only one"),
        ("cron(0 5 1 * MON *)", r"one of day of the month and day of the week must be \?, and only one"),
        ("rate(day)", r"rate\(…\) needs a number and a unit"),
        ("rate(0 days)", r"rate\(…\) needs a number and a unit"),
        ("rate(1 week)", r"rate\(…\) needs a number and a unit"),
        ("at(2026-11-24)", r"at\(…\) needs a date and a time"),
        ("at(2026-11-31T05:00:00)", "does not exist: day is out of range for month"),
        ("at(2199-11-24T05:00:00Z)", r"at\(…\) needs a date and a time"),
    ],
)
def test_a_wrong_schedule_is_answered_with_what_is_wrong_in_it(tmp_path: Path, expression: str, reason: str) -> None:
    with pytest.raises(BadConfiguration, match=rf"^infra/jobs/nightly\.json: triggers\[0\]\.schedule: .*{reason}"):
        read(tmp_path, job({"schedule": expression}))


@pytest.mark.parametrize("name", ["1st", "a b", "ä", "x" * 41, "-a", "a.b"])
def test_a_file_with_a_name_that_no_job_may_have_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadConfiguration, match=r"\.json: invalid job name: use a letter, then"):
        read(tmp_path, job(), name)


@pytest.mark.parametrize("other", ["city_nightly", "City-Nightly", "cityNightly"])
def test_two_files_whose_resources_would_have_the_same_names_are_refused(tmp_path: Path, other: str) -> None:
    write(tmp_path, "city-nightly", job())
    write(tmp_path, other, job())
    with pytest.raises(BadConfiguration, match=r"must differ from .* in more than case"):
        jobs_of(DEV, tmp_path)


def test_a_job_that_the_settings_name_and_that_has_no_file_is_reported_with_the_nearest(tmp_path: Path) -> None:
    write(tmp_path, "city-nightly", job())
    with pytest.raises(
        BadConfiguration,
        match=r'^infra/settings/dev\.toml: jobs: unknown job "city-nightli" .*mean city-nightly\?',
    ):
        jobs_of(Settings("dev", jobs=("city-nightli",)), tmp_path)
