"""What CloudWatch measures and keeps of the stack: metrics of AWS, and logs; for alarms, dashboard and queries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn

from infra.constructs.function_table import END_RUN, SWEEP
from infra.constructs.function_table import STEPS as STEPS_OF_RUNS
from infra.constructs.queries import MACHINES, STEPS

PERIOD = cdk.Duration.minutes(5)

OFTEN_CALLED = ("get_status", "prepare_run", "start_run", "end_run")
"""Functions whose throttling is watched: each share of the account's concurrency that runs use has one of them."""


@dataclass(frozen=True)
class Measured:
    """The resources that AWS measures: machines of runs and batches, the run table, and functions by their modules.

    ``machine_logs`` are the log groups of both machines.
    """

    runs: sfn.StateMachine
    batches: sfn.StateMachine
    table: dynamodb.Table
    functions: Mapping[str, lambda_.Function]
    machine_logs: tuple[logs.LogGroup, ...]

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

    def log_groups(self, named: Iterable[str]) -> list[str]:
        """Names of log groups, of functions by their modules and of what queries.py has names for."""
        steps = [spec.module for spec in (*STEPS_OF_RUNS, END_RUN, SWEEP)]
        several = {
            MACHINES: [group.log_group_name for group in self.machine_logs],
            STEPS: [self._log_group(module) for module in steps],
        }
        return [name for one in named for name in several.get(one) or [self._log_group(one)]]

    def _log_group(self, module: str) -> str:
        return self.functions[module].log_group.log_group_name
