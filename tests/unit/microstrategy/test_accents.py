"""Names of projects, datamarts and folders in any accents, and in which spellings a server is asked for them."""

import json
import time
import unicodedata
from typing import Any

import pytest

from functions.errors import NotFound
from functions.microstrategy.object_names import DATAMART, FOLDER_TYPE, folder_of, object_of, project_of
from functions.runs.model import Requested, Run
from functions.runs.same_datamart import is_same_datamart
from functions.similar_names import spellings
from functions.triggers.accepted_request import accepted
from functions.triggers.trigger_event import RejectedEvent

COMPOSED, DECOMPOSED = "Année", unicodedata.normalize("NFD", "Année")
ONE, TWO = "1" * 32, "2" * 32
BOTH_WAYS = pytest.mark.parametrize(("stored", "asked"), [(COMPOSED, DECOMPOSED), (DECOMPOSED, COMPOSED)])


def folder(name: str, folder_id: str, *above: str) -> dict[str, Any]:
    ancestors = [{"name": one, "level": len(above) - number} for number, one in enumerate(above)]
    return {"id": folder_id, "name": name, "type": FOLDER_TYPE, "ancestors": ancestors}


@BOTH_WAYS
def test_a_project_is_found_with_any_accents_in_its_own_case(stored: str, asked: str) -> None:
    assert project_of(asked, [{"id": ONE, "name": stored}, {"id": TWO, "name": "Annee"}]).id == ONE
    with pytest.raises(NotFound, match="the nearest are"):
        project_of(asked.upper(), [{"id": ONE, "name": stored}])


@BOTH_WAYS
def test_a_datamart_and_its_folder_are_found_with_any_accents(stored: str, asked: str) -> None:
    marts = [{"id": ONE, "name": stored, "subtype": DATAMART.subtype, "ancestors": [{"name": stored, "level": 1}]}]
    assert object_of(DATAMART, asked, None, marts).id == ONE
    assert object_of(DATAMART, asked.upper(), f"/{asked}", marts).id == ONE
    assert folder_of(f"/{asked}/{asked}", [folder(stored, ONE, stored)]) == ONE


def test_of_datamarts_that_differ_only_in_accents_the_one_as_written_is_taken() -> None:
    names = {ONE: COMPOSED, TWO: DECOMPOSED}
    marts = [{"id": one, "name": name, "subtype": DATAMART.subtype} for one, name in names.items()]
    assert [object_of(DATAMART, name, None, marts).id for name in names.values()] == [ONE, TWO]


def test_a_server_is_asked_for_every_spelling_of_a_name_once() -> None:
    assert spellings("City") == ["City"]
    assert spellings(COMPOSED) == [COMPOSED, DECOMPOSED]
    assert spellings(DECOMPOSED) == [COMPOSED, DECOMPOSED]


def test_runs_of_one_datamart_under_names_with_other_accents_are_of_the_same() -> None:
    one, other = (Run("arn", requested=Requested(name, name)) for name in (COMPOSED, DECOMPOSED))
    assert is_same_datamart(one, other)
    assert not is_same_datamart(one, Run("arn", requested=Requested(COMPOSED, "Annee")))


@BOTH_WAYS
def test_a_request_from_outside_is_held_against_the_list_with_any_accents_and_runs_what_is_listed(
    stored: str, asked: str
) -> None:
    listed: list[Any] = [stored, {"name": stored, "path": f"/{stored}"}]
    job = {"request": {}, "acceptRequests": {"projects": [stored], "datamarts": listed}}
    for reference, meant in ((asked, listed[0]), ({"name": asked, "path": f"/{asked}"}, listed[1])):
        text = json.dumps({"project": asked, "datamart": reference})
        assert accepted(text, job) == {"project": stored, "datamart": meant}
    with pytest.raises(RejectedEvent, match="not in the job's acceptRequests"):
        accepted(json.dumps({"project": f"{asked} ", "datamart": asked}), job)


def test_names_of_any_length_and_number_from_a_server_are_compared_in_no_time() -> None:
    began = time.process_time()
    with pytest.raises(NotFound):
        project_of(
            "x" * 250, [{"id": ONE, "name": "x" * 3_000_000}, {"id": TWO, "name": "a" + "\u0301\u0316" * 40_000}]
        )
    with pytest.raises(NotFound):
        project_of("Tutorial", [{"id": f"{n:032X}", "name": f"Tutorials {n}"} for n in range(30_000)])
    with pytest.raises(NotFound):
        folder_of("/Public/x", [folder("x", f"{n:032X}", "Pub lic" * 30) for n in range(5_000)])
    assert time.process_time() - began < 6
