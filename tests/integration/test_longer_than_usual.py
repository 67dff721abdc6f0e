"""People are notified of a run that takes longer than usual while it still goes on, once and at a look at its job."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError

from functions import clock
from functions.lifecycle.longer_than_usual import MOST_AN_HOUR, MOST_OF_A_BATCH
from functions.metric_names import LONGER_THAN_USUAL
from functions.names import execution_arn
from functions.notifications import publish
from functions.runs.store.notices import count_longer
from functions.runs.store.table import run_table
from local.outcome import Outcome
from local.simulator.catalogue import SLOW_LOAD
from local.simulator.scenario import Scenario
from tests.integration.conftest import TUTORIAL, System
from tests.integration.test_metrics import Metrics
from tests.integration.test_polling import remember
from tests.support.aws_calls import counted

USUAL = 600.0


@pytest.fixture
def slow(new_system: Callable[..., System]) -> System:
    """Its loads take fifty minutes, and those before it took ten."""
    system = new_system(Scenario(slow_seconds=3_000.0))
    remember(SLOW_LOAD, [USUAL] * 5)
    return system


def lines_of(notice: dict[str, Any]) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in notice["Message"].splitlines())


def test_people_are_notified_once_while_the_run_goes_on_with_the_usual_and_the_expected_end(slow: System) -> None:
    metrics = Metrics(slow)
    outcome = slow.run(datamart=SLOW_LOAD)
    assert outcome.status == "SUCCEEDED", outcome.cause
    (notice,) = slow.notices()
    item = slow.item(outcome)
    assert item["startedAt"] + 1.75 * USUAL < item["told"]["longer"] < item["finishedAt"] - USUAL
    assert notice["Subject"].startswith("Datamart Slow Load takes longer than usual: ")
    assert notice["Subject"].endswith(" so far, usually 10 min")
    said = lines_of(notice)
    posted = item["attempts"]["1"]["postedAt"]
    assert said["Usual"] == "10 min (the median of its last 5 loads)"
    assert said["Expected end"].startswith(f"{clock.minute(posted + USUAL)}, ")
    assert said["Expected end"].endswith(" ago")
    assert said["To see it"] == f"datamart show {outcome.execution_arn.rpartition(':')[2]} --stage dev"
    assert "job monitor" in said["What to do"]
    assert metrics.sums()[LONGER_THAN_USUAL] == 1


def test_a_run_that_takes_as_long_as_ever_writes_nothing_for_it(new_system: Callable[..., System]) -> None:
    system = new_system(Scenario(slow_seconds=700.0))
    remember(SLOW_LOAD, [USUAL] * 5)
    with counted(system.emulator) as calls:
        outcome = system.run(datamart=SLOW_LOAD)
    looks = [call.operation for call in calls if call.module == "get_status"]
    polls = system.item(outcome)["polls"]
    assert polls > 3
    durations = 1  # the last look records how long the job took
    assert looks.count("UpdateItem") == polls + durations
    assert "longer" not in system.item(outcome)["claimed"]
    assert system.notices() == []


def test_after_too_few_loads_nobody_is_notified(new_system: Callable[..., System]) -> None:
    system = new_system(Scenario(slow_seconds=3_000.0))
    remember(SLOW_LOAD, [USUAL] * 4)
    assert system.run(datamart=SLOW_LOAD).status == "SUCCEEDED"
    assert system.notices() == []


def test_a_notification_that_cannot_be_sent_does_no_harm_and_is_sent_at_the_next_look(
    slow: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, refusals = publish.sns(), list[str]()

    class Refusing:
        def publish(self, **message: str) -> Any:
            if len(refusals) < 2:
                refusals.append(message["Subject"])
                raise ConnectionClosedError(endpoint_url="https://sns")
            return real.publish(**message)

    monkeypatch.setattr(publish, "sns", Refusing)
    outcome = slow.run(datamart=SLOW_LOAD)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert len(refusals) == 2
    assert len(slow.notices()) == 1


def before_it(number: int, among: str = "default") -> None:
    """Let so many other runs of the connection, or of the batch, have been reported in this hour and the next."""
    for hour in (0, 3_600):
        with clock.ahead(hour):
            for _ in range(number):
                count_longer(run_table(), among)


def test_the_last_notification_of_an_hour_says_that_others_are_not_reported(slow: System) -> None:
    before_it(MOST_AN_HOUR - 1)
    slow.run(datamart=SLOW_LOAD)
    (notice,) = slow.notices()
    assert "further ones are not reported in this hour" in lines_of(notice)["Others"]
    assert "datamart runs --status running --stage dev" in lines_of(notice)["Others"]


def test_where_every_run_takes_longer_people_get_a_few_notifications_an_hour_and_the_metric_counts_all(
    slow: System,
) -> None:
    metrics = Metrics(slow)
    before_it(MOST_AN_HOUR)
    outcome = slow.run(datamart=SLOW_LOAD)
    assert slow.notices() == []
    assert "longer" in slow.item(outcome)["told"]
    assert metrics.sums()[LONGER_THAN_USUAL] == 1


BATCH = {"batch": {"items": [{"name": "slow", "project": TUTORIAL, "datamart": SLOW_LOAD}]}}


def run_batch(system: System, others: int) -> Outcome:
    """Run the batch, once so many of its items have been reported."""
    name = f"night-after-{others}"
    before_it(others, execution_arn(system.emulator.deployed.batch_machine, name))
    outcome = system.watch_batch(system.emulator.start_batch(BATCH, name))
    assert outcome.status == "SUCCEEDED", outcome.cause
    return outcome


def test_of_a_batch_the_first_item_that_takes_longer_is_reported(slow: System) -> None:
    run_batch(slow, others=0)
    (notice,) = slow.notices()
    said = lines_of(notice)
    assert said["Item of a batch"] == "slow"
    assert said["Others"] == (
        "Further items of its batch that take longer than usual are not reported in this hour. "
        "datamart show night-after-0 --stage dev lists them all."
    )


def test_further_items_of_a_batch_that_take_longer_are_counted_and_not_reported(slow: System) -> None:
    metrics = Metrics(slow)
    run_batch(slow, others=MOST_OF_A_BATCH)
    assert slow.notices() == []
    assert metrics.sums()[LONGER_THAN_USUAL] == 1
