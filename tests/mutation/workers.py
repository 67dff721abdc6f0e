"""Judges mutants: a forked process for each, in which the changed module is imported in place of the real one.

What the tests import of other people's packages is imported once, before the forks. Ours is imported in each of them.
"""

import contextlib
import gc
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import io
import os
import resource
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from tests.mutation.mutants import ROOT, Mutant

OURS = ("functions", "local", "infra", "tests")

SURVIVED, KILLED, NO_TESTS = 0, 1, 5

LONGEST = 60
"""Seconds of the processor after which a mutant counts as noticed: it goes round for ever."""

LONGEST_WAIT = 900
"""Seconds after which it does, too: it waits for what never comes. Longer than the tests take on a busy machine."""


@dataclass(frozen=True)
class Verdict:
    """The result of a mutant."""

    mutant: Mutant
    survived: bool
    seconds: float


class _Changed(importlib.abc.MetaPathFinder):
    """Finds one module, with other code than its file has."""

    def __init__(self, name: str, path: Path, code: CodeType) -> None:
        self._name, self._path, self._code = name, path, code

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._name:
            return None
        loader = _Loader(fullname, str(self._path))
        loader.code = self._code
        return importlib.util.spec_from_file_location(fullname, self._path, loader=loader)


class _Loader(importlib.machinery.SourceFileLoader):
    code: CodeType

    def get_code(self, fullname: str) -> CodeType:
        return self.code


def warm_up(tests: list[str]) -> bool:
    """Run the tests once, and import here what they have imported of other people's; whether they pass."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.close(reader)
        code = _tested(tests, quiet=False)
        others = [name for name in sys.modules if name.partition(".")[0] not in OURS]
        os.write(writer, "\n".join(others).encode())
        os._exit(code)
    os.close(writer)
    with os.fdopen(reader) as names:
        others = names.read().split()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    for name in others:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    gc.freeze()
    return code == 0


def judge(work: list[tuple[Mutant, list[str]]], processes: int) -> Iterator[Verdict]:
    """The verdicts on mutants, each with the tests that are responsible for it, as they come."""
    waiting, running = list(reversed(work)), dict[int, tuple[Mutant, float]]()
    while waiting or running:
        while waiting and len(running) < processes:
            mutant, tests = waiting.pop()
            running[_forked(mutant, tests)] = (mutant, time.monotonic())
        child, status = os.wait()
        mutant, began = running.pop(child)
        code = os.waitstatus_to_exitcode(status)
        if code == NO_TESTS:
            raise RuntimeError(f"there are no tests for {mutant.name}")
        yield Verdict(mutant, code == SURVIVED, time.monotonic() - began)


def _forked(mutant: Mutant, tests: list[str]) -> int:
    child = os.fork()
    if child:
        return child
    signal.alarm(LONGEST_WAIT)
    resource.setrlimit(resource.RLIMIT_CPU, (LONGEST, LONGEST))
    vars(gc)["collect"] = lambda *_: 0  # it would copy the memory that the processes share
    code = KILLED
    try:
        path = ROOT / mutant.path
        module = ".".join(Path(mutant.path).with_suffix("").parts)
        sys.meta_path.insert(0, _Changed(module, path, compile(mutant.make(), str(path), "exec")))
        code = _tested(tests, quiet=True)
    finally:
        os._exit(code)


def _tested(tests: list[str], quiet: bool) -> int:
    # What all tests share is not needed by tests without a conftest.py of their own, and takes half of a mutant's time.
    shared = any((ROOT / test).with_name("conftest.py").exists() for test in tests)
    options = [] if shared else ["--noconftest"]
    options += ["-o", "addopts=", "-p", "no:cacheprovider", "-n", "0", "-m", "not exhaustive", "-x", "-q"]
    if not quiet:
        return int(pytest.main([*options, *tests]))
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return int(pytest.main([*options, "--tb=no", "-p", "no:warnings", *tests]))
