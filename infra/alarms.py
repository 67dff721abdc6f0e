"""Alarms: on executions that fail, on dead letters, and on tables that are late. Each says what to do."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from functions.metric_names import LOAD_MISSING, NAMESPACE, SERVICE
from infra.named_job import NamedJob
from infra.starter import construct_name


@dataclass(frozen=True)
class Alarms:
    """Makes alarms that tell on one topic."""

    scope: Construct
    topic: sns.Topic

    def on_executions(self, machine: sfn.StateMachine) -> None:
        """One for each way in which an execution does not succeed."""
        metrics = {
            "Failed": (
                machine.metric_failed,
                "A datamart run failed. Its notice on this topic says which one, whether the table was loaded and "
                "what to do; so does the execution in the Step Functions console.",
            ),
            "Aborted": (
                machine.metric_aborted,
                "A datamart run was stopped in the console. What it left on the Library server is removed by itself; "
                "start a new run if the table is still needed.",
            ),
            "TimedOut": (
                machine.metric_timed_out,
                "A datamart run ran into the state machine's own time limit, which is above the longest "
                "timeoutMinutes: look at the execution and at the Library server.",
            ),
        }
        for name, (metric, description) in metrics.items():
            self._make(f"Executions{name}Alarm", metric(period=_PERIOD, statistic="Sum"), description)

    def on_dead_letters(self, name: str, queue: sqs.Queue, what: str) -> None:
        """An alarm on the first message that arrives."""
        metric = queue.metric_approximate_number_of_messages_visible(period=_PERIOD, statistic="Maximum")
        self._make(
            f"{name}Alarm",
            metric,
            f"{what} Read the message in the queue {queue.queue_name}, mend the reason that the function's log gives "
            "for its time, then redrive the queue; every step is done only once however often it is delivered.",
        )

    def on_late_load(self, job: NamedJob) -> None:
        """An alarm on the answer of the function that is called at the job's ``expectBy``."""
        metric = cloudwatch.Metric(
            namespace=NAMESPACE,
            metric_name=LOAD_MISSING,
            dimensions_map={"job": job.name, "service": SERVICE},
            period=_PERIOD,
            statistic="Maximum",
        )
        self._make(
            f"{construct_name(job.name)}LateAlarm",
            metric,
            f"The table of the job {job.name} was not loaded by {job.content['expectBy']} ({job.time_zone}). Look "
            "whether a run of it failed or still goes on; if none was started, look at its trigger. To load it now, "
            f'start the state machine with {{"job": "{job.name}"}}.',
        )

    def _make(self, construct_id: str, metric: cloudwatch.IMetric, description: str) -> None:
        alarm = cloudwatch.Alarm(
            self.scope,
            construct_id,
            alarm_description=description,
            metric=metric,
            threshold=1,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(actions.SnsAction(self.topic))


_PERIOD = cdk.Duration.minutes(5)
