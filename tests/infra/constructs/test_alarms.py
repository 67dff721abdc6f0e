"""The alarms: what each looks at, that each says what to do, and what a month of them costs."""

import json
import math
import re
from pathlib import Path
from typing import Any

import pytest

from functions.metric_names import (
    CLEAN_UP_FAILED,
    LOADS_UNKNOWN,
    NAMESPACE,
    QUEUE_OLDEST,
    QUEUED_LONG,
    SERVICE,
    SESSION_EXPIRED,
)
from infra.constructs.function_table import EVERY
from tests.infra.template import Template, mentions
from tests.support.golden import check

GOLDEN = Path(__file__).with_name("golden") / "alarms.txt"

MOST_METRICS = 10
"""Metrics that one alarm may look at."""


def alarms(template: Template) -> dict[str, dict[str, Any]]:
    return template.resources("AWS::CloudWatch::Alarm")


def metrics_of(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    """What an alarm looks at, without the expression that puts several together."""
    return [each for each in alarm.get("Metrics", [alarm]) if "Expression" not in each]


def test_every_alarm_notifies_the_topic_and_says_what_to_do(template: Template) -> None:
    assert len(alarms(template)) == 15 + math.ceil(len(EVERY) / 9)
    for name, alarm in alarms(template).items():
        assert mentions(alarm["AlarmActions"], "NoticeTopic"), name
        assert len(json.dumps(alarm["AlarmDescription"])) > 80, name
        assert alarm["TreatMissingData"] == "notBreaching"


def test_each_alarm_reads_as_in_the_golden_file(everything: Template) -> None:
    said = {name: _plain(alarm["AlarmDescription"]) for name, alarm in sorted(alarms(everything).items())}
    check(GOLDEN, "\n".join(f"{re.sub('Alarm[0-9A-F]{8}$', '', name)}\n{text}\n" for name, text in said.items()))


def _plain(description: Any) -> str:
    """The description, with a word for what only the deployment knows."""
    if isinstance(description, str):
        return description
    return "".join(part if isinstance(part, str) else "(its name)" for part in description["Fn::Join"][1])


@pytest.mark.parametrize(
    ("name", "metric", "statistic", "threshold"),
    [
        ("LongQueues", QUEUED_LONG, "Maximum", 1),
        ("OldQueues", QUEUE_OLDEST, "Maximum", 180),
        ("UnknownOutcomes", LOADS_UNKNOWN, "Maximum", 1),
        ("CleanUp", CLEAN_UP_FAILED, "Sum", 3),
        ("SessionsExpired", SESSION_EXPIRED, "Maximum", 1),
    ],
)
def test_an_alarm_looks_at_a_metric_that_the_functions_write_for_all_jobs_together(
    template: Template, name: str, metric: str, statistic: str, threshold: float
) -> None:
    alarm = template.one("AWS::CloudWatch::Alarm", f"{name}Alarm")
    assert (alarm["Namespace"], alarm["MetricName"], alarm["Statistic"]) == (NAMESPACE, metric, statistic)
    assert {d["Name"]: d["Value"] for d in alarm["Dimensions"]} == {"service": SERVICE}
    assert alarm["Threshold"] == threshold


def test_the_settings_say_after_how_many_minutes_in_the_queue_an_alarm_goes_off(everything: Template) -> None:
    alarm = everything.one("AWS::CloudWatch::Alarm", "OldQueuesAlarm")
    assert alarm["Threshold"] == 45
    assert "45 minutes" in alarm["AlarmDescription"]


def throttled(template: Template) -> list[tuple[str, str]]:
    """What the alarms on throttling look at: metric, and logical ID of the resource."""
    found = []
    for name, alarm in alarms(template).items():
        if "Throttling" not in name:
            continue
        assert (alarm["EvaluationPeriods"], alarm["DatapointsToAlarm"]) == (3, 2), "more than a moment"
        for each in metrics_of(alarm):
            metric = each["MetricStat"]["Metric"]
            (dimension,) = metric["Dimensions"]
            found.append((metric["MetricName"], dimension["Value"]["Ref"]))
    return found


def test_the_alarms_on_throttling_look_at_both_machines_both_tables_and_every_function(template: Template) -> None:
    found = throttled(template)
    assert len(found) == len(set(found))
    for kind, metrics in (
        ("AWS::StepFunctions::StateMachine", {"ExecutionThrottled"}),
        ("AWS::DynamoDB::Table", {"ReadThrottleEvents", "WriteThrottleEvents"}),
        ("AWS::Lambda::Function", {"Throttles"}),
    ):
        made = template.resources(kind)
        assert {(metric, name) for metric, name in found if name in made} == {
            (metric, name) for metric in metrics for name in made
        }


def test_no_alarm_looks_at_more_metrics_than_aws_takes(everything: Template) -> None:
    assert max(len(alarm.get("Metrics", [alarm])) for alarm in alarms(everything).values()) <= MOST_METRICS
