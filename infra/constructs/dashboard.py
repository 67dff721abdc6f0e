"""The dashboard of a stage: what happened, what goes on, what is left behind, and what it costs.

Values of single jobs come from the logs, by Logs Insights: a metric for each of 300 jobs would cost $90 a month. Such a
widget costs by the bytes that it scans, when somebody looks at it.
"""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from functions.metric_names import (
    CHAT_FAILED,
    CLEAN_UP_FAILED,
    ENDED_FROM_OUTSIDE,
    LOADS_DONE,
    LOADS_MISSING,
    LOADS_UNKNOWN,
    LONGER_THAN_USUAL,
    QUEUE_LENGTH,
    QUEUE_OLDEST,
    QUEUED_LONG,
    SESSION_EXPIRED,
    SLOTS_TAKEN,
    STEP_FAILED,
    SWEEP_FOUND,
    SWEEP_LEFT,
)
from infra.constructs import queries
from infra.constructs.alarms import Alarms, own_metric
from infra.constructs.measured import HOUR, PERIOD, Measured
from infra.constructs.queries import Query

HEIGHT = 6
"""Of a widget, in CloudWatch's units; a row is 24 wide."""

ANSWERS = (queries.NOT_LOADED, queries.LONGER, queries.DURATIONS, queries.DELAYS, queries.COST)
"""The queries whose answers the dashboard shows."""


def make_dashboard(scope: Construct, name: str, measured: Measured, alarms: Alarms) -> None:
    """Make the dashboard, which has the name of the stage's state machine."""
    cloudwatch.Dashboard(
        scope,
        "Dashboard",
        dashboard_name=name,
        default_interval=cdk.Duration.days(1),
        widgets=[
            [cloudwatch.AlarmStatusWidget(title="Alarms", alarms=list(alarms.made), width=24, height=4)],
            [_runs(measured), _loads(), _lateness()],
            [_queue(), _slots(), _looks(measured)],
            [_clean_up(), _dead_letters(alarms.dead_letters), _throttled(measured)],
            [_cost(measured)],
            *([_answer(query, measured)] for query in ANSWERS),
        ],
    )
    cdk.CfnOutput(scope, "DashboardName", value=name, description="Dashboard of the stage in CloudWatch")


def _runs(measured: Measured) -> cloudwatch.GraphWidget:
    lines = []
    for what, machine in (("runs", measured.runs), ("batches", measured.batches)):
        ends = {
            "succeeded": machine.metric_succeeded,
            "failed": machine.metric_failed,
            "stopped": machine.metric_aborted,
            "timed out": machine.metric_timed_out,
        }
        lines += [metric(period=HOUR, statistic="Sum", label=f"{what} {end}") for end, metric in ends.items()]
    return _graph("Runs and batches by outcome", lines, stacked=True)


def _loads() -> cloudwatch.GraphWidget:
    counted = {LOADS_DONE: "loaded", LOADS_UNKNOWN: "not known whether loaded"}
    return _graph("Tables loaded, and unknown", [_sum(name, label) for name, label in counted.items()])


def _lateness() -> cloudwatch.GraphWidget:
    counted = {LONGER_THAN_USUAL: "longer than usual", LOADS_MISSING: "not loaded by expectBy"}
    return _graph("Late", [_sum(name, label) for name, label in counted.items()])


def _queue() -> cloudwatch.GraphWidget:
    waiting = {QUEUE_LENGTH: "runs that wait", QUEUED_LONG: "with most of their queueMinutes used up"}
    return _graph(
        "Queue: length, and longest wait in minutes",
        [_most(name, label) for name, label in waiting.items()],
        right=[_most(QUEUE_OLDEST, "longest wait, minutes")],
    )


def _slots() -> cloudwatch.GraphWidget:
    return _graph("Sessions in use (slots taken)", [_most(SLOTS_TAKEN, "slots taken")])


def _looks(measured: Measured) -> cloudwatch.GraphWidget:
    looking = measured.functions["get_status"]
    return _graph(
        "Looks at jobs, and steps that failed",
        [looking.metric_invocations(period=HOUR, statistic="Sum", label="looks"), _sum(STEP_FAILED, "failed steps")],
        right=[looking.metric_duration(period=HOUR, statistic="p95", label="time of a look, p95")],
    )


def _clean_up() -> cloudwatch.GraphWidget:
    counted = {
        CLEAN_UP_FAILED: "failed, and tried again",
        SESSION_EXPIRED: "sessions given up",
        ENDED_FROM_OUTSIDE: "runs that were cut short",
        SWEEP_FOUND: "found by the sweep",
        SWEEP_LEFT: "left by the sweep",
        CHAT_FAILED: "messages that the chat did not take",
    }
    return _graph("Clean-ups", [_sum(name, label) for name, label in counted.items()])


def _dead_letters(queues: Sequence[sqs.Queue]) -> cloudwatch.GraphWidget:
    lines = [
        queue.metric_approximate_number_of_messages_visible(period=PERIOD, statistic="Maximum", label=queue.node.id)
        for queue in queues
    ]
    return _graph("Dead letters", lines)


def _throttled(measured: Measured) -> cloudwatch.GraphWidget:
    refused = measured.refused_by_machines_and_tables() | measured.refused_calls()
    return _graph("Refused by quotas of AWS", list(refused.values()))


def _cost(measured: Measured) -> cloudwatch.GraphWidget:
    """State transitions have no metric of their machine: a query of the logs counts them, below."""
    return _graph(
        "What functions and tables cost an hour, in dollars (state transitions are below)",
        [measured.cost_of_functions(), measured.cost_of_tables()],
        stacked=True,
        width=24,
    )


def _answer(query: Query, measured: Measured) -> cloudwatch.LogQueryWidget:
    return cloudwatch.LogQueryWidget(
        title=query.name,
        log_group_names=measured.log_groups(query.logs),
        query_lines=list(query.commands),
        view=cloudwatch.LogQueryVisualizationType.TABLE,
        width=24,
        height=HEIGHT,
    )


def _graph(
    title: str,
    left: Sequence[cloudwatch.IMetric],
    *,
    right: Sequence[cloudwatch.IMetric] = (),
    stacked: bool = False,
    width: int = 8,
) -> cloudwatch.GraphWidget:
    axis = cloudwatch.YAxisProps(min=0)
    return cloudwatch.GraphWidget(
        title=title, left=list(left), right=list(right), stacked=stacked, left_y_axis=axis, width=width, height=HEIGHT
    )


def _sum(name: str, label: str) -> cloudwatch.IMetric:
    return own_metric(name, "Sum", HOUR).with_(label=label)


def _most(name: str, label: str) -> cloudwatch.IMetric:
    return own_metric(name).with_(label=label)
