"""Topics and buckets of other accounts and regions (tests/infra/job_files): made right where AWS can."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.emulator.permissions import service_may_invoke
from local.emulator.template import Template as Deployed
from tests.infra.template import Template, listed, mentions

SALES = "arn:aws:sns:us-east-1:210987654321:sales"


@pytest.fixture(scope="module")
def stage(assembly: Path) -> Template:
    """A stage with every setting and these jobs."""
    return Template(assembly / "all-options" / "DatamartRunner-all-options.template.json")


def subscription(stage: Template, job: str) -> dict[str, Any]:
    return stage.one("AWS::SNS::Subscription", f"{job}1Subscription")


def test_two_jobs_may_subscribe_to_one_foreign_topic_with_filters_of_their_own(stage: Template) -> None:
    one, other = subscription(stage, "ForeignTopic"), subscription(stage, "SameForeignTopic")
    assert one["TopicArn"] == other["TopicArn"] == SALES
    assert (one["FilterPolicy"], other["FilterPolicy"]) == ({"country": ["France"]}, {"country": ["Spain"]})
    assert one["Endpoint"] != other["Endpoint"]


def test_no_topic_has_an_endpoint_twice(stage: Template, template: Template) -> None:
    for each in (stage, template):
        pairs = [json.dumps([s["TopicArn"], s["Endpoint"]]) for s in each.resources("AWS::SNS::Subscription").values()]
        assert len(set(pairs)) == len(pairs)


def test_a_foreign_topic_invokes_by_an_alias_with_the_name_of_its_job(stage: Template) -> None:
    aliases = {alias["Name"] for alias in stage.resources("AWS::Lambda::Alias").values()}
    assert {"foreign-topic", "same-foreign-topic", "opt-in-region"} <= aliases
    assert not any(name.startswith("load") for name in aliases)  # that job has a topic of its own


def test_a_topic_of_another_region_is_subscribed_to_there_and_has_dead_letters_only_at_home(stage: Template) -> None:
    made = subscription(stage, "ForeignTopic")
    assert made["Region"] == "us-east-1"
    condition, at_home, elsewhere = made["RedrivePolicy"]["Fn::If"]
    assert mentions(at_home, "StartDeadLetters")
    assert elsewhere == {"Ref": "AWS::NoValue"}
    assert stage.content["Conditions"][condition] == {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]}


def permission(stage: Template, topic: str) -> list[dict[str, Any]]:
    return [p for p in stage.resources("AWS::Lambda::Permission").values() if p["SourceArn"] == topic]


def test_a_foreign_topic_may_invoke_just_the_aliases_of_the_jobs_that_subscribe_to_it(stage: Template) -> None:
    invoked = [p["FunctionName"] for p in permission(stage, SALES)]
    assert sorted(name["Ref"].partition("Alias")[0] for name in invoked) == ["ForeignTopic", "SameForeignTopic"]
    assert all(p["Principal"] == "sns.amazonaws.com" for p in permission(stage, SALES))


def test_a_region_that_is_opted_in_to_invokes_under_a_principal_of_its_own(stage: Template) -> None:
    (made,) = permission(stage, "arn:aws:sns:me-south-1:210987654321:sales")
    _, at_home, elsewhere = made["Principal"]["Fn::If"]
    assert (at_home, elsewhere) == ("sns.amazonaws.com", "sns.me-south-1.amazonaws.com")


def test_the_emulator_reads_the_conditions_as_the_region_has_them(assembly: Path) -> None:
    deployed = Deployed(assembly / "all-options" / "DatamartRunner-all-options.template.json")
    for name in deployed.resources("AWS::Lambda::Alias"):
        deployed.made(name, name)
    alias, topic = next(name for name in deployed.resources("AWS::Lambda::Alias") if name.startswith("OptIn")), SALES
    topic = topic.replace("us-east-1", "me-south-1")
    assert service_may_invoke(deployed, alias, "sns.me-south-1.amazonaws.com", topic)
    assert not service_may_invoke(deployed, alias, "sns.amazonaws.com", topic)


def test_the_dead_letters_take_messages_of_the_subscribed_topics_alone(stage: Template) -> None:
    policy = stage.one("AWS::SQS::QueuePolicy", "StartDeadLetters")
    (statement,) = [s for s in policy["PolicyDocument"]["Statement"] if s.get("Sid") == "Topics"]
    own, *foreign = statement["Condition"]["ArnLike"]["aws:SourceArn"]
    assert own["Fn::Join"][1][-1] == ":datamart-runner-all-options-*"
    batches = "arn:aws:sns:us-east-1:210987654321:batches"
    assert sorted(foreign) == ["arn:aws:sns:me-south-1:210987654321:sales", batches, SALES]


def test_a_bucket_of_another_account_may_publish_for_that_account(stage: Template) -> None:
    policy = stage.one("AWS::SNS::TopicPolicy", "ForeignBucket1")
    (statement,) = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"]
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": "210987654321"}
    assert statement["Condition"]["ArnEquals"]["aws:SourceArn"]["Fn::Join"][1][-1] == ":s3:::partner-sales"


# -- batches (tests/infra/batch_files) --------------------------------------------------------------------------------


def test_a_batch_of_a_foreign_topic_has_an_alias_of_its_own(stage: Template) -> None:
    made = subscription(stage, "BatchesOfAForeignTopic")
    assert made["FilterPolicy"] == {"kind": ["batch"]}
    aliases = {alias["Name"] for alias in stage.resources("AWS::Lambda::Alias").values()}
    assert "batches-of-a-foreign-topic" in aliases


def test_the_first_step_of_a_batch_may_read_what_is_uploaded_or_reported_and_decrypt_it(stage: Template) -> None:
    statements = stage.statements(stage.roles_of_functions()["prepare_batch"])
    read = {
        json.dumps(arn).partition(":s3:::")[2]
        for statement in statements
        if "s3:GetObject" in listed(statement["Action"])
        for arn in listed(statement["Resource"])
    }
    assert {each.partition('"')[0] for each in read} == {"batches-kms/night/*", "batches-elsewhere/in/*"}
    keys = {key for each in statements if "kms:ViaService" in str(each) for key in listed(each["Resource"])}
    assert "arn:aws:kms:eu-west-1:123456789012:key/mrk-5678abcd12ab34cd56ef1234567890ab" in keys


def test_the_starter_asks_for_reported_batches_and_reads_no_uploaded_ones(stage: Template) -> None:
    written = json.dumps(stage.statements(stage.roles_of_functions()["start_run"]))
    assert "batches-elsewhere/in/*" in written
    assert "batches-kms" not in written
