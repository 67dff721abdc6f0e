"""What silences ``expectBy``: a load of the job's own datamart, however it was started, and nothing else."""

from local.simulator import catalogue
from tests.integration.conftest import System


def test_a_load_of_another_datamart_under_the_jobs_name_does_not_count_for_the_job(system: System) -> None:
    before = system.emulator.item("job/city-nightly")
    outcome = system.run_input(
        {"job": "city-nightly", "request": {"datamart": catalogue.CATEGORY_SALES, "prompts": []}}
    )
    assert outcome.output["loaded"] == "yes"
    assert system.emulator.item("job/city-nightly") == before
    assert system.run_input({"job": "city-nightly"}).output["loaded"] == "yes"
    assert system.emulator.item("job/city-nightly") != before
