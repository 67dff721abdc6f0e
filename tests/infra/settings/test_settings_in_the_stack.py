"""What each setting changes in the template."""

import json

from functions.notifications.lineage import DETAIL_TYPE
from infra.constructs.function_table import EVERY
from tests.infra.template import Template, listed, mentions


def test_functions_that_call_the_library_are_in_the_vpc_and_the_others_are_not(everything: Template) -> None:
    functions = everything.resources("AWS::Lambda::Function").values()
    inside = {f["Handler"].split(".")[-2] for f in functions if f.get("VpcConfig")}
    assert inside == {spec.module for spec in EVERY if spec.calls_library}


def test_without_the_setting_nothing_is_in_a_vpc(template: Template) -> None:
    assert not any(f.get("VpcConfig") for f in template.resources("AWS::Lambda::Function").values())
    assert "ec2:" not in json.dumps(template.content)


def test_a_function_in_the_vpc_waits_for_the_right_to_be_there(everything: Template) -> None:
    function = next(r for n, r in everything.content["Resources"].items() if n.startswith("LogInFunction"))
    assert mentions(function["DependsOn"], "LogInRoleDefaultPolicy")


def test_a_function_in_the_vpc_may_do_what_awss_own_policy_for_it_allows(everything: Template) -> None:
    granted = everything.actions(everything.roles_of_functions()["log_in"])
    assert {action for action in granted if action.startswith("ec2:")} == {
        "ec2:CreateNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:DeleteNetworkInterface",
        "ec2:AssignPrivateIpAddresses",
        "ec2:UnassignPrivateIpAddresses",
    }


def test_every_role_has_the_boundary(everything: Template, template: Template) -> None:
    roles = everything.resources("AWS::IAM::Role").values()
    assert {json.dumps(role.get("PermissionsBoundary")) for role in roles} == {
        '"arn:aws:iam::123456789012:policy/Boundary"'
    }
    assert not any("PermissionsBoundary" in role for role in template.resources("AWS::IAM::Role").values())


def test_the_key_encrypts_everything_at_rest(everything: Template) -> None:
    tables = everything.resources("AWS::DynamoDB::Table").values()
    assert len(tables) == 2
    assert all(mentions(table["SSESpecification"], "Key") for table in tables)
    for kind, field in {
        "AWS::SQS::Queue": "KmsMasterKeyId",
        "AWS::SNS::Topic": "KmsMasterKeyId",
        "AWS::Logs::LogGroup": "KmsKeyId",
        "AWS::SecretsManager::Secret": "KmsKeyId",
    }.items():
        assert all(mentions(made[field], "Key") for made in everything.resources(kind).values()), kind
    assert mentions(everything.one("AWS::S3::Bucket")["BucketEncryption"], "Key")


def test_log_in_may_decrypt_its_secrets(everything: Template) -> None:
    assert "kms:Decrypt" in everything.actions(everything.roles_of_functions()["log_in"])


def test_concurrency_is_reserved_only_where_it_is_asked_for(everything: Template, template: Template) -> None:
    reserved = {
        f["Handler"].split(".")[-2]: f["ReservedConcurrentExecutions"]
        for f in everything.resources("AWS::Lambda::Function").values()
        if "ReservedConcurrentExecutions" in f
    }
    assert reserved == {"log_in": 5}
    assert "ReservedConcurrentExecutions" not in json.dumps(template.content)


def subscribed(everything: Template, topic: str) -> list[str]:
    """E-mail addresses that get what is published on a topic."""
    found = everything.resources("AWS::SNS::Subscription").values()
    return [s["Endpoint"] for s in found if s["Protocol"] == "email" and mentions(s["TopicArn"], topic)]


def test_everybody_named_is_notified_of_failures(everything: Template) -> None:
    assert subscribed(everything, "NoticeTopic") == ["bi@example.com"]


def test_only_those_named_for_it_are_asked(everything: Template) -> None:
    assert subscribed(everything, "QuestionTopic") == ["analyst@example.com"]


NOTIFY = {"end_run", "expect_load", "sweep"}
"""Functions that notify people; questions have a topic of their own."""


def test_what_notifies_people_publishes_on_the_topic_of_the_chat_too(everything: Template) -> None:
    functions = {f["Handler"].split(".")[-2]: f for f in everything.resources("AWS::Lambda::Function").values()}
    told = {name for name, f in functions.items() if "CHAT_TOPIC_ARN" in f["Environment"]["Variables"]}
    assert told == {name for name, f in functions.items() if "NOTICE_TOPIC_ARN" in f["Environment"]["Variables"]}
    assert told >= NOTIFY
    for name in told:
        policy = everything.roles_of_functions()[name]
        allowed = [s for s in everything.statements(policy) if "sns:Publish" in listed(s["Action"])]
        assert any(mentions(s["Resource"], "ChatTopic") for s in allowed), name


def test_what_reports_the_ends_of_runs_knows_of_which_ends(everything: Template, template: Template) -> None:
    for stage, expected in ((everything, "failure,recovery,success"), (template, "failure,recovery")):
        functions = {f["Handler"].split(".")[-2]: f for f in stage.resources("AWS::Lambda::Function").values()}
        told = {name: f["Environment"]["Variables"].get("NOTIFY_ON") for name, f in functions.items()}
        assert {name: found for name, found in told.items() if found} == {"end_run": expected, "sweep": expected}


def test_alarms_are_in_the_chat_too(everything: Template) -> None:
    alarms = everything.resources("AWS::CloudWatch::Alarm")
    assert alarms
    for name, alarm in alarms.items():
        assert mentions(alarm["AlarmActions"], "ChatTopic"), name
        assert mentions(alarm["AlarmActions"], "NoticeTopic"), name


def test_a_question_and_its_task_token_never_reach_the_chat(everything: Template) -> None:
    functions = everything.resources("AWS::Lambda::Function").values()
    (ask,) = [f for f in functions if f["Handler"] == "functions.handlers.ask_person.handler"]
    assert not mentions(ask["Environment"], "ChatTopic")
    assert not subscribed(everything, "ChatTopic")


def test_without_the_setting_there_is_no_topic_for_a_chat(template: Template) -> None:
    assert "ChatTopic" not in json.dumps(template.content)
    assert "CHAT_TOPIC_ARN" not in json.dumps(template.content)


def test_lineage_is_sent_to_the_address_of_the_settings_with_a_key_that_the_template_does_not_have(
    everything: Template,
) -> None:
    destination = everything.one("AWS::Events::ApiDestination")
    assert destination["InvocationEndpoint"] == "https://lineage.example.com/api/v1/lineage"
    assert destination["HttpMethod"] == "POST"
    key = everything.one("AWS::Events::Connection")["AuthParameters"]["ApiKeyAuthParameters"]
    assert key == {
        "ApiKeyName": "Authorization",
        "ApiKeyValue": "{{resolve:secretsmanager:datamart-runner-everything/openlineage:SecretString:apiKey::}}",
    }


def test_what_the_address_does_not_take_in_a_day_becomes_a_dead_letter_with_an_alarm(everything: Template) -> None:
    rule = everything.one("AWS::Events::Rule", "LineageRule")
    (target,) = rule["Targets"]
    assert mentions(target["Arn"], "LineageDestination")
    assert target["InputPath"] == "$.detail"
    assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 86_400, "MaximumRetryAttempts": 185}
    assert mentions(target["DeadLetterConfig"], "LineageDeadLetters")
    alarm = everything.one("AWS::CloudWatch::Alarm", "LineageDeadLetters")
    assert mentions(alarm["Dimensions"], "LineageDeadLetters")


def test_the_rule_takes_the_events_of_its_own_stage_alone(everything: Template) -> None:
    pattern = everything.one("AWS::Events::Rule", "LineageRule")["EventPattern"]
    assert pattern == {
        "source": ["datamart-runner"],
        "detail-type": [DETAIL_TYPE],
        "detail": {"job": {"namespace": ["datamart-runner-everything"]}},
    }


def test_what_processes_ends_knows_the_namespaces(everything: Template) -> None:
    functions = everything.resources("AWS::Lambda::Function").values()
    known = {f["Handler"].split(".")[-2]: f["Environment"]["Variables"].get("OPEN_LINEAGE") for f in functions}
    written = json.dumps({"namespaces": {"Warehouse": "postgres://dwh.example.com:5432"}})
    assert {name for name, value in known.items() if value == written} == {"end_run", "sweep"}
    assert set(known.values()) == {written, None}


def test_without_the_setting_nothing_of_lineage_is_there(template: Template) -> None:
    assert "Lineage" not in json.dumps(template.content)
    assert "OPEN_LINEAGE" not in json.dumps(template.content)


def test_tags_are_on_everything_that_takes_them(template: Template) -> None:
    for kind in ("AWS::Lambda::Function", "AWS::DynamoDB::Table", "AWS::SQS::Queue", "AWS::SNS::Topic"):
        for made in template.resources(kind).values():
            assert {"Key": "application", "Value": "datamart-runner"} in made["Tags"]


def test_the_second_connection_is_known_to_the_functions(everything: Template) -> None:
    functions = everything.resources("AWS::Lambda::Function").values()
    prepare = next(f for f in functions if f["Handler"] == "functions.handlers.prepare_run.handler")
    assert json.loads(prepare["Environment"]["Variables"]["CONNECTIONS"]) == ["default", "second"]
    log_in = next(f for f in functions if f["Handler"] == "functions.handlers.log_in.handler")
    assert mentions(log_in["Environment"]["Variables"]["SECRETS"], "SecondConnectionSecret")


def test_every_function_is_told_whether_answers_are_shown(everything: Template, template: Template) -> None:
    def told(stack: Template) -> set[str]:
        functions = stack.resources("AWS::Lambda::Function").values()
        return {function["Environment"]["Variables"]["SHOW_ANSWERS"] for function in functions}

    assert (told(everything), told(template)) == ({"false"}, {"true"})
