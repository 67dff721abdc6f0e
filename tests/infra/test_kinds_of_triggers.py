"""One table has the kinds of triggers; the stack, the emulator and the schema of jobs have each of them."""

import json

from functions.triggers.kinds import KINDS
from infra.constructs.triggers.triggers import triggers_of_kind
from infra.jobs import job_files
from local.emulator import delivery


def test_the_emulator_delivers_every_kind_of_trigger() -> None:
    assert set(delivery.TARGETS) == set(KINDS)


def test_a_kind_of_the_stack_invokes_the_alias_of_that_kind() -> None:
    assert [triggers_of_kind(kind).alias.kind for kind in KINDS] == list(KINDS)


def test_a_job_may_declare_every_kind_of_trigger() -> None:
    schema = json.loads((job_files.FOLDER / "job.schema.json").read_text("utf-8"))
    assert set(KINDS) <= set(schema["properties"]["triggers"]["items"]["properties"])
