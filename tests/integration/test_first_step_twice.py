"""Step Functions may invoke the first step twice: it begins one run."""

from tests.integration.conftest import System
from tests.support.by_hand import ByHand


def test_a_first_step_that_is_invoked_twice_begins_one_run_and_answers_the_same(system: System) -> None:
    run = ByHand(system)
    begun = run.item
    again = {"executionArn": run.arn, "input": run.request, "startedAt": "2026-11-20T05:00:00Z"}
    answered = [system.invoke("prepare_run", again) for _ in range(2)]
    assert answered[0] == answered[1]
    assert run.item == begun
    run.call("log_in")
    run.ends()
    assert system.simulator.state()["sessions"] == []
