"""Builds the deployment package of all functions: reproducible, the same bytes on every machine.

``python -m infra.build.bundle`` fills build/lambda with the wheels of requirements/functions.lock for the runtime, and
``functions/``. It downloads nothing and changes nothing while all that it is made from stays the same.

The lock holds just what belongs into the bundle: ``make lock`` resolves the group ``functions`` as if botocore did not
exist, because Lambda brings it, and so whatever only botocore needs never enters the list. Pruning afterwards would
need a second list of names that goes stale; this way all that is installed was resolved, is hashed, and can be read.

The wheels are installed by uv, because pip evaluates the lock's environment markers (``python_full_version < "3.14"``)
for the interpreter that it runs on, and uv for the requested one.
"""

import fcntl
import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path

from infra.build.package_indexes import environment
from infra.constructs import runtime
from infra.constructs.runtime import MINOR

ROOT = Path(__file__).parents[2]
TARGET = ROOT / "build" / "lambda"
LOCK = ROOT / "requirements" / "functions.lock"
OWN = ROOT / "functions"

PLATFORM = "aarch64-manylinux_2_28"
"""arm64, and a C library older than the one of Lambda's Amazon Linux 2023."""

TASK = "/var/task"
"""Where Lambda unpacks the bundle: the paths in stack traces."""

NOT_DEPLOYED = (
    *("bin", ".lock", "**/__pycache__"),
    # Written at the installation; they differ by machine and time.
    *(f"*.dist-info/{name}" for name in ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json")),
    # What no import ever reads: tests, types, the sources of extensions, the pages of a web server.
    *("*/**/tests", "*-stubs", "**/*.pyi", "**/*.c", "**/*.js", "**/*.css"),
    # Parts of Powertools whose packages are not in the bundle (pydantic, PyJWT, Avro, the Encryption SDK).
    *(f"aws_lambda_powertools/utilities/{name}" for name in ("parser", "auth_alpha", "kafka", "data_masking")),
    # Its router for HTTP, by far its largest part; no HTTP request calls these functions. Large parts that keep a state
    # of their own: that of runs is in the run table.
    "aws_lambda_powertools/event_handler",
    *(f"aws_lambda_powertools/utilities/{name}" for name in ("idempotency", "circuit_breaker", "feature_flags")),
    "aws_lambda_powertools/utilities/streaming",
)
"""Removed from what the wheels hold, as patterns below the bundle."""

OWN_NOT_DEPLOYED = ("__pycache__", "*.pyc", "tests", ".*", "*.md")
"""Names below ``functions/`` that do not go to Lambda: a changed document deploys nothing anew."""

FAILURES = (
    (r"Hash mismatch for `(.+?)`", "the downloaded wheel of {0} does not match any hash in {lock}"),
    (r"network was disabled|Failed to fetch", "the packages cannot be downloaded: the registry was not reached"),
    (r"there is no version of (\S+)", "the registry has no {0}, which {lock} names"),
    (r"no wheels|no usable wheels", "a package of {lock} has no wheel for Python {minor} on arm64"),
)
"""From a pattern in uv's output to the sentence that replaces it; the first match counts."""

STAMP = (1980, 1, 1, 0, 0, 0)
MODIFIED = 315_532_800
"""1980-01-01 in UTC, the first moment that a zip file can hold."""


class BundleFailed(Exception):
    """No bundle could be built; the text is one sentence. What was built before is still there."""


def bundle(target: Path = TARGET, lock: Path = LOCK) -> Path:
    """Make sure that ``target`` is the bundle of the present sources, and return it.

    Concurrent processes wait for the one that builds. Where an interpreter of the runtime's own minor
    version is at hand the bundle has byte code too: Lambda's file system is read-only, so without it every cold start
    compiles what it imports.

    Raises
    ------
    BundleFailed
        The network, a hash, or a file that does not compile.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with _alone(_beside(target, "lock")):
        interpreter, version = runtime_interpreter() or (None, "no byte code")
        made_from = _made_from(lock, version)
        stamp = _beside(target, "made-from")
        if target.exists() and stamp.exists() and stamp.read_text() == f"{made_from} {digest(target)}":
            return target
        new, old = _beside(target, "new"), _beside(target, "old")
        _remove(new, old)  # of a build that was killed
        _install(new, lock)
        shutil.copytree(OWN, new / OWN.name, ignore=shutil.ignore_patterns(*OWN_NOT_DEPLOYED))
        if interpreter is not None:
            add_byte_code(new, interpreter)
        level(new)
        if target.exists():
            target.rename(old)
        new.rename(target)
        stamp.write_text(f"{made_from} {digest(target)}")
        _remove(old)
    return target


def digest(folder: Path) -> str:
    """SHA-256 over the name, mode, time and content of every file below ``folder``."""
    total = hashlib.sha256()
    for path in files(folder):
        about = path.stat()
        total.update(f"{path.relative_to(folder).as_posix()}\0{about.st_mode:o}\0{int(about.st_mtime)}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def zipped(folder: Path) -> bytes:
    """The zip file of ``folder``, reproducible. Only its size is used: the CDK makes its own."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in files(folder):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), STAMP)
            entry.external_attr = path.stat().st_mode << 16
            archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def files(folder: Path) -> list[Path]:
    """Every file below ``folder``, in an order that does not depend on the machine."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def own_sources() -> list[Path]:
    """Every file below ``functions/`` that goes to Lambda."""
    return [path for path in files(OWN) if not any(map(_is_not_deployed, path.relative_to(OWN).parts))]


def _is_not_deployed(name: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in OWN_NOT_DEPLOYED)


def runtime_interpreter() -> tuple[str, str] | None:
    """Path and full version of an interpreter of the runtime's own minor version: another's byte code is ignored."""
    for candidate in (sys.executable, shutil.which(f"python{MINOR}")):
        if candidate is None:
            continue
        # Run, because the name proves nothing: the shim of a version manager may have no interpreter behind it.
        result = _run(candidate, "-I", "-c", "import sys; print(sys.version)")
        if result.returncode == 0 and result.stdout.startswith(f"{MINOR}."):
            return candidate, result.stdout.strip()
    return None


def add_byte_code(folder: Path, interpreter: str) -> None:
    """Compile everything below ``folder``, as if it were where Lambda unpacks it.

    Raises BundleFailed, naming the file that does not compile.
    """
    # Unchecked, because the source's time on Lambda is not the one here. One hash seed, for equal bytes every time.
    compiled = _run(
        *(interpreter, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"),
        *("-s", str(folder), "-p", TASK, str(folder)),
        # The user's PYTHONPYCACHEPREFIX would send the byte code elsewhere.
        env={**{k: v for k, v in os.environ.items() if k != "PYTHONPYCACHEPREFIX"}, "PYTHONHASHSEED": "0"},
    )
    if compiled.returncode != 0:
        said = " ".join((compiled.stdout + compiled.stderr).split())
        raise BundleFailed(f"a file of the bundle does not compile: {said}")


def level(folder: Path) -> None:
    """Give everything below ``folder`` the same owner's rights and time, whatever the machine's umask and clock."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
        os.utime(path, (MODIFIED, MODIFIED))


def _install(folder: Path, lock: Path) -> None:
    installed = _run(
        *(sys.executable, "-m", "uv", "pip", "install", "--quiet", "--target", str(folder)),
        *("--python", sys.executable, "--python-version", MINOR, "--python-platform", PLATFORM),
        *("--only-binary", ":all:", "--require-hashes", "--no-deps", "--no-compile-bytecode", "-r", str(lock)),
        # A copy: times and rights are changed below, which must not reach uv's cache.
        *("--link-mode", "copy"),
        env=environment(),
    )
    if installed.returncode != 0:
        _remove(folder)
        raise BundleFailed(_sentence(installed.stderr, lock.name))
    _remove(*(path for pattern in NOT_DEPLOYED for path in list(folder.glob(pattern))))


def _sentence(said: str, lock: str) -> str:
    for sign, sentence in FAILURES:
        if found := re.search(sign, said):
            return sentence.format(*found.groups(), lock=lock, minor=MINOR)
    return f"the packages of {lock} were not installed: {' '.join(said.split())[:500] or 'uv does not say why'}"


def _made_from(lock: Path, version: str) -> str:
    total = hashlib.sha256(version.encode())
    recipe = [Path(__file__), Path(runtime.__file__)]
    own = own_sources()
    for path in (lock, *recipe, *own):
        total.update(f"{path.relative_to(ROOT) if path.is_relative_to(ROOT) else path.name}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _run(*command: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, env=env)  # noqa: S603 - our own


def _beside(target: Path, name: str) -> Path:
    return target.with_name(f"{target.name}.{name}")


def _remove(*paths: Path) -> None:
    for path in paths:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> None:
    """Build, and print the size and the digest of the bundle."""
    try:
        built = bundle()
    except BundleFailed as problem:
        sys.exit(f"bundle: {problem}")
    unzipped = sum(path.stat().st_size for path in files(built))
    byte_code = "with byte code" if any(built.rglob("*.pyc")) else f"without byte code: there is no Python {MINOR} here"
    sys.stdout.write(
        f"{built.relative_to(ROOT)}: arm64, Python {MINOR}, {byte_code}\n"
        f"unzipped {unzipped / 1e6:.2f} MB, zipped {len(zipped(built)) / 1e6:.2f} MB\n"
        f"sha256 {digest(built)}\n"
    )


if __name__ == "__main__":
    main()
