"""Saving the definition: only when asked for, only after the load, and never at the price of what was loaded."""

from typing import Any

import pytest

from local.simulator import catalogue
from tests.integration.conftest import CITY, Example, System

COUNTRIES = [{"name": "Elements of Country", "type": "ELEMENTS", "answers": [{"name": "USA"}, {"name": "England"}]}]
ALL_OPTIONS = {"saveAsWithAnswers": True, "saveAsFilterWithPrompts": True, "saveAsTemplateWithPrompts": False}


def defaults(system: System, datamart: str) -> set[str]:
    """The default answer that a datamart's only prompt has by now, in words."""
    definitions = system.simulator.server.definitions
    found = definitions.default_answers(definitions.spec(datamart)).get(catalogue.ELEMENTS_OF_COUNTRY.id, [])
    return {element["name"] for element in found}


def fails(system: System, outcome: Any, error: str, loaded: str) -> str:
    """Assert how a run failed and that it says nothing else anywhere; return its cause."""
    assert (outcome.status, outcome.error) == ("FAILED", error), outcome.cause
    assert outcome.cause.startswith(f"Loaded: {loaded}. "), outcome.cause
    detail = system.events()[-1]["detail"]
    assert (detail["loaded"], detail["saved"]) == (loaded, None)
    return str(outcome.cause)


def test_nothing_is_saved_unless_it_was_asked_for(example: Example) -> None:
    assert example.state["saves"] == 0


def test_save_makes_the_answers_the_new_defaults_after_the_load(system: System) -> None:
    outcome = system.run(prompts=COUNTRIES, save={"promptOptions": {"saveAsWithAnswers": True}})
    assert outcome.output["saved"] == {"objectId": CITY}
    assert system.simulator.state()["saves"] == 1
    assert outcome.states.index("SaveDatamart") > outcome.states.index("AnswerPrompts")
    assert defaults(system, CITY) == {"USA", "England"}


def test_save_as_goes_by_a_folders_path_and_leaves_the_datamart_as_it_was(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    definitions, sent = system.simulator.server.definitions, []
    save_as = definitions.save_as
    monkeypatch.setattr(definitions, "save_as", lambda *given: sent.append(given[1:]) or save_as(*given))
    before = system.simulator.state()["definitions"][CITY]
    wanted = {"name": "City of mine", "folder": "/public objects/archive/", "promptOptions": ALL_OPTIONS}
    outcome = system.run(prompts=COUNTRIES, saveAs=wanted)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert sent == [("City of mine", catalogue.FOLDER_ARCHIVE, False, ALL_OPTIONS)]
    saved = outcome.output["saved"]["objectId"]
    after = system.simulator.state()["definitions"]
    assert (after[saved]["name"], after[saved]["folder"]) == ("City of mine", catalogue.FOLDER_ARCHIVE)
    assert (after[CITY], defaults(system, CITY)) == (before, set())
    assert defaults(system, saved) == {"USA", "England"}
    assert system.item(outcome)["saveFolderId"] == catalogue.FOLDER_ARCHIVE
    assert system.events()[-1]["detail"]["saved"] == {"objectId": saved}


@pytest.mark.exhaustive  # guarded by: unit/microstrategy/test_calls.py
def test_a_taken_name_is_overwritten_when_that_was_asked_for(system: System) -> None:
    wanted = {"name": "Category Sales", "destinationFolderId": catalogue.FOLDER_DATAMARTS.lower(), "overwrite": True}
    outcome = system.run(prompts=COUNTRIES, saveAs=wanted)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert outcome.output["saved"] == {"objectId": catalogue.CATEGORY_SALES}
    assert defaults(system, catalogue.CATEGORY_SALES) == set()


def test_a_taken_name_is_otherwise_reported_and_the_table_is_loaded(system: System) -> None:
    wanted = {"name": "Category Sales", "folder": "/Public Objects/Datamarts"}
    cause = fails(system, system.run(prompts=COUNTRIES, saveAs=wanted), "SaveFailed", "yes")
    assert "An object of this name exists in the folder" in cause
    assert (system.simulator.state()["saves"], system.posts("/saveAs"), system.loads()) == (0, 1, 1)


def test_a_save_that_fails_after_the_load_says_that_the_table_is_loaded(system: System) -> None:
    system.simulator.inject("save", status=500, json={"code": "ERR002", "message": "no"})
    cause = fails(system, system.run(prompts=COUNTRIES, save={}), "SaveFailed", "yes")
    assert "complete" in cause
    assert system.loads() == 1


def test_a_folder_that_is_not_there_is_found_out_before_anything_is_executed(system: System) -> None:
    cause = fails(
        system, system.run(prompts=COUNTRIES, saveAs={"name": "Mine", "folder": "/Nightly"}), "NotFound", "no"
    )
    for there in ("/Public Objects/Datamarts/Nightly (", "/Public Objects/Archive/Nightly ("):
        assert there in cause
    assert system.posts() == system.posts("/instances") == system.simulator.state()["saves"] == 0
    assert system.events()[-1]["detail"]["datamart"] == {"id": CITY, "name": "City"}


def test_what_was_not_loaded_is_not_saved(system: System) -> None:
    wanted = {"name": "Mine", "folder": "/Public Objects/Archive"}
    outcome = system.run(datamart=catalogue.FAILS_EARLY, saveAs=wanted)
    fails(system, outcome, "DatamartFailed", "no")
    assert "SaveDatamart" not in outcome.states
    assert (system.simulator.state()["saves"], system.posts("/saveAs")) == (0, 0)
