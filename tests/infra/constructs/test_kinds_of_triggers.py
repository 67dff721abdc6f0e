"""Every kind of trigger has a module in the stack, the job files and the emulator, and a key in the schema of jobs."""

from pkgutil import iter_modules

from functions.triggers import kinds
from functions.triggers.kinds import KINDS
from infra.documents.job_schema import with_triggers
from infra.jobs import job_files, triggers
from local.emulator import delivery
from local.emulator.delivery import targets_of


def test_the_emulator_delivers_every_kind_of_trigger() -> None:
    assert all(callable(targets_of(kind)) for kind in KINDS)


def test_every_kind_of_trigger_has_what_its_modules_share() -> None:
    for module, protocol in ((kinds.kind_named, kinds.Kind), (triggers.kind_named, triggers.Kind)):
        wanted = {name for name in (*protocol.__annotations__, *vars(protocol)) if not name.startswith("_")}
        for kind in KINDS:
            assert wanted <= set(vars(module(kind)))


def test_no_other_module_lies_beside_the_kinds_in_the_rooms_that_list_them() -> None:
    for room in (triggers, delivery):
        assert {module.name for module in iter_modules(room.__path__)} == set(KINDS)


def test_a_kind_of_the_stack_invokes_the_alias_of_that_kind() -> None:
    from infra.constructs.triggers.triggers import triggers_of_kind  # only here: to import it starts the CDK's engine

    assert [triggers_of_kind(kind).alias.kind for kind in KINDS] == list(KINDS)


def test_a_job_may_declare_every_kind_of_trigger() -> None:
    assert set(KINDS) <= set(job_files.SCHEMA.rules["properties"]["triggers"]["items"]["properties"])


def test_the_schema_of_jobs_has_the_keys_of_the_kinds_as_make_docs_writes_them() -> None:
    text = (job_files.FOLDER / job_files.SCHEMA_FILE).read_text("utf-8")
    assert with_triggers(text) == text
