"""Follow-ups of a batch's items: items that come after one wait for its load, and a failure is told all the same."""

from local.simulator import catalogue
from tests.integration.conftest import TUTORIAL, System
from tests.integration.test_follow_ups import CUBE, EVENT, ROWS, SALES, published, triggered

BROKEN = {"publishCube": "Broken Cube"}
BATCH = {
    "batch": {
        "defaults": {"project": TUTORIAL},
        "items": [
            {"name": "sales", "datamart": SALES, "then": [BROKEN, EVENT]},
            {"name": "stores", "datamart": "Store Master", "after": ["sales"], "then": [EVENT]},
        ],
    }
}


def test_an_item_starts_once_the_one_before_is_loaded_whatever_became_of_its_follow_ups(system: System) -> None:
    outcome = system.watch_batch(system.emulator.start_batch(BATCH))
    assert outcome.status == "SUCCEEDED", outcome.cause
    sales, stores = outcome.output["items"]
    assert (sales["outcome"], sales["error"], stores["outcome"]) == ("loaded", "FollowUpFailed", "loaded")
    assert triggered(system) == ["Load done"], "that of the second item"
    assert (system.loads(SALES), system.posts()) == (1, 2)


def test_a_follow_up_that_failed_is_told_with_the_command_that_repeats_it(system: System) -> None:
    outcome = system.watch_batch(system.emulator.start_batch(BATCH))
    (notice,) = system.notices()
    assert notice["Subject"].endswith("succeeded with failures (loaded: 2 of 2)")
    text = notice["Message"]
    assert "a restart of the batch would run nothing" in text
    assert "the cube Broken Cube was not published" in text
    run = outcome.output["items"][0]["execution"].rpartition(":")[2]
    assert f"To repeat what is missing, without a load: datamart rerun {run} --stage dev --follow-ups" in text


def test_follow_ups_of_the_defaults_are_those_of_each_item(system: System) -> None:
    items = [{"name": "sales", "datamart": SALES}, {"name": "stores", "datamart": "Store Master", "then": []}]
    given = {"batch": {"defaults": {"project": TUTORIAL, "then": [CUBE, EVENT]}, "items": items}}
    outcome = system.watch_batch(system.emulator.start_batch(given))
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert published(system) == [(catalogue.CATEGORY_CUBE, "published", ROWS)]
    assert triggered(system) == ["Load done"]
