"""What CloudWatch measures of the stack by itself, for alarms and the dashboard."""

from collections.abc import Mapping
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn

PERIOD = cdk.Duration.minutes(5)

OFTEN_CALLED = ("get_status", "prepare_run", "start_run", "end_run")
"""Functions whose throttling is watched: each share of the account's concurrency that runs use has one of them."""


@dataclass(frozen=True)
class Measured:
    """The resources that AWS measures: machines of runs and batches, the run table, and functions by their modules."""

    runs: sfn.StateMachine
    batches: sfn.StateMachine
    table: dynamodb.Table
    functions: Mapping[str, lambda_.Function]

    def throttled(self) -> dict[str, cloudwatch.IMetric]:
        """Counts of refused requests, by names that a metric's expression may have; ten at most."""
        machines = {"runs": self.runs, "batches": self.batches}
        found: dict[str, cloudwatch.IMetric] = {
            f"machine_{name}": machine.metric_throttled(period=PERIOD, statistic="Sum", label=f"transitions of {name}")
            for name, machine in machines.items()
        }
        for what in ("Read", "Write"):
            found[f"table_{what.lower()}"] = self.table.metric(
                f"{what}ThrottleEvents", period=PERIOD, statistic="Sum", label=f"{what.lower()}s of the run table"
            )
        for module in OFTEN_CALLED:
            found[f"function_{module}"] = self.functions[module].metric_throttles(
                period=PERIOD, statistic="Sum", label=f"calls of {module}"
            )
        return found
