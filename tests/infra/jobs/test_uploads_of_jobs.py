"""What a job's file says of uploads and of loads that are expected, and what would never do what it seems to say."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.jobs.triggers import kind_of
from infra.settings.settings import BadConfiguration
from tests.infra.jobs.test_jobs import OBJECTS, OUTSIDE, REQUEST, UPLOAD, job, read
from tests.infra.template import Template

SEVERAL = OUTSIDE | {"datamarts": ["City", "Sales"]}


def test_an_expected_load_among_several_datamarts_must_say_which(tmp_path: Path) -> None:
    request = {"timeoutMinutes": 60}
    with pytest.raises(
        BadConfiguration, match=r'expectBy: acceptRequests lists several datamarts.* Name that one as "d'
    ):
        read(tmp_path, job(UPLOAD, request=request, acceptRequests=SEVERAL, expectBy="06:00"))
    read(tmp_path, job(UPLOAD, request=request | {"datamart": "City"}, acceptRequests=SEVERAL, expectBy="06:00"))
    read(tmp_path, job(UPLOAD, request=request, acceptRequests=OUTSIDE, expectBy="06:00"))
    read(tmp_path, job(UPLOAD, request=request, acceptRequests=SEVERAL))


@pytest.mark.parametrize("declared", [{"s3": {"prefix": "in/"}}, {"sns": {"objects": {"bucket": "landing"}}}], ids=str)
def test_the_least_size_of_an_upload_reaches_the_starter(tmp_path: Path, declared: dict[str, Any]) -> None:
    kind = next(iter(declared))
    inner = declared[kind].get("objects", declared[kind])
    inner["minBytes"] = 1
    shipped = read(tmp_path, job(declared)).shipped
    where = shipped["triggers"][0]["s3"] if kind == "s3" else shipped["objects"][0]
    assert where["minBytes"] == 1
    assert "of at least 1 bytes" in kind_of(declared).words(declared)


@pytest.mark.parametrize("declared", [UPLOAD, OBJECTS], ids=["s3", "sns"])
def test_that_only_the_newest_upload_of_a_burst_is_wanted_reaches_the_run(
    tmp_path: Path, declared: dict[str, Any]
) -> None:
    assert read(tmp_path, job(declared, burst="latest")).shipped["burst"] == "latest"
    assert read(tmp_path, job(declared)).shipped["burst"] == "all"


@pytest.mark.parametrize("size", [0, -1, "1", 1.5, True, 50 * 2**40 + 1])
def test_a_least_size_is_a_number_of_bytes_that_an_object_may_have(tmp_path: Path, size: Any) -> None:
    with pytest.raises(BadConfiguration, match=r"triggers\[0\]\.s3\.minBytes: must be"):
        read(tmp_path, job({"s3": {"minBytes": size}}))


@pytest.mark.parametrize("suffix", ["/", "in/", "_$folder$"])
def test_a_suffix_that_only_folders_have_is_refused(tmp_path: Path, suffix: str) -> None:
    for trigger in ({"s3": {"suffix": suffix}}, {"sns": {"objects": {"bucket": "landing", "suffix": suffix}}}):
        with pytest.raises(BadConfiguration, match=r"suffix: keys that end with .* are folders"):
            read(tmp_path, job(trigger, request=REQUEST))


# -- what the starter and a topic are allowed -----------------------------------------------------------------------


def test_the_starter_may_ask_for_the_objects_that_messages_report(template: Template) -> None:
    granted = [
        (action, json.dumps(statement["Resource"]))
        for statement in template.statements(template.roles_of_functions()["start_run"])
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    ]
    for action, end in (
        ("s3:GetObject", "sales-landing-archive/countries/*"),
        ("s3:GetObjectVersion", "sales-landing-archive/countries/*"),
        ("s3:ListBucket", "sales-landing-archive"),
    ):
        assert any(action == named and f'{end}"' in resource for named, resource in granted), action
    assert not any("sales-landing/" in resource for _, resource in granted), "of an upload by a rule nothing is asked"


def test_nobody_but_s3_for_the_one_bucket_may_publish_uploads_on_a_topic_of_the_stacks_own(template: Template) -> None:
    (policy,) = [
        policy["PolicyDocument"]["Statement"]
        for policy in template.resources("AWS::SNS::TopicPolicy").values()
        if "sales-landing-archive" in json.dumps(policy)
    ]
    allowed = [s for s in policy if s["Effect"] == "Allow"]
    denied = [s for s in policy if s["Effect"] == "Deny" and "ArnNotEquals" in s["Condition"]]
    assert [s["Principal"] for s in allowed] == [{"Service": "s3.amazonaws.com"}]
    assert [(s["Principal"], s["Action"]) for s in denied] == [("*", "sns:Publish")]
    assert set(denied[0]["Condition"]) == {"ArnNotEquals"}
    assert denied[0]["Condition"]["ArnNotEquals"] == allowed[0]["Condition"]["ArnEquals"]
    assert json.dumps(allowed[0]["Condition"]["ArnEquals"]).endswith(':s3:::sales-landing-archive"]]}}')
