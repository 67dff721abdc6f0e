"""Documents that list files, commands or placeholders list all of them."""

import re

from functions.requests.named_days import DATES
from functions.requests.placeholders import OF_S3, OF_SNS, SCHEDULED_TIME, placeholders
from infra.batches.batch_files import sample_paths as batch_samples
from infra.documents.command_tables import commands
from infra.jobs.job_files import sample_paths
from tests.unit.documents.citations import ROOT, headings_of
from tests.unit.documents.links import LINK


def _text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def test_every_sample_event_is_described() -> None:
    listed = set(LINK.findall(_text("events/README.md")))
    assert {path.name for path in (ROOT / "events").glob("*.json")} <= listed


def test_every_sample_job_is_described() -> None:
    listed = set(LINK.findall(_text("infra/jobs/README.md")))
    assert {f"samples/{path.name}" for path in sample_paths()} <= listed


def test_every_sample_batch_is_described() -> None:
    listed = set(LINK.findall(_text("infra/batches/README.md")))
    assert {f"samples/{path.name}" for path in batch_samples()} <= listed


def test_every_command_has_a_section() -> None:
    assert {f"datamart {name}" for name in commands()} <= set(headings_of(_text("local/README.md")))


def test_every_placeholder_is_described_and_every_described_one_exists() -> None:
    _, _, section = _text("infra/jobs/README.md").partition("## Placeholders")
    section = section.partition("\n## ")[0]
    described = {found.name for token in re.findall(r"`({[^`]+})`", section) for found in placeholders(token)}
    assert {*DATES, *OF_S3, *OF_SNS, SCHEDULED_TIME, "message.NAME"} == described
