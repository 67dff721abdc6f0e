"""Whether two runs are of one datamart, as far as their requests and the server tell."""

from typing import Any

import pytest

from functions.runs.model import Requested, Run, ServerObject
from functions.runs.same_datamart import is_same_datamart

PROJECT, CITY = "P" * 32, "C" * 32
IN_A = {"name": "City", "path": "/A"}


def run(named: Any, where: Any = "Tutorial", **found: ServerObject) -> Run:
    return Run("arn", requested=Requested(where, named), **found)


BY_ID = run(CITY, PROJECT)
FOUND = {"project": ServerObject(PROJECT, "Tutorial"), "datamart": ServerObject(CITY, "City")}


@pytest.mark.parametrize(
    ("one", "another", "same"),
    [
        (run("City"), run("City"), True),
        (run("City"), run("Town"), False),
        (run("City"), run("City", "Other"), False),
        (run(IN_A), run(IN_A), True),
        (run(IN_A), run(IN_A | {"path": "/B"}), False),
        (run(IN_A), run(IN_A | {"name": "Town"}), False),
        (run("City"), BY_ID, False),
        (run("City", **FOUND), BY_ID, True),
        (run(CITY, PROJECT, **FOUND), run("City"), True),
        (Run("arn"), run("City"), False),
        (Run("arn", **FOUND), run("City"), True),
    ],
    ids=[
        *("one name", "two names", "two projects", "one path", "two paths", "two names in one folder"),
        *("name and ID", "name and the ID that was found", "ID and the name that was found"),
        *("no request", "no request, but found"),
    ],
)
def test_two_runs_are_of_one_datamart_if_project_and_datamart_have_a_name_in_common(
    one: Run, another: Run, same: bool
) -> None:
    assert is_same_datamart(one, another) is is_same_datamart(another, one) is same


def test_a_run_of_which_nothing_is_known_is_of_no_datamart() -> None:
    assert is_same_datamart(BY_ID, None) is False
