"""OpenLineage: sends the events that the end of a run or a batch puts on the default event bus to a catalogue."""

import json
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from functions.names import PRODUCT
from functions.notifications.lineage import DETAIL_TYPE
from infra.constructs.alarms import Alarms
from infra.constructs.encryption import Encryption
from infra.constructs.findings import accept_in_cfn_lint
from infra.constructs.queues import dead_letters
from infra.settings.settings import OpenLineage


def send_lineage(
    scope: Construct,
    settings: OpenLineage,
    jobs: str,
    ends: tuple[lambda_.Function, ...],
    alarms: Alarms,
    encryption: Encryption,
) -> None:
    """Let the functions that process ends put the events, and EventBridge send each to the address of the settings.

    ``jobs`` is the namespace of the stage's jobs: the stages of an account share the default event bus. EventBridge
    repeats what the address does not take for 24 hours, then puts it into a queue of dead letters. No end
    waits for any of that.
    """
    for function in ends:
        function.add_environment("OPEN_LINEAGE", json.dumps({"namespaces": settings.namespaces}))
    lost = dead_letters(scope, "LineageDeadLetters", encryption)
    connection = events.Connection(
        scope,
        "LineageConnection",
        description="The key of the catalogue that takes OpenLineage events",
        authorization=events.Authorization.api_key(
            settings.header, cdk.SecretValue.secrets_manager(settings.secret, json_field="apiKey")
        ),
    )
    destination = events.ApiDestination(
        scope,
        "LineageDestination",
        description="Takes OpenLineage events",
        connection=connection,
        endpoint=settings.url,
        http_method=events.HttpMethod.POST,
    )
    made: Any
    for made in (connection.node.find_child("Connection"), destination.node.find_child("ApiDestination")):
        accept_in_cfn_lint(made, "E3006", "An option: a region without API destinations refuses it at deployment.")
    events.Rule(
        scope,
        "LineageRule",
        description="OpenLineage events about runs and batches",
        event_pattern=events.EventPattern(
            source=[PRODUCT], detail_type=[DETAIL_TYPE], detail={"job": {"namespace": [jobs]}}
        ),
        targets=[
            targets.ApiDestination(
                destination,
                event=events.RuleTargetInput.from_event_path("$.detail"),
                dead_letter_queue=lost,
                max_event_age=cdk.Duration.hours(24),
                retry_attempts=185,
            )
        ],
    )
    alarms.on_lost_lineage(lost)
