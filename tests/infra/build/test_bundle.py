"""The bundle: the same bytes every time, all that a handler imports and nothing else, for arm64.

All tests look at one bundle: the first process that asks builds it, the others wait (infra/build/bundle.py).
"""

import re
import shutil
import sys
import tomllib
from pathlib import Path

import pytest

from infra.build.bundle import (
    LOCK,
    MODIFIED,
    ROOT,
    TASK,
    BundleFailed,
    add_byte_code,
    bundle,
    digest,
    files,
    level,
    zipped,
)
from infra.constructs.function_table import EVERY
from infra.constructs.runtime import MINOR
from tests.bench.like_lambda import HANDLERS, link_runtime, run

MB = 1_000_000
ARM64 = 183  # e_machine of an ELF file

LOCKS = sorted((ROOT / "requirements").glob("*.lock")) + list(ROOT.glob("uv.lock"))
PIN = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)


@pytest.fixture(scope="session")
def built() -> Path:
    return bundle()


@pytest.fixture(scope="session")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return link_runtime(tmp_path_factory.mktemp("runtime") / "packages")


@pytest.fixture(scope="session")
def compiled(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With byte code: the runtime's own, or of this interpreter where that is not at hand."""
    return _compiled(built, tmp_path_factory.mktemp("compiled") / "bundle")


def _copied(built: Path, folder: Path) -> Path:
    """The bundle as if it had been built in ``folder``, which takes longer."""
    stamp = f"{built.name}.made-from"
    shutil.copyfile(built.with_name(stamp), folder / stamp)
    return Path(shutil.copytree(built, folder / built.name))


def _compiled(source: Path, target: Path) -> Path:
    shutil.copytree(source, target)
    if not any(target.rglob("*.pyc")):
        add_byte_code(target, sys.executable)
        level(target)
    return target


# -- building ---------------------------------------------------------------------------------------------------


@pytest.mark.exhaustive
def test_two_builds_from_nothing_are_the_same_byte_for_byte(built: Path, tmp_path: Path) -> None:
    one, other = bundle(tmp_path / "one"), bundle(tmp_path / "far" / "away" / "other")
    assert digest(one) == digest(other) == digest(built)
    assert zipped(one) == zipped(other)


@pytest.mark.exhaustive
def test_two_builds_have_the_same_byte_code(built: Path, tmp_path: Path) -> None:
    assert digest(_compiled(built, tmp_path / "one")) == digest(_compiled(built, tmp_path / "away" / "other"))


def test_nothing_is_built_again_while_nothing_has_changed(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = _copied(built, tmp_path)
    monkeypatch.setattr("infra.build.bundle._install", lambda *_: pytest.fail("built again"))
    assert bundle(target) == target


@pytest.mark.exhaustive
def test_a_bundle_that_somebody_touched_is_built_again(built: Path, tmp_path: Path) -> None:
    target = _copied(built, tmp_path)
    before = digest(target)
    (target / "functions" / "left_behind.py").write_text("")
    assert digest(bundle(target)) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lambda", "lambda.lock", "lambda.made-from"]


def _with_wrong_hash(lock: str) -> str:
    return re.sub(r"sha256:[0-9a-f]{64}", "sha256:" + "0" * 64, lock)


def _with_wrong_version(lock: str) -> str:
    return re.sub(r"^idna==\S+", "idna==0.0.999", lock, flags=re.MULTILINE)


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("change", "environment", "sentence"),
    [
        (_with_wrong_hash, {}, r"the downloaded wheel of \S+ does not match any hash in bad\.lock"),
        (_with_wrong_version, {}, r"the registry has no idna==0\.0\.999, which bad\.lock names"),
        (str, {"UV_OFFLINE": "1"}, "the packages cannot be downloaded: the registry was not reached"),
    ],
    ids=["wrong hash", "no such version", "no network"],
)
def test_a_build_that_fails_says_why_in_one_sentence_and_leaves_the_last_one(
    built, tmp_path, monkeypatch, change, environment, sentence
) -> None:
    target, lock = _copied(built, tmp_path), tmp_path / "bad.lock"
    before = digest(target)
    lock.write_text(change(LOCK.read_text()) + "# changed\n")
    if environment:
        monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "empty"))
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BundleFailed) as failure:
        bundle(target, lock)
    assert re.fullmatch(sentence, str(failure.value))
    assert digest(target) == before


# -- what is in it ----------------------------------------------------------------------------------------------


IMPORTS = "import importlib; [importlib.import_module(f'functions.handlers.{{name}}').handler for name in {names}]"


def test_every_handler_imports_in_a_process_that_has_just_the_bundle_and_boto3(compiled, runtime) -> None:
    done = run(IMPORTS.format(names=HANDLERS), compiled, runtime, "-B")
    assert done.returncode == 0, done.stderr


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", HANDLERS)
def test_a_handler_imports_without_the_others(name: str, compiled, runtime) -> None:
    done = run(IMPORTS.format(names=[name]), compiled, runtime, "-B")
    assert done.returncode == 0, done.stderr


def test_the_stack_knows_every_handler() -> None:
    assert sorted(spec.module for spec in EVERY) == HANDLERS


def test_every_locked_package_is_in_the_bundle_and_no_other(built: Path) -> None:
    installed = {
        tuple(path.name.removesuffix(".dist-info").replace("_", "-").rsplit("-", 1))
        for path in built.glob("*.dist-info")
    }
    assert installed == set(PIN.findall(LOCK.read_text()))


def test_what_the_runtime_brings_is_not_in_the_bundle(built: Path) -> None:
    assert not {"boto3", "botocore", "s3transfer", "dateutil", "six.py"} & {path.name for path in built.iterdir()}


def test_the_bundle_with_byte_code_is_at_most_4_MB_zipped(compiled: Path) -> None:
    assert any(compiled.rglob("*.pyc"))
    assert len(zipped(compiled)) <= 4 * MB


def test_there_is_byte_code_of_the_runtime_or_none(built: Path) -> None:
    tags = {path.name.rsplit(".", 2)[1] for path in built.rglob("*.pyc")}
    assert tags <= {f"cpython-{MINOR.replace('.', '')}"}


def test_the_bundle_holds_only_what_runs(built: Path) -> None:
    names = {part for path in files(built) for part in path.relative_to(built).parts}
    assert not names & {"bin", "tests", "__init__.pyi", "RECORD", "INSTALLER", "REQUESTED", "direct_url.json"}
    assert not {"local", "infra", "tests", "statemachine"} & {path.name for path in built.iterdir()}
    own = {path.relative_to(ROOT) for path in files(ROOT / "functions") if path.suffix in (".py", ".json")}
    bundled = {path.relative_to(built) for path in files(built / "functions") if path.suffix != ".pyc"}
    assert bundled == own


def test_extensions_are_for_arm64_and_the_runtime(built: Path) -> None:
    extensions = [path for path in files(built) if path.read_bytes()[:4] == b"\x7fELF"]
    assert extensions
    for path in extensions:
        assert int.from_bytes(path.read_bytes()[18:20], "little") == ARM64, path
        assert f".cpython-{MINOR.replace('.', '')}-aarch64-" in path.name
    for wheel in built.glob("*.dist-info/WHEEL"):
        tags = re.findall(r"^Tag: \S+-(\S+)$", wheel.read_text(), re.MULTILINE)
        assert tags, wheel
        assert all(tag == "any" or tag.endswith("_aarch64") for tag in tags), wheel


def test_no_file_names_a_place_on_this_machine(compiled: Path, tmp_path: Path) -> None:
    places = {str(place).encode() for place in (ROOT, sys.prefix, sys.base_prefix, compiled, tmp_path.parent)}
    for path in files(compiled):
        content = path.read_bytes()
        assert not [place for place in places if place in content], path
    compiled_module = next((compiled / "functions").rglob("telemetry.*.pyc"))
    assert f"{TASK}/functions/telemetry.py".encode() in compiled_module.read_bytes()


def test_rights_and_times_are_the_same_whatever_umask_and_clock(built: Path) -> None:
    assert {path.stat().st_mode & 0o777 for path in files(built)} == {0o644}
    assert {path.stat().st_mode & 0o777 for path in built.rglob("*") if path.is_dir()} == {0o755}
    assert {path.stat().st_mtime for path in built.rglob("*")} == {MODIFIED}


# -- the locks --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_has_hashes_and_no_address(lock: Path) -> None:
    text = lock.read_text()
    assert "://" not in text
    assert "--hash=sha256:" in text


def test_the_lock_is_of_the_present_group_and_agrees_with_the_one_of_development() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = {tuple(re.sub(r"\[.*?\]", "", pin).split("==")) for pin in project["dependency-groups"]["functions"]}
    locked = set(PIN.findall(LOCK.read_text()))
    assert wanted <= locked
    assert locked <= set(PIN.findall((ROOT / "requirements" / "dev.lock").read_text()))
