"""Names with other accents and days just after midnight, from a trigger's input to what the server is sent."""

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.simulator import catalogue
from tests.integration.conftest import TUTORIAL, System
from tests.support.cases import exhaustive

Jobs = Callable[..., dict[str, Any]]


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Jobs:
    """Deploys a job that answers one prompt; returns what starts it."""

    def deploy(datamart: str, prompt: str, answers: Any) -> dict[str, Any]:
        request = {"project": TUTORIAL, "datamart": datamart, "prompts": [{"name": prompt, "answers": answers}]}
        content = {"request": request, "timeZone": "Europe/Paris", "acceptRequests": None, "objects": []}
        (tmp_path / "jobs.json").write_text(json.dumps({"night": content}))
        monkeypatch.setenv("JOBS_FILE", str(tmp_path / "jobs.json"))
        return {"job": "night", "asOf": "2026-02-15T00:30:00+01:00"}

    return deploy


def sent(system: System) -> list[Any]:
    """The answers that the server was sent, those that leave a prompt open left out."""
    bodies = [body["body"]["prompts"] for body in system.simulator.state()["answers"]]
    return [
        prompt["answers"] for prompts in bodies for prompt in prompts if prompt.get("answers") not in (None, [], "")
    ]


@pytest.mark.parametrize("answer", ["{scheduledTime}", exhaustive("{today}")])
def test_a_job_just_after_midnight_sends_its_own_day_to_a_date_prompt(system: System, job: Jobs, answer: str) -> None:
    outcome = system.run_input(job(catalogue.ALL_PROMPTS, "From day", answer))
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert [day[:10] for day in sent(system)] == ["2026-02-15"]


@pytest.mark.parametrize(
    ("stored", "stem"),
    [
        ("Élodie Müller 東京 🦆", unicodedata.normalize("NFD", "Élodie Müller 東京 🦆")),
        exhaustive(("Zoe\u0308 Mu\u0308ller", "Zoë Müller")),
        exhaustive(("Padded Ltd.   ", "Padded Ltd.")),
        exhaustive(("Great\u00a0Britain plc", "Great Britain plc")),
    ],
    ids=["decomposed file name", "decomposed in the warehouse", "padded column", "non-breaking blank"],
)
@pytest.mark.exhaustive  # guarded by: test_prompts.py, unit/prompts/test_accents_and_blanks.py
def test_an_uploads_name_finds_its_customer_among_fifty_thousand(
    system: System, job: Jobs, stored: str, stem: str
) -> None:
    start = job(catalogue.CUSTOMERS, "Customers", [{"name": "{stem}"}])
    outcome = system.run_input(start | {"values": {"stem": stem}})
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert [[one["name"] for one in answer] for answer in sent(system)] == [[stored]]


@pytest.mark.parametrize("stored", [exhaustive("Café"), "Cafe\u0301"], ids=["composed", "decomposed"])
def test_a_datamart_is_found_by_its_name_with_other_accents(system: System, stored: str) -> None:
    country = {"prompts": [{"name": "Elements of Country", "answers": "USA"}]}
    saved = system.run(**country, saveAs={"name": stored, "destinationFolderId": catalogue.FOLDER_DATAMARTS})
    assert saved.status == "SUCCEEDED", saved.cause
    form = "NFD" if stored == "Café" else "NFC"
    outcome = system.run(**country, datamart=unicodedata.normalize(form, stored))  # type: ignore[arg-type]
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert outcome.output is not None
    assert outcome.output["datamart"]["name"] == stored


def test_a_placeholder_in_a_plain_request_is_refused_with_where_placeholders_belong(system: System) -> None:
    outcome = system.run(datamart=catalogue.ALL_PROMPTS, prompts=[{"name": "From day", "answers": "{yesterday}"}])
    assert outcome.error == "PromptAnswerRejected"
    assert "({yesterday}: placeholders are filled in only in the prompt answers of a job file" in str(outcome.cause)
