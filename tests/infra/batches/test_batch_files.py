"""The batch files: what a BI engineer may write, and the sentence that answers what would not run."""

import json
from pathlib import Path
from typing import Any

import pytest

from functions.requests.batches.batch import batch_of
from functions.requests.named_batches import batch_named, deployed_batches
from infra.batches import batch_files
from infra.batches.batch_files import SAMPLES, batches_of, sample_paths
from infra.batches.named_batch import NamedBatch
from infra.build.code import staged_code
from infra.documents.batch_schema import batch_file_schema
from infra.jobs.job_files import jobs_of
from infra.jobs.job_files import sample_paths as job_samples
from infra.jobs.named_job import NamedJob
from infra.settings.settings import BadConfiguration, Settings

DEV = Settings(stage="dev", connections=("default", "second"))
CITY = NamedJob(
    "city-nightly",
    {"request": {"project": "P", "datamart": "City"}, "triggers": [], "timeZone": "UTC", "burst": "all"},
    "infra/jobs/city-nightly.json",
)
ITEM = {"project": "P", "datamart": "Sales"}


def write(folder: Path, name: str, content: Any) -> None:
    (folder / f"{name}.json").write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")


def read(folder: Path, content: Any, name: str = "night", settings: Settings = DEV) -> NamedBatch:
    write(folder, name, content)
    return next(batch for batch in batches_of(settings, [CITY], folder) if batch.name == name)


def refusal(folder: Path, content: Any, name: str = "night", settings: Settings = DEV) -> str:
    with pytest.raises(BadConfiguration) as caught:
        read(folder, content, name, settings)
    return str(caught.value)


def test_the_samples_are_valid() -> None:
    settings = Settings(
        stage="dev",
        jobs=tuple(path.stem for path in job_samples()),
        batches=tuple(path.stem for path in sample_paths()),
    )
    assert "night" in settings.batches  # type: ignore[operator]
    jobs = jobs_of(settings)
    assert [batch.name for batch in batches_of(settings, jobs)] == list(settings.batches or ())


def test_the_schema_is_as_make_docs_writes_it() -> None:
    assert (batch_files.FOLDER / batch_files.SCHEMA_FILE).read_text("utf-8") == batch_file_schema()


def test_a_batch_has_the_defaults_of_its_schema(tmp_path: Path) -> None:
    batch = read(tmp_path, {"description": "x", "items": [ITEM, {"job": "city-nightly", "after": ["Sales"]}]})
    assert (batch.file, batch.time_zone, batch.triggers) == ("infra/batches/night.json", "UTC", [])
    assert batch.words == "2 items"
    assert "description" not in batch.batch
    assert batch.batch["toleratedFailures"] == 0
    assert batch.loads is None


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("{", "infra/batches/night.json: is not JSON"),
        ('{"items": [], "items": []}', 'infra/batches/night.json: is not JSON ("items" is twice in one object)'),
        ({}, "infra/batches/night.json: items: is missing"),
        ({"items": [ITEM], "tolerated": 1}, "tolerated: unknown key (did you mean toleratedFailures?)"),
        ({"items": [ITEM], "timeZone": "Paris"}, 'timeZone: unknown time zone "Paris"'),
        ({"items": [ITEM | {"datmart": 1}]}, 'night.json: line 1, item 1 ("Sales"): datmart: unknown key'),
        (
            json.dumps({"items": [ITEM, {"name": "b", "datmart": 1}]}, indent=1),
            'infra/batches/night.json: line 7, item 2 ("b"): datmart: unknown key',
        ),
        ({"items": [{"job": "city-nightl"}]}, 'there is no job "city-nightl" (did you mean city-nightly?)'),
        ({"items": [ITEM | {"connection": "third"}]}, 'item 1 ("Sales"): connection: unknown connection "third"'),
        (
            {"items": [ITEM], "defaults": {"connection": "secnd"}},
            'unknown connection "secnd" (did you mean second?). Connections of infra/settings/dev.toml: default, sec',
        ),
        (
            {"items": [ITEM | {"after": ["b"]}, {"name": "b", "job": "city-nightly", "after": ["Sales"]}]},
            "Sales -> b -> S",
        ),
    ],
)
def test_a_wrong_file_is_refused_with_its_name_the_item_and_the_key(
    tmp_path: Path, content: Any, expected: str
) -> None:
    found = refusal(tmp_path, content)
    assert found.startswith("infra/batches/night.json: ")
    assert expected in found


def test_a_wrong_key_of_the_file_hides_neither_its_items_nor_other_keys_of_the_batch(tmp_path: Path) -> None:
    content = {"trigers": [], "maxConcurrency": 0, "onFailure": "x", "items": [ITEM, {"name": "b", "datmart": 1}]}
    found = refusal(tmp_path, json.dumps(content, indent=1))
    assert found.startswith("infra/batches/night.json: has 4 problems. ")
    for one in ("trigers: unknown", "maxConcurrency: must", "onFailure: must", 'line 10, item 2 ("b"): datmart'):
        assert found.count(one) == 1, found


def test_a_wrong_key_beside_what_triggers_bring_is_one_problem(tmp_path: Path) -> None:
    content = {"acceptRequests": ACCEPT, "triggers": [UPLOAD], "maxConcurrency": 0}
    assert refusal(tmp_path, content) == "infra/batches/night.json: maxConcurrency: must be at least 1, not 0."


@pytest.mark.parametrize("name", ["1night", "n ight", "n" * 41])
def test_a_file_whose_name_cannot_be_the_name_of_a_batch_is_refused(tmp_path: Path, name: str) -> None:
    assert "invalid batch name" in refusal(tmp_path, {"items": [ITEM]}, name)


@pytest.mark.parametrize("name", ["city-nightly", "City_Nightly", "citynightly"])
def test_a_batch_may_not_be_called_like_a_job(tmp_path: Path, name: str) -> None:
    found = refusal(tmp_path, {"items": [ITEM]}, name)
    assert found.startswith(f"infra/batches/{name}.json: must differ from infra/jobs/city-nightly.json")


def test_two_batches_differ_in_more_than_case(tmp_path: Path) -> None:
    write(tmp_path, "night", {"items": [ITEM]})
    assert "must differ from " in refusal(tmp_path, {"items": [ITEM]}, "Night")


def test_a_stage_runs_the_batches_that_its_settings_name(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write(tmp_path, name, {"items": [ITEM]})
    assert [batch.name for batch in batches_of(DEV, [], tmp_path)] == ["one", "two"]
    only = Settings(stage="dev", batches=("two",))
    assert [batch.name for batch in batches_of(only, [], tmp_path)] == ["two"]
    wrong = Settings(stage="dev", batches=("twoo",))
    with pytest.raises(BadConfiguration, match=r'unknown batch "twoo" \(did you mean two\?\)'):
        batches_of(wrong, [], tmp_path)


def test_samples_are_added_unless_a_file_or_a_job_has_their_name_or_they_name_a_job_that_is_not_there(
    tmp_path: Path,
) -> None:
    (tmp_path / SAMPLES).mkdir()
    for name in ("night", "city_nightly", "other"):
        write(tmp_path / SAMPLES, name, {"items": [ITEM]})
    write(tmp_path / SAMPLES, "of-another-job", {"items": [{"job": "that is not there"}]})
    write(tmp_path, "night", {"items": [ITEM, {"job": "city-nightly"}]})
    assert [batch.name for batch in batches_of(DEV, [CITY], tmp_path)] == ["night"]
    found = batches_of(DEV, [CITY], tmp_path, with_samples=True)
    assert [(batch.name, batch.file) for batch in found] == [
        ("night", "infra/batches/night.json"),
        ("other", "infra/batches/samples/other.json"),
    ]


def test_a_batch_that_is_deployed_beside_the_code_is_found_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from functions.errors import InvalidRequest

    batch = read(tmp_path, {"items": [ITEM], "timeZone": "Europe/Paris", "maxConcurrency": 2})
    code = staged_code(tmp_path / "code", [CITY], [batch], None)
    monkeypatch.setenv("BATCHES_FILE", f"{code}/batches.json")
    assert list(deployed_batches()) == ["night"]
    deployed = batch_of(batch_named("night")["batch"], "night", jobs={})
    assert (deployed.items[0].name, deployed.time_zone, deployed.max_concurrency) == ("Sales", "Europe/Paris", 2)
    with pytest.raises(InvalidRequest, match=r'there is no batch "nigt" \(did you mean night\?\); deployed batches: n'):
        batch_named("nigt")


# -- triggers -----------------------------------------------------------------------------------------------------

CRON = {"schedule": "cron(0 2 * * ? *)"}
UPLOAD = {"s3": {"prefix": "batches/"}}
ACCEPT = {"projects": ["P"], "datamarts": ["Sales"]}


def answering(answer: str) -> dict[str, Any]:
    return ITEM | {"prompts": [{"name": "p", "answers": answer}]}


def test_a_batch_has_the_triggers_of_jobs(tmp_path: Path) -> None:
    topic = {"sns": {"filter": {"kind": ["night"]}}}
    batch = read(tmp_path, {"items": [ITEM], "triggers": [CRON, UPLOAD, topic], "expectBy": "06:00"})
    assert batch.shipped["triggers"] == [{"schedule": "night-1"}, UPLOAD, {"sns": {"topic": "night-3"}}]
    assert (batch.shipped["file"], batch.shipped["lines"]) == ("infra/batches/night.json", (1,))
    assert (batch.shipped["expectBy"], batch.shipped["acceptRequests"]) == ("06:00", None)
    assert "triggers" not in batch.shipped["batch"]


def test_a_batch_may_leave_its_items_to_its_triggers(tmp_path: Path) -> None:
    content = {"acceptRequests": ACCEPT, "triggers": [UPLOAD], "defaults": {"connection": "second"}}
    batch = read(tmp_path, content)
    assert batch.words == "the items that its triggers bring"
    assert batch.shipped["acceptRequests"] == ACCEPT
    assert "items" not in batch.shipped["batch"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"items": [ITEM], "triggers": [CRON | UPLOAD]}, "triggers[0]: must have exactly one of s3, schedule, sns"),
        ({"items": [ITEM], "triggers": [CRON, CRON]}, "triggers[1]: is a duplicate, and would start the batch twice."),
        ({"items": [ITEM], "triggers": [{"schedule": "cron(0 2 * * * *)"}]}, "triggers[0].schedule: "),
        ({"items": [ITEM], "expectOn": ["MON"]}, "expectOn: needs expectBy"),
        ({"items": [ITEM], "expectBy": "6:00"}, '"6:00" is not a time of the day such as 06:00.'),
        ({"triggers": [CRON]}, "items: is missing; give the items, or acceptRequests"),
        ({"items": [ITEM], "acceptRequests": ACCEPT, "triggers": [UPLOAD]}, "items: is not allowed beside acceptReq"),
        ({"acceptRequests": ACCEPT}, "acceptRequests: needs a trigger that can bring items: s3 or sns."),
        ({"acceptRequests": ACCEPT, "triggers": [UPLOAD, CRON]}, "triggers[1]: schedule brings no items"),
        (
            {"acceptRequests": {"projects": ["P"], "datamarts": [" a"]}, "triggers": [UPLOAD]},
            'acceptRequests.datamarts[0]: " a" begins or ends with white space',
        ),
        (
            {"acceptRequests": ACCEPT, "triggers": [UPLOAD], "defaults": {"connection": "third"}},
            'unknown connection "third"',
        ),
        (
            {"items": [answering("{stem}")], "triggers": [UPLOAD, CRON]},
            'item 1 ("Sales").prompts[0].answers: {stem} has no value when the trigger schedule starts the batch.',
        ),
        (
            {"items": [ITEM], "defaults": {"prompts": answering("{stem}")["prompts"]}, "triggers": [CRON]},
            "defaults.prompts[0].answers: {stem} has no value",
        ),
    ],
)
def test_wrong_triggers_are_refused_with_the_key(tmp_path: Path, content: Any, expected: str) -> None:
    assert expected in refusal(tmp_path, content)


def test_placeholders_of_a_job_need_a_trigger_that_fills_them_in_too(tmp_path: Path) -> None:
    request = {"project": "P", "datamart": "City", "prompts": [{"name": "p", "answers": "{stem}"}]}
    job = NamedJob("of-upload", CITY.content | {"request": request}, "infra/jobs/of-upload.json")
    write(tmp_path, "night", {"items": [{"job": "of-upload"}], "triggers": [CRON]})
    with pytest.raises(
        BadConfiguration, match=r'item 1 \("of-upload"\).prompts\[0\].answers: {stem} has no value when'
    ):
        batches_of(DEV, [job], tmp_path)
    write(tmp_path, "night", {"items": [{"job": "of-upload"}], "triggers": [UPLOAD]})
    assert batches_of(DEV, [job], tmp_path)


def test_resources_of_a_job_and_a_batch_have_names_of_their_own(tmp_path: Path) -> None:
    eleven = [{"schedule": f"cron({minute} 5 * * ? *)"} for minute in range(11)]
    job = NamedJob("load", CITY.content | {"triggers": eleven}, "infra/jobs/load.json")
    write(tmp_path, "load1", {"items": [ITEM], "triggers": [CRON]})
    with pytest.raises(BadConfiguration, match="would have the same names as those of "):
        batches_of(DEV, [job], tmp_path)
