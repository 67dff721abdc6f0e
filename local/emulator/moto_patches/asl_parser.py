"""Parses a definition once, where moto does for every execution, and keeps the query languages of definitions apart.

Parsing our definition takes longer than a run of it: what was parsed is also kept in a file, for the processes to come.
"""

import contextlib
import hashlib
import os
import pickle
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.asl.parse.preprocessor import Preprocessor

FOR = {"moto": "5.2.5"}
"""The version of each package that this was written for."""

KEPT = Path(__file__).parents[3] / ".datamart" / "definitions"
"""Folder of the files, one for each definition."""

MOST_KEPT, LEAST_SIZE = 20, 10_000
"""Files in the folder, the newest; characters from which on a definition is worth one."""

# Read here, so that a name that an upgrade of moto changes fails at once.
parse = AmazonStateLanguageParser.parse


def install() -> None:
    """Patch moto's parser in this process; a second call changes nothing."""
    AmazonStateLanguageParser.parse = staticmethod(_parsed)
    if getattr(Preprocessor.__init__, "keeps_apart", False):
        return
    original = Preprocessor.__init__

    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        self._query_language_per_scope = []  # moto has one list for all definitions and threads

    init.keeps_apart = True  # type: ignore[attr-defined]  # marks the patch, so that it is applied once
    Preprocessor.__init__ = init


@cache
def _parsed(definition: str) -> tuple[Any, Any]:
    """The program, which executions and the iterations of a Map share: evaluating it leaves nothing in it."""
    program = _kept(definition) if len(definition) >= LEAST_SIZE else None
    if program is None:
        program, _ = parse(definition)
        if len(definition) >= LEAST_SIZE:
            _keep(definition, program)
    return program, _ParseTree(definition)


class _ParseTree:
    """The tree that moto's parser returns with a program: only moto's analysers look at it, and none runs here."""

    def __init__(self, definition: str) -> None:
        self._definition = definition

    def __getattr__(self, name: str) -> Any:
        return getattr(parse(self._definition)[1], name)


def _file(definition: str) -> Path:
    made_by = repr((sorted(FOR.items()), sys.version))
    return KEPT / f"{hashlib.sha256(f'{made_by}{definition}'.encode()).hexdigest()}.pickle"


def _kept(definition: str) -> Any:
    """The program as an earlier process parsed it; None if none did, or if its file is damaged."""
    try:
        return pickle.loads(_file(definition).read_bytes())  # noqa: S301 - our own file, beside our own code
    except Exception:
        return None


def _keep(definition: str, program: Any) -> None:
    """Write the program's file, whole or not at all. The run goes on if the folder cannot be written."""
    with contextlib.suppress(OSError):
        for folder in (KEPT.parent, KEPT):  # what is beside it may be the history, which is its owner's alone
            folder.mkdir(0o700, exist_ok=True)
        number, name = tempfile.mkstemp(dir=KEPT, suffix=".part")
        with os.fdopen(number, "wb") as file:
            pickle.dump(program, file, pickle.HIGHEST_PROTOCOL)
        Path(name).replace(_file(definition))
        for old in sorted(KEPT.iterdir(), key=lambda path: path.stat().st_mtime)[:-MOST_KEPT]:
            old.unlink(missing_ok=True)
