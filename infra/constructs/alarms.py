"""Alarms: on executions that fail, dead letters, tables that are late, and long queues. Each says what to do."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from functions.metric_names import LOADS_MISSING, NAMESPACE, QUEUED_LONG, SERVICE
from infra.constructs.notifications import NoticeTopics


@dataclass(frozen=True)
class Alarms:
    """Makes alarms that notify people."""

    scope: Construct
    topics: NoticeTopics

    def on_executions(self, machine: sfn.StateMachine) -> None:
        """One for each way in which an execution does not succeed."""
        self._on_ends(
            "Executions",
            machine,
            failed="A datamart run failed. Its notification on this topic says which one, whether the table was loaded "
            "and what to do; so does the execution in the Step Functions console.",
            aborted="A datamart run was stopped in the console. What it left on the Library server is removed by "
            "itself; start a new run if the table is still needed.",
            timed_out="A datamart run ran into the state machine's own time limit, which is above the longest "
            "timeoutMinutes: look at the execution and at the Library server.",
        )

    def on_batches(self, machine: sfn.StateMachine) -> None:
        """One for each way in which a batch does not succeed; its items have the alarms of runs."""
        self._on_ends(
            "Batches",
            machine,
            failed="A batch of datamarts failed. Its notification on this topic names the items that are not loaded "
            "and says what to do; restart the batch to run just those.",
            aborted="A batch of datamarts was stopped. Its runs are stopped, and clean up by themselves; restart the "
            "batch if the rest of its tables is still needed.",
            timed_out="A batch of datamarts ran into its state machine's own time limit, and its runs are stopped: "
            "look at its items, then restart the batch.",
        )

    def on_dead_letters(self, name: str, queue: sqs.Queue, what: str) -> None:
        """An alarm on the first message that arrives."""
        metric = queue.metric_approximate_number_of_messages_visible(period=_PERIOD, statistic="Maximum")
        self._make(
            f"{name}Alarm",
            metric,
            f"{what} Read the message in the queue {queue.queue_name}, fix the cause that the function's log gives "
            "for its time, then redrive the queue; a message that is delivered again repeats no step.",
        )

    def on_long_queues(self) -> None:
        """An alarm on runs that wait long, which the function sweep counts; it is silent while they are paused."""
        self._make(
            "LongQueuesAlarm",
            _own(QUEUED_LONG),
            "At least one run has used up most of its queueMinutes in the queue of its connection, and ends as "
            "RunTimedOut when all are used up. Its execution says what it waits for. Raise maxConcurrentRuns if the "
            "server can take more, raise queueMinutes, or spread the schedules.",
        )

    def on_late_loads(self) -> None:
        """An alarm on late tables, which the function expect_load counts; its notification names the jobs."""
        self._make(
            "LateLoadsAlarm",
            _own(LOADS_MISSING),
            "At least one job or batch was not loaded by the time of its expectBy. The message about late tables "
            "on this topic names each and says what to do; so does the log of the function expect_load.",
        )

    def _on_ends(self, name: str, machine: sfn.StateMachine, failed: str, aborted: str, timed_out: str) -> None:
        ends = {
            "Failed": (machine.metric_failed, failed),
            "Aborted": (machine.metric_aborted, aborted),
            "TimedOut": (machine.metric_timed_out, timed_out),
        }
        for end, (metric, description) in ends.items():
            self._make(f"{name}{end}Alarm", metric(period=_PERIOD, statistic="Sum"), description)

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
        alarm.add_alarm_action(*(actions.SnsAction(topic) for topic in self.topics.each))


_PERIOD = cdk.Duration.minutes(5)


def _own(name: str) -> cloudwatch.Metric:
    """The largest value of a metric of our own."""
    return cloudwatch.Metric(
        namespace=NAMESPACE,
        metric_name=name,
        dimensions_map={"service": SERVICE},
        period=_PERIOD,
        statistic="Maximum",
    )
