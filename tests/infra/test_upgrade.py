"""A stack that was deployed from commit 300f2ce can be updated: CloudFormation creates before it deletes.

A resource with a name of its own must keep its logical id, or another resource must not have that name; a resource that
holds data, or that clears something when it is deleted, must keep its logical id in any case.
"""

import json

import pytest

from tests.infra.template import Template
from tests.integration.upgrade.recording import FOLDER as OLD_RELEASE

NAMED = {
    "RunDatamartLogsB005013A": ("AWS::Logs::LogGroup", "/aws/vendedlogs/states/datamart-runner-dev"),
    "RunDatamartD3E8B5BE": ("AWS::StepFunctions::StateMachine", "datamart-runner-dev"),
    "DefaultConnectionSecret": ("AWS::SecretsManager::Secret", "datamart-runner-dev/default"),
    "Schedules": ("AWS::Scheduler::ScheduleGroup", "datamart-runner-dev"),
    "CityNightly1Schedule": ("AWS::Scheduler::Schedule", "city-nightly-1"),
    "CityNightlyExpectedSchedule": ("AWS::Scheduler::Schedule", "city-nightly-expected"),
    "SweepSchedule": ("AWS::Scheduler::Schedule", "sweep"),
    "CountryUpload2TopicCC5B5B80": ("AWS::SNS::Topic", "datamart-runner-dev-country-upload-2"),
    "RegionMessage1Topic6094A745": ("AWS::SNS::Topic", "datamart-runner-dev-region-message-1"),
    "CityNightlyAliasD1A95634": ("AWS::Lambda::Alias", "city-nightly"),
    "CountryUploadAliasB398C222": ("AWS::Lambda::Alias", "country-upload"),
    "RegionMessageAlias7096DCDD": ("AWS::Lambda::Alias", "region-message"),
    "RequestsAlias634FA592": ("AWS::Lambda::Alias", "requests"),
}
"""Type and name of each resource of the stage dev at commit 300f2ce that has a name of its own."""

GONE = {
    "CityNightlyExpectedSchedule",
    "CityNightlyAliasD1A95634",
    "CountryUploadAliasB398C222",
    "RegionMessageAlias7096DCDD",
    "RequestsAlias634FA592",
}
"""Those of them that this version has no more."""

NAMES = ("Name", "TopicName", "StateMachineName", "LogGroupName", "RoleName", "QueueName", "BucketName", "TableName")

KEPT = (
    "CountryUpload2TopicPolicyEF1B15DD",  # to delete it would clear the topic's policy
    "RegionMessage1TopicPolicyF8C2C100",
    "StartDeadLettersPolicy7C26341B",
    "EndRunDeadLettersPolicy45199253",
    "EndRunQueuePolicyE0FF5572",
    "NoticeTopicPolicy545E9804",
    "QuestionTopicPolicyA1505BCF",
    "NoticeTopic73EA1121",  # people are subscribed to these
    "QuestionTopicF8DB045A",
    "StartDeadLetters0D7F2C22",  # and these hold something
    "EndRunDeadLetters3D6432F3",
    "EndRunQueue5343EFB2",
    "InboxA8E05DC3",
    "StartRunFunction03DCE253",
)


@pytest.mark.parametrize("logical_id", sorted(set(NAMED) - GONE))
def test_a_resource_with_a_name_of_its_own_keeps_its_logical_id(template: Template, logical_id: str) -> None:
    kind, name = NAMED[logical_id]
    made = template.resources(kind)[logical_id]
    assert name in [made.get(key) for key in NAMES]


def test_no_other_resource_has_the_name_of_one_that_an_update_deletes_later(template: Template) -> None:
    for logical_id, (kind, name) in NAMED.items():
        same = [each for each, made in template.resources(kind).items() if name in [made.get(key) for key in NAMES]]
        assert same == ([] if logical_id in GONE else [logical_id])


def test_no_shared_alias_can_have_had_the_name_of_a_job(template: Template) -> None:
    names = {alias["Name"] for alias in template.resources("AWS::Lambda::Alias").values()}
    assert len(names) == 3
    assert all(name.startswith("_") for name in names)


@pytest.mark.parametrize("logical_id", KEPT)
def test_what_holds_something_or_clears_it_when_it_is_deleted_stays(template: Template, logical_id: str) -> None:
    assert logical_id in template.content["Resources"]


def test_a_running_execution_finds_each_function_that_its_definition_calls(template: Template) -> None:
    """The earlier definition calls functions by ARNs, which CloudFormation derives from the logical IDs."""
    functions = template.resources("AWS::Lambda::Function")
    called = json.loads((OLD_RELEASE / "substitutions.json").read_text("utf-8"))
    handlers = {token: functions[value["Fn::GetAtt"][0]]["Handler"].split(".")[-2] for token, value in called.items()}
    assert {token: handler.replace("_", "") for token, handler in handlers.items()} == {
        token: token.removesuffix("FunctionArn").lower() for token in called
    }
    # Without a name of its own a function is called after its logical ID.
    assert all("FunctionName" not in functions[value["Fn::GetAtt"][0]] for value in called.values())


def test_the_run_table_stays(template: Template) -> None:
    assert "RunTable09D1EA90" in template.resources("AWS::DynamoDB::Table")


def test_the_two_samples_of_own_topics_keep_a_policy_each(template: Template) -> None:
    policies = template.resources("AWS::SNS::TopicPolicy")
    for name in ("CountryUpload2TopicPolicyEF1B15DD", "RegionMessage1TopicPolicyF8C2C100"):
        assert len(policies[name]["Topics"]) == 1
        assert template.content["Resources"][name]["DeletionPolicy"] == "Retain"
    assert "OwnTopicsPolicy" not in json.dumps(policies)
