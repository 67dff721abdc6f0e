"""The operator for Airflow (recipes/airflow_datamart.py), against the emulator.

Airflow is not installed here: its base class is represented by what version 9.39 of the provider does in ``execute``.
What the operator itself does is real, and so are Step Functions' answers, as far as moto's are.
"""

import importlib.util
import logging
import sys
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from local.emulator.clients import client
from local.emulator.history_table import find_record
from local.simulator import catalogue
from tests.integration.conftest import TUTORIAL, System

RECIPE = Path(__file__).parents[2] / "recipes" / "airflow_datamart.py"
USA = [{"name": "Elements of Country", "answers": [{"name": "USA"}]}]
CITY = {"project": TUTORIAL, "datamart": "City", "prompts": USA}


class AirflowException(Exception):
    pass


class AirflowFailException(AirflowException):
    pass


class Deferred(Exception):
    """What ``defer`` raises in Airflow, to leave the worker."""


class Base:
    """The provider's operator: its arguments, and what it does in ``execute``."""

    def __init__(
        self,
        *,
        state_machine_arn: str,
        name: str | None = None,
        state_machine_input: Any = None,
        waiter_max_attempts: int = 30,
        waiter_delay: int = 60,
        deferrable: bool = False,
        task_id: str = "",
    ) -> None:
        self.state_machine_arn, self.name, self.state_machine_input = state_machine_arn, name, state_machine_input
        self.waiter_max_attempts, self.waiter_delay, self.deferrable = waiter_max_attempts, waiter_delay, deferrable
        self.hook = SimpleNamespace(conn=client("stepfunctions"))
        self.log = logging.getLogger("airflow")

    def execute(self, context: Any) -> Any:
        started = self.hook.conn.start_execution(
            stateMachineArn=self.state_machine_arn, name=self.name, input=self.state_machine_input
        )
        if self.deferrable:
            raise Deferred(started["executionArn"], timedelta(seconds=self.waiter_max_attempts * self.waiter_delay))
        return started["executionArn"]


def _module(name: str, **content: Any) -> ModuleType:
    module = ModuleType(name)
    vars(module).update(content)
    return module


@pytest.fixture
def recipe(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The recipe's module, with Airflow's names in place of Airflow."""
    operators = "airflow.providers.amazon.aws.operators"
    for name in ("airflow", "airflow.providers", "airflow.providers.amazon", "airflow.providers.amazon.aws", operators):
        monkeypatch.setitem(sys.modules, name, _module(name))
    for name in ("airflow.providers.common", "airflow.providers.common.compat"):
        monkeypatch.setitem(sys.modules, name, _module(name))
    names = {"AirflowException": AirflowException, "AirflowFailException": AirflowFailException}
    monkeypatch.setitem(sys.modules, "airflow.providers.common.compat.sdk", _module("sdk", **names))
    step_function = _module("step_function", StepFunctionStartExecutionOperator=Base)
    monkeypatch.setitem(sys.modules, f"{operators}.step_function", step_function)
    spec = importlib.util.spec_from_file_location("airflow_datamart", RECIPE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


Task = Callable[..., Any]


@pytest.fixture
def task(recipe: Any, system: System, monkeypatch: pytest.MonkeyPatch) -> Task:
    """Makes the operator of one task, as each try of it does; waiting lets the run end."""
    made: list[Any] = []

    def wait(seconds: float) -> None:
        system.watch(made[-1].execution_arn)

    monkeypatch.setattr(recipe.time, "sleep", wait)

    def make(given: Any, **options: Any) -> Any:
        machine = system.emulator.deployed.state_machine
        made.append(recipe.RunDatamart(task_id="t", state_machine_arn=machine, state_machine_input=given, **options))
        return made[-1]

    return make


def context() -> Any:
    """Of a run of a DAG that no other test has."""
    return {"ti": SimpleNamespace(dag_id="night", task_id="load_sales", run_id=uuid.uuid4().hex, map_index=-1)}


def test_a_task_waits_for_its_run_and_returns_its_output(task: Task, system: System) -> None:
    operator = task({"job": "city-nightly"})
    assert operator.execute(context())["loaded"] == "yes"
    assert ":city-nightly-" in operator.execution_arn
    record = find_record(system.emulator.deployed.history_table, operator.execution_arn)
    assert record is not None
    assert str(record.started_by).startswith("Airflow, night.load_sales, ")
    assert system.loads() == 1


def test_another_try_joins_the_run_that_the_first_has_started(task: Task, system: System) -> None:
    same = context()
    first, second = task(CITY), task(CITY)
    with system.emulator.waiter.working():
        described = first._started_or_joined("key", "me")
        assert second._started_or_joined("key", "me")["executionArn"] == described["executionArn"]
    system.watch(described["executionArn"])
    assert task(CITY).execute(same)["loaded"] == "yes"
    arn = task(CITY)
    assert arn.execute(same)["loaded"] == "yes"  # that of the run that has ended
    assert system.loads() == 2  # "key" is another task


def test_another_try_after_a_run_that_loaded_nothing_starts_a_new_one(task: Task, system: System) -> None:
    same, request = context(), CITY | {"timeoutMinutes": 5}
    system.simulator.inject("get_definition", status=404, json={"code": "ERR004", "message": "gone"}, times=1)
    first = task(request)
    with pytest.raises(AirflowException, match="NotFound: Loaded: no"):
        first.execute(same)
    second = task(request)
    assert second.execute(same)["loaded"] == "yes"
    assert second.execution_arn != first.execution_arn
    assert system.loads() == 1


def test_a_run_of_which_nobody_knows_whether_it_loaded_is_never_repeated(task: Task, system: System) -> None:
    same, request = context(), {"project": TUTORIAL, "datamart": "Broken SQL"}
    arns = set()
    for _ in range(2):
        operator = task(request)
        with pytest.raises(AirflowFailException, match="Loaded: unknown"):
            operator.execute(same)
        arns.add(operator.execution_arn)
    assert len(arns) == 1
    assert system.simulator.state()["loads"].get(catalogue.BROKEN_SQL, 0) == 0


def test_a_task_that_is_killed_stops_its_run(task: Task, system: System) -> None:
    operator = task(CITY)
    operator.execution_arn = operator._started_or_joined("killed", "me")["executionArn"]
    operator.on_kill()
    assert system.watch(operator.execution_arn).status == "ABORTED"
    task(CITY).on_kill()  # before it has started anything


def test_a_deferred_task_gives_its_worker_free_and_gets_the_output_later(task: Task, system: System) -> None:
    same = context()
    operator = task({"job": "city-nightly"}, deferrable=True)
    with system.emulator.waiter.working(), pytest.raises(Deferred) as deferred:
        operator.execute(same)
    arn = deferred.value.args[0]
    system.watch(arn)
    assert task({}).execute_complete(same, {"status": "success", "execution_arn": arn})["loaded"] == "yes"
    assert task({"job": "city-nightly"}, deferrable=True).execute(same)["loaded"] == "yes"
    assert system.loads() == 1
