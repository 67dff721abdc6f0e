"""Which loads count for a job's ``expectBy``: those of the datamart that the job's file means, and no others."""

from typing import Any

import pytest

from functions.runs.last_loads import is_load_of
from functions.runs.model import Requested, Run, ServerObject

CITY, OTHER, PROJECT = "C" * 32, "D" * 32, "A" * 32

PLACED = {"name": "City", "path": "/Public Objects/Datamarts"}


def run(project: Any = "Tutorial", datamart: Any = "City", *, name: str | None = "City", id_: str = CITY) -> Run:
    """A run that was asked for ``project`` and ``datamart``, and found the datamart ``id_``."""
    named = None if len(project) == 32 else project
    return Run(
        "arn",
        requested=Requested(project, datamart),
        project=ServerObject(PROJECT, named),
        datamart=ServerObject(id_, name),
    )


def job(datamart: Any = None, project: Any = "Tutorial", **accepts: Any) -> Any:
    request = {key: value for key, value in (("project", project), ("datamart", datamart)) if value is not None}
    return {"request": request, "timeZone": "UTC", "acceptRequests": accepts or None}


@pytest.mark.parametrize(
    ("named_job", "loaded"),
    [
        (job("City"), run()),
        (job("City"), run(datamart=CITY)),
        (job(CITY), run()),
        (job(CITY.lower()), run(datamart=CITY, name=None)),
        (job(PLACED), run(datamart=PLACED)),
        (job(PLACED), run(datamart="City")),
        (job("City", PROJECT), run(PROJECT)),
        (job("City", PROJECT), run("Tutorial")),
        (job(None, None, projects=["Tutorial", PROJECT], datamarts=["City"]), run(PROJECT)),
        (job(None, None, projects=["Tutorial"], datamarts=[CITY]), run()),
    ],
)
def test_a_load_of_the_datamart_that_the_file_means_counts(named_job: Any, loaded: Run) -> None:
    assert is_load_of(named_job, loaded)


@pytest.mark.parametrize(
    ("named_job", "loaded"),
    [
        (job("City"), run(datamart="Sales", name="Sales", id_=OTHER)),
        (job("City"), run(datamart=OTHER, name="Sales", id_=OTHER)),
        (job(CITY), run(datamart=OTHER, name="City", id_=OTHER)),
        (job(PLACED), run(datamart={"name": "City", "path": "/Profiles/somebody"}, id_=OTHER)),
        (job("City"), run(datamart={"name": "City", "path": "/Profiles/somebody"}, id_=OTHER)),
        (job("City", "Other"), run("Tutorial")),
        (job("City", "D" * 32), run(PROJECT)),
        (
            job("City", datamarts=["City", "Small"], projects=["Tutorial"]),
            run(datamart="Small", name="Small", id_=OTHER),
        ),
    ],
)
def test_a_load_of_another_datamart_does_not_count(named_job: Any, loaded: Run) -> None:
    assert not is_load_of(named_job, loaded)
