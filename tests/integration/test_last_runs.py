"""The last run of each datamart, as ``datamart list --stage`` shows it: read from the stage's history."""

from pathlib import Path

import boto3
import pytest

from local.errors import CannotGoOn
from local.history.last_runs import last_runs
from local.simulator import catalogue
from tests.integration.conftest import CITY, TUTORIAL, System
from tests.support.cloud import deployed

USA = [{"name": "Elements of Country", "answers": [{"name": "USA"}]}]


def test_the_last_run_of_each_datamart_is_read_by_one_query(system: System, template_path: Path) -> None:
    system.run(prompts=USA)
    last = system.run(prompts=[{"name": "No such prompt", "answers": ["x"]}])
    system.run(project=TUTORIAL, datamart="Category Sales")
    with deployed(system.emulator, template_path):
        read: list[str] = []
        boto3.DEFAULT_SESSION.events.register("before-call.dynamodb", lambda model, **_: read.append(model.name))
        last_run, _ = last_runs("dev")
        found = last_run(CITY)
        assert found is not None
        assert (found.execution, found.status) == (last.execution_arn, "FAILED")
        assert last_run(catalogue.SAME_NAME_TWO) is None
        assert read == ["Query", "Query"]


def test_a_stack_without_a_history_says_so(system: System, template_path: Path) -> None:
    with deployed(system.emulator, template_path) as cloud:
        del cloud.outputs["HistoryTableName"]
        with pytest.raises(CannotGoOn, match="keeps no history; deploy it again"):
            last_runs("dev")
