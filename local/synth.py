"""Synthesizes the template of the emulator, only if one of its sources has changed."""

import contextlib
import fcntl
import hashlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from local import signals

ROOT = Path(__file__).parents[1]
STAGE = "dev"
"""The stage whose template the emulator runs."""

SOURCES = ("infra", "statemachine", "functions")
FILES = ("pyproject.toml", "requirements/dev.lock")


class SynthFailed(Exception):
    """The CDK app ended with an error; the text is what it said."""


def template_path(begins: Callable[[], None] = lambda: None) -> Path:
    """Path of an up-to-date template for the emulator; ``begins`` is called first if it has to be made.

    Raises SynthFailed.
    """
    output = ROOT / ".datamart" / "synth"
    module = ["infra.app", "--output", str(output), "--without-checks", "--without-bundle", "--with-samples"]
    synthesize(output, module, begins=begins)
    return output / f"DatamartRunner-{STAGE}.template.json"


def synthesize(
    output: Path, module: list[str], sources: tuple[str, ...] = SOURCES, begins: Callable[[], None] = lambda: None
) -> None:
    """Run ``python -m module`` to fill ``output``, unless it was made from just the files that are there now.

    ``begins`` is called before it runs. Two processes never fill a folder at once: the second waits, and finds what the
    first has made. Raises SynthFailed.
    """
    stamp, digest = output / "made-from", _digest(sources)
    with _alone():
        if stamp.exists() and stamp.read_text() == digest:
            return
        begins()
        stamp.unlink(missing_ok=True)  # a synth that is interrupted leaves half a template
        _run(module)
        stamp.write_text(digest)


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Hold the lock of all processes that synthesize in this folder; the system releases that of one that dies."""
    path = ROOT / ".datamart" / "synth.lock"
    path.parent.mkdir(exist_ok=True)
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _run(module: list[str]) -> None:
    """Run the module in processes of their own: the CDK's engine is not needed by the run. Raises SynthFailed.

    A command that is stopped meanwhile ends them, and removes the folder of their temporary files: killed, they
    could not do it themselves.
    """
    with (
        tempfile.TemporaryDirectory(prefix="datamart-synth-", ignore_cleanup_errors=True) as temporary,
        signals.may_leave(lambda: signals.folder(temporary)),
        subprocess.Popen(  # noqa: S603 - our own module under our own interpreter
            [sys.executable, "-m", *module],
            cwd=ROOT,
            env=os.environ | {"TMPDIR": temporary},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process,
    ):
        try:
            said, complained = process.communicate()
        except BaseException:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise
    if process.returncode != 0:
        raise SynthFailed((complained or said).strip()[-2000:])


def _digest(sources: tuple[str, ...]) -> str:
    digest = hashlib.sha256()
    for path in _inputs(sources):
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _inputs(sources: tuple[str, ...]) -> Iterable[Path]:
    for folder in sources:
        paths = sorted(path for path in (ROOT / folder).rglob("*") if path.is_file())
        yield from (path for path in paths if "__pycache__" not in path.parts and path.suffix != ".md")
    yield from (ROOT / name for name in FILES)
