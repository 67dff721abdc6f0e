"""An execution that began before an upgrade, of a job whose file has follow-ups since: its definition knows none."""

from local.simulator import catalogue
from tests.integration.conftest import System
from tests.integration.upgrade.conftest import old_definition
from tests.integration.upgrade.scenarios import TUTORIAL


def test_its_follow_ups_are_not_done_which_is_a_failure_and_not_a_second_load(system: System) -> None:
    then = [{"publishCube": "Category Cube"}, {"triggerEvent": "Load done"}]
    asked = {"project": TUTORIAL, "datamart": catalogue.CATEGORY_SALES, "then": then}
    with old_definition(system.emulator):
        outcome = system.run_input(asked)
    assert (outcome.status, outcome.error) == ("FAILED", "FollowUpFailed")
    assert (outcome.cause or "").startswith("Loaded: yes. ")
    assert "began before an upgrade" in (outcome.cause or "")
    assert [one["outcome"] for one in system.events()[-1]["detail"]["followUps"]] == ["notDone", "notDone"]
    left = system.emulator.start(asked | {"followUpsOf": outcome.execution_arn.rpartition(":")[2]})
    assert system.watch(left).status == "SUCCEEDED"
    assert system.loads(catalogue.CATEGORY_SALES) == 1
