"""Parses a definition once, where moto does for every execution, and keeps the query languages of definitions apart."""

from functools import cache
from typing import Any

from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.asl.parse.preprocessor import Preprocessor

FOR = {"moto": "5.2.5"}
"""The version of each package that this was written for."""

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
def _parsed(definition: str) -> Any:
    """The parse tree: evaluating it leaves nothing in it, so that executions and the iterations of a Map share it."""
    return parse(definition)
