"""The simulator alone, for curl, mstrio-py and other clients.

The first five lines that it says, and their order, are read by scripts.
"""

import threading
from collections.abc import Callable

from local.simulator.lines_to_paste import lines_to_paste
from local.simulator.simulator import Simulator


def serve(port: int, scenario: str, say: Callable[[str], None]) -> None:
    """Run a simulator until it is stopped by a signal, saying first where it is and what it accepts.

    Raises ValueError for an unknown scenario, OSError when the port is taken.
    """
    with Simulator(port, scenario) as simulator:
        say(f"base URL:  {simulator.base_url}")
        say(f"user:      {simulator.username}")
        say(f"password:  {simulator.password}")
        say(f"API token: {simulator.api_token}")
        say(f"state:     {simulator.base_url.rpartition('/')[0]}/admin/state")
        for line in lines_to_paste(simulator.base_url, simulator.username, simulator.password):
            say(line)
        say("")
        say("Ctrl-C ends it, and its tables with it.")
        threading.Event().wait()
