"""What CloudWatch measures and keeps of the stack: metrics of AWS, and logs; for alarms, dashboard and queries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn

from infra.constructs.function_table import END_RUN, EVERY, SWEEP
from infra.constructs.function_table import STEPS as STEPS_OF_RUNS
from infra.constructs.queries import MACHINES, STEPS
from infra.costs.prices import price

PERIOD = cdk.Duration.minutes(5)
HOUR = cdk.Duration.hours(1)

MEMORY_MB = {spec.module: spec.memory_mb for spec in EVERY}
"""Of each function, by its module."""


@dataclass(frozen=True)
class Measured:
    """The resources that AWS measures: machines of runs and batches, tables by what they are, functions by modules.

    ``machine_logs`` are the log groups of both machines.
    """

    runs: sfn.StateMachine
    batches: sfn.StateMachine
    tables: Mapping[str, dynamodb.Table]
    functions: Mapping[str, lambda_.Function]
    machine_logs: tuple[logs.LogGroup, ...]

    def refused_by_machines_and_tables(self) -> dict[str, cloudwatch.IMetric]:
        """Counts of what Step Functions and DynamoDB refused, by names that a metric's expression may have."""
        machines = {"runs": self.runs, "batches": self.batches}
        found: dict[str, cloudwatch.IMetric] = {
            f"machine_{name}": machine.metric_throttled(period=PERIOD, statistic="Sum", label=f"transitions of {name}")
            for name, machine in machines.items()
        }
        for name, table in self.tables.items():
            for what in ("read", "write"):
                found[f"{name}_{what}"] = table.metric(
                    f"{what.capitalize()}ThrottleEvents", period=PERIOD, statistic="Sum", label=f"{what}s of the {name}"
                )
        return found

    def refused_calls(self) -> dict[str, cloudwatch.IMetric]:
        """Counts of the calls of each function that Lambda refused, in the same form."""
        return {
            f"function_{module}": function.metric_throttles(period=PERIOD, statistic="Sum", label=f"calls of {module}")
            for module, function in self.functions.items()
        }

    def cost_of_functions(self) -> cloudwatch.MathExpression:
        """Dollars an hour: requests, and gigabyte-seconds by the memory of each function."""
        calls, seconds, using = [], [], {}
        for number, (module, function) in enumerate(self.functions.items()):
            using[f"c{number}"] = function.metric_invocations(period=HOUR, statistic="Sum")
            using[f"d{number}"] = function.metric_duration(period=HOUR, statistic="Sum")
            calls.append(f"FILL(c{number}, 0)")
            seconds.append(f"FILL(d{number}, 0) * {MEMORY_MB[module] / 1024 / 1000:g}")
        priced = (
            f"({' + '.join(calls)}) * {price('lambda_call'):.10f}"
            f" + ({' + '.join(seconds)}) * {price('lambda_gb_second'):.10f}"
        )
        return cloudwatch.MathExpression(expression=priced, using_metrics=using, label="functions", period=HOUR)

    def cost_of_tables(self) -> cloudwatch.MathExpression:
        """Dollars an hour: what is read from the tables and written to them, indexes apart."""
        using, terms = {}, []
        for name, table in self.tables.items():
            for what in ("read", "write"):
                using[f"{name}_{what}"] = table.metric(
                    f"Consumed{what.capitalize()}CapacityUnits", period=HOUR, statistic="Sum"
                )
                terms.append(f"FILL({name}_{what}, 0) * {price(f'{what}_unit'):.9f}")
        return cloudwatch.MathExpression(expression=" + ".join(terms), using_metrics=using, label="tables", period=HOUR)

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
