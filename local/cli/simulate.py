"""``datamart simulate``: the simulator alone, until a signal stops it."""

import argparse
import errno

from local.cli.endings import REFUSED, SUCCEEDED, Ending, finish
from local.cli.terminal import put
from local.simulator.serve import serve


def simulate(arguments: argparse.Namespace) -> int:
    """Serve and return the exit code: 2 for a port or scenario that cannot be used; a signal is the usual end."""
    try:
        serve(arguments.port, arguments.scenario, put)
    except ValueError as problem:
        return _refused(f"--scenario: {problem}")
    except (OSError, OverflowError) as problem:
        return _refused(f"--port: {_why(arguments.port, problem)}")
    return SUCCEEDED


def _refused(why: str) -> int:
    return finish(Ending(REFUSED, said=(f"datamart: {why}",)))


def _why(port: int, problem: OSError | OverflowError) -> str:
    """Why nothing can listen on the port, and what to do."""
    if isinstance(problem, OverflowError):
        return f"there is no port {port}; use 1 to 65535, or leave --port out for a free one."
    if problem.errno == errno.EADDRINUSE:
        return f"port {port} is in use, perhaps by another simulator. Give another one, or leave --port out."
    return f"port {port} cannot be listened on ({problem.strerror}). Give another one, or leave --port out."
