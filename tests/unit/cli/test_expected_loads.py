"""By when tables are expected, as the files of jobs and batches beside the settings say it."""

from local.cli.expected_loads import expected_loads


def test_on_this_computer_the_samples_count_too() -> None:
    expected, said = expected_loads(None)
    assert said == ()
    assert expected["city-nightly"]["timeZone"] == "Europe/Paris"
    assert [name for name, job in expected.items() if "expectBy" in job]


def test_without_readable_files_nothing_is_late_and_that_is_said() -> None:
    expected, (said,) = expected_loads("no-such-stage")
    assert expected == {}
    assert said.startswith("datamart: what was late is not known, because the files of jobs or batches are wrong: ")
    assert 'unknown stage "no-such-stage"' in said
