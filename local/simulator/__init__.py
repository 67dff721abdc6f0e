"""A real HTTP server that behaves as the MicroStrategy Library REST API, with a warehouse that is really written."""

from local.simulator.faults import Fault
from local.simulator.scenario import Scenario
from local.simulator.scenarios import SCENARIOS
from local.simulator.simulator import Simulator

__all__ = ["SCENARIOS", "Fault", "Scenario", "Simulator"]
