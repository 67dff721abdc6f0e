"""``datamart --version``: which version is installed."""

import argparse
from importlib import metadata

from functions.names import PRODUCT
from local.cli.terminal import put


class Version(argparse.Action):
    """Prints the version of the installed package and ends; it is looked up only then, which takes a while."""

    def __init__(self, option_strings: list[str], dest: str, help: str | None = None) -> None:
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0, default=argparse.SUPPRESS, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print ``datamart 0.1.0``. Raises SystemExit."""
        put(f"{parser.prog} {metadata.version(PRODUCT)}")
        parser.exit()
