"""What silences ``expectBy``: a load of the job's own datamart, however it was started, and nothing else."""

from local.simulator import catalogue
from tests.integration.conftest import World


def test_a_load_of_another_datamart_under_the_jobs_name_does_not_count_for_the_job(world: World) -> None:
    before = world.emulator.item("job/city-nightly")
    outcome = world.run_input({"job": "city-nightly", "request": {"datamart": catalogue.CATEGORY_SALES, "prompts": []}})
    assert outcome.output["loaded"] == "yes"
    assert world.emulator.item("job/city-nightly") == before
    assert world.run_input({"job": "city-nightly"}).output["loaded"] == "yes"
    assert world.emulator.item("job/city-nightly") != before
