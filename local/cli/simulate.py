"""``datamart simulate``: the simulator alone, until a signal stops it."""

import argparse

from local.cli.endings import REFUSED, SUCCEEDED, Ending, finish
from local.cli.terminal import put
from local.simulator.serve import serve


def simulate(arguments: argparse.Namespace) -> int:
    """Serve and return the exit code: 2 for a port or scenario that cannot be used; a signal is the usual end."""
    try:
        serve(arguments.port, arguments.scenario, put)
    except (ValueError, OSError, OverflowError) as problem:
        return finish(Ending(REFUSED, said=(f"datamart: {problem}",)))
    return SUCCEEDED
