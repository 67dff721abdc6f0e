"""After a deployment: does it work in this account? ``python -m local.cli.smoke --stage dev --job city-nightly``.

Looks for the stack, the content of its secrets, a run of the job from start to end, and what the end of that run must
leave in the run table. The run is a real one: it loads the job's table.
"""

import argparse

from local.aws import CannotGoOn
from local.aws.smoke_test import smoke
from local.cli.process import exits_with
from local.cli.terminal import say


def main() -> None:
    """Read the arguments, try the deployment, exit with 0 only if everything held."""
    parser = argparse.ArgumentParser(prog="python -m local.cli.smoke", description=__doc__)
    parser.add_argument("--stage", default="dev")
    parser.add_argument("--job", default="city-nightly", help="the job to run once, for real")
    arguments = parser.parse_args()
    exits_with(lambda: _tried(arguments))


def _tried(arguments: argparse.Namespace) -> int:
    try:
        return smoke(arguments.stage, arguments.job)
    except CannotGoOn as problem:
        say(f"smoke: {problem}")
        return 2


if __name__ == "__main__":
    main()
