"""An Airflow operator that runs a datamart: a retry of the task joins its run, and a killed task stops it.

Copy this file into the folder of your plugins. Written for apache-airflow-providers-amazon 9.39, whose operator neither
waits without ``deferrable`` nor stops what it has started::

    RunDatamart(
        task_id="load_sales",
        state_machine_arn="arn:aws:states:eu-west-1:123456789012:stateMachine:datamart-runner-prod",
        state_machine_input={"job": "sales-nightly", "asOf": "{{ data_interval_end.isoformat() }}"},
    )

An ``asOf`` needs an offset, which Airflow's times have. The result is the output of the run.
"""

import hashlib
import json
import time
from typing import Any

from airflow.providers.amazon.aws.operators.step_function import StepFunctionStartExecutionOperator
from airflow.providers.common.compat.sdk import AirflowException, AirflowFailException

MOST_RUNS = 20
"""Runs that the tries of one task may start: far more than a task has retries."""

LOADED, NOT_LOADED = "Loaded: yes", "Loaded: no"
"""How the cause of a failed run begins; after any other beginning nobody knows what is in the table."""


class RunDatamart(StepFunctionStartExecutionOperator):
    """Starts a run, or joins the one that an earlier try has started, and waits for its end.

    The name of the run is made of DAG, task, DAG run and map index. Another try

    * joins a run that goes on, and takes the result of one that has loaded the table;
    * starts a new one after a run that has loaded nothing;
    * fails for good where nobody knows whether the table was loaded: a person looks first.

    ``waiter_delay`` and ``waiter_max_attempts`` are those of the operator (24 hours here).
    """

    execution_arn: str | None = None

    def __init__(self, *, waiter_delay: int = 30, waiter_max_attempts: int = 2_880, **kwargs: Any) -> None:
        super().__init__(waiter_delay=waiter_delay, waiter_max_attempts=waiter_max_attempts, **kwargs)

    def execute(self, context: Any) -> Any:
        """Run the datamart; returns its output."""
        task = context["ti"]
        described = self._started_or_joined(_key(task), f"Airflow, {task.dag_id}.{task.task_id}, {task.run_id}")
        self.execution_arn = described["executionArn"]
        self.log.info("The run is %s", self.execution_arn)
        if self.deferrable and described["status"] == "RUNNING":
            self.name, self.state_machine_input = described["name"], described["input"]
            super().execute(context)  # joins by name and input, and defers
        return self._output(self._ended(described))

    def execute_complete(self, context: Any, event: dict[str, Any] | None = None) -> Any:
        """After a deferral, which has seen the end of the run."""
        return self._output(self.hook.conn.describe_execution(executionArn=(event or {})["execution_arn"]))

    def on_kill(self) -> None:
        """Stop the run: its end cleans up on the server. Airflow does not call this for a deferred task."""
        if self.execution_arn is not None:
            self.hook.conn.stop_execution(
                executionArn=self.execution_arn, error="Stopped", cause="The task of Airflow was killed."
            )

    def _started_or_joined(self, key: str, by: str) -> dict[str, Any]:
        """The newest run of the task, described; a new one where there is none, or it has loaded nothing.

        ``by`` is what the history of the run says of who started it.
        """
        client = self.hook.conn
        given = self.state_machine_input or {}
        content = json.loads(given) if isinstance(given, str) else given
        text = json.dumps(content | {"started": {"by": by[:200], "trigger": "console"}}, sort_keys=True)
        for number in range(MOST_RUNS):
            name = _name(text, f"{key}/{number}")
            try:
                started = client.start_execution(stateMachineArn=self.state_machine_arn, name=name, input=text)
                return dict(client.describe_execution(executionArn=started["executionArn"]))
            except client.exceptions.ExecutionAlreadyExists:
                machine = self.state_machine_arn.replace(":stateMachine:", ":execution:")
                described = client.describe_execution(executionArn=f"{machine}:{name}")
            if not _is_to_repeat(described):
                return dict(described)
        raise AirflowFailException(f"The task has started {MOST_RUNS} runs that loaded nothing; clear it no more.")

    def _ended(self, described: dict[str, Any]) -> dict[str, Any]:
        for _ in range(self.waiter_max_attempts):
            if described["status"] != "RUNNING":
                return described
            time.sleep(self.waiter_delay)
            described = self.hook.conn.describe_execution(executionArn=described["executionArn"])
        raise AirflowException(f"{described['executionArn']} goes on; the next try joins it.")

    @staticmethod
    def _output(described: dict[str, Any]) -> Any:
        """The output of the run; where it has failed, an error that Airflow repeats only if nothing was loaded."""
        if described["status"] == "SUCCEEDED":
            return json.loads(described["output"])
        cause = str(described.get("cause") or "")
        if cause.startswith(LOADED):
            return {"loaded": "yes", "executionArn": described["executionArn"]}
        said = f"{described['executionArn']}: {described.get('error') or described['status']}: {cause}"
        raise (AirflowException if _is_to_repeat(described) else AirflowFailException)(said)


def _is_to_repeat(described: dict[str, Any]) -> bool:
    return described["status"] == "FAILED" and str(described.get("cause")).startswith(NOT_LOADED)


def _key(task: Any) -> str:
    return f"{task.dag_id}/{task.task_id}/{task.run_id}/{getattr(task, 'map_index', -1)}"


def _name(given: str, key: str) -> str:
    """In the form of the runs that the stack starts itself: the job's name and 32 hexadecimal digits."""
    job = json.loads(given).get("job") or "airflow"
    return f"{job[:40]}-{hashlib.md5(key.encode(), usedforsecurity=False).hexdigest()}"
