"""Alarms: each notifies people of one thing that has gone wrong, and says what to do.

On executions that fail, unknown outcomes, dead letters, tables that are late, long queues, clean-ups that fail, and
throttling.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from functions.limits import LONGEST_SESSION
from functions.metric_names import (
    CLEAN_UP_FAILED,
    LOADS_MISSING,
    LOADS_UNKNOWN,
    NAMESPACE,
    QUEUE_OLDEST,
    QUEUED_LONG,
    SERVICE,
    SESSION_EXPIRED,
)
from infra.constructs.notifications import NoticeTopics

MOST_METRICS = 9
"""Metrics that an alarm adds up: with the expression they are the ten that CloudWatch takes."""


@dataclass(frozen=True)
class Alarms:
    """Makes alarms that notify people; keeps those that it has ``made``, and the queues of ``dead_letters``."""

    scope: Construct
    topics: NoticeTopics
    made: list[cloudwatch.Alarm] = field(default_factory=list)
    dead_letters: list[sqs.Queue] = field(default_factory=list)

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
        self.dead_letters.append(queue)
        metric = queue.metric_approximate_number_of_messages_visible(period=_PERIOD, statistic="Maximum")
        self._make(
            f"{name}Alarm",
            metric,
            f"{what} Read the message in the queue {queue.queue_name}, fix the cause that the function's log gives "
            "for its time, then redrive the queue; a message that is delivered again repeats no step.",
        )

    def on_lost_lineage(self, queue: sqs.Queue) -> None:
        """An alarm on the first OpenLineage event that nobody took."""
        self.dead_letters.append(queue)
        self._make(
            "LineageDeadLettersAlarm",
            queue.metric_approximate_number_of_messages_visible(period=_PERIOD, statistic="Maximum"),
            "The address of openLineage in the settings took an event about a run neither at once nor in 24 hours. "
            f"Loads are not affected. The attributes ERROR_CODE and ERROR_MESSAGE of the message in the queue "
            f"{queue.queue_name} say why; correct the address or the key, send the body to the address if the event is "
            "still wanted, and delete the message.",
        )

    def on_long_queues(self) -> None:
        """An alarm on runs that wait long, which the function sweep counts; it is silent while they are paused."""
        self._make(
            "LongQueuesAlarm",
            own_metric(QUEUED_LONG),
            "At least one run has used up most of its queueMinutes in the queue of its connection, and ends as "
            "RunTimedOut when all are used up. Its execution says what it waits for. Raise maxConcurrentRuns if the "
            "server can take more, raise queueMinutes, or spread the schedules.",
        )

    def on_late_loads(self) -> None:
        """An alarm on late tables, which the function expect_load counts; its notification names the jobs."""
        self._make(
            "LateLoadsAlarm",
            own_metric(LOADS_MISSING),
            "At least one job or batch was not loaded by the time of its expectBy. The message about late tables "
            "on this topic names each and says what to do; so does the log of the function expect_load.",
        )

    def on_old_queues(self, minutes: int) -> None:
        """An alarm on a wait in a queue of ``minutes`` or more; the function sweep measures it every five minutes."""
        self._make(
            "OldQueuesAlarm",
            own_metric(QUEUE_OLDEST),
            f"A run waits for {minutes} minutes or more (queueAlarmMinutes) in the queue of its connection. Its "
            "execution says what it waits for: a run that hangs can be stopped, more slots (maxConcurrentRuns) let "
            "more runs go, and datamart pause keeps those that may wait from the queue. Nothing is lost: runs go "
            "in their order.",
            threshold=minutes,
        )

    def on_unknown_outcomes(self) -> None:
        """An alarm on a run that ended without anybody knowing whether its table is loaded."""
        self._make(
            "UnknownOutcomesAlarm",
            own_metric(LOADS_UNKNOWN),
            "A run has ended, and it is not known whether its table was loaded. Its notification on this topic names "
            "the datamart and the table: look at the table, and at MicroStrategy's job monitor, before you start it "
            "again. One that appends would append twice.",
        )

    def on_failing_clean_up(self) -> None:
        """Alarms on sessions that cannot be ended: while it is tried again, and once one is given up."""
        self._make(
            "CleanUpAlarm",
            own_metric(CLEAN_UP_FAILED, "Sum", cdk.Duration.minutes(15)),
            "Sessions of runs that have ended cannot be ended on the Library server, for a quarter of an hour. They "
            "count against its licences and limits, and keep the slots of their connection. It is tried again for "
            f"{LONGEST_SESSION // 3_600} hours: look whether the server can be reached; the log of the function "
            "end_run has its answers.",
            threshold=3,
        )
        self._make(
            "SessionsExpiredAlarm",
            own_metric(SESSION_EXPIRED),
            f"A session of a run could not be ended for {LONGEST_SESSION // 3_600} hours and was given up: the "
            "server's idle timeout ends it. Look in MicroStrategy's session monitor whether sessions of the account "
            "are left, and end them there; the log of the function end_run has the server's answer.",
        )

    def on_throttling(
        self, requests: Mapping[str, cloudwatch.IMetric], calls: Mapping[str, cloudwatch.IMetric]
    ) -> None:
        """Alarms on what AWS refuses because of a quota, for more than a moment.

        ``requests`` count what Step Functions and DynamoDB refuse, ``calls`` what Lambda does, by what it is about. An
        alarm takes so many of them that those of all functions need several.
        """
        self._on_sum(
            "Throttling",
            requests,
            "AWS refuses state transitions, or reads and writes of a table, because of a quota. They are repeated, so "
            "that runs take longer, and fail as ServerUnavailable when it lasts. The dashboard and Service Quotas tell "
            "which: raise the quota, or spread the schedules.",
        )
        modules = sorted(calls)
        for number, first in enumerate(range(0, len(modules), MOST_METRICS), 1):
            some = modules[first : first + MOST_METRICS]
            self._on_sum(
                f"FunctionThrottling{number}",
                {module: calls[module] for module in some},
                "Lambda refuses calls of functions of the runner because of a quota, of at least one of "
                f"{', '.join(module.removeprefix('function_') for module in some)}. They are repeated, so that runs "
                "take longer, and fail as ServerUnavailable when it lasts. Raise the account's concurrent executions "
                "of Lambda, take away or raise reservedConcurrency, or spread the schedules.",
            )

    def _on_sum(self, name: str, metrics: Mapping[str, cloudwatch.IMetric], description: str) -> None:
        """An alarm on any of so many refusals in two of three periods."""
        self._make(
            f"{name}Alarm",
            cloudwatch.MathExpression(
                expression="SUM(FILL(METRICS(), 0))",
                using_metrics=dict(metrics),
                label="Throttled requests",
                period=_PERIOD,
            ),
            description,
            periods=3,
            of_which=2,
        )

    def _on_ends(self, name: str, machine: sfn.StateMachine, failed: str, aborted: str, timed_out: str) -> None:
        ends = {
            "Failed": (machine.metric_failed, failed),
            "Aborted": (machine.metric_aborted, aborted),
            "TimedOut": (machine.metric_timed_out, timed_out),
        }
        for end, (metric, description) in ends.items():
            self._make(f"{name}{end}Alarm", metric(period=_PERIOD, statistic="Sum"), description)

    def _make(
        self,
        construct_id: str,
        metric: cloudwatch.IMetric,
        description: str,
        *,
        threshold: float = 1,
        periods: int = 1,
        of_which: int | None = None,
    ) -> None:
        alarm = cloudwatch.Alarm(
            self.scope,
            construct_id,
            alarm_description=description,
            metric=metric,
            threshold=threshold,
            evaluation_periods=periods,
            datapoints_to_alarm=of_which,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(*(actions.SnsAction(topic) for topic in self.topics.each))
        self.made.append(alarm)


_PERIOD = cdk.Duration.minutes(5)


def own_metric(name: str, statistic: str = "Maximum", period: cdk.Duration = _PERIOD) -> cloudwatch.Metric:
    """A metric of our own that has no other dimension than the service."""
    return cloudwatch.Metric(
        namespace=NAMESPACE,
        metric_name=name,
        dimensions_map={"service": SERVICE},
        period=period,
        statistic=statistic,
    )
