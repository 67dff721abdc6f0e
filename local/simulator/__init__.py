"""The simulator: an HTTP server with the MicroStrategy Library REST API, and a warehouse in SQLite."""

from local.simulator.faults import Fault
from local.simulator.scenario import Scenario
from local.simulator.scenarios import SCENARIOS
from local.simulator.simulator import Simulator

__all__ = ["SCENARIOS", "Fault", "Scenario", "Simulator"]
