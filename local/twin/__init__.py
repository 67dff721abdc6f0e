"""AWS on one machine: the synthesized template on moto, driving the real handlers in process."""

from local.twin.clock import Clock
from local.twin.twin import Outcome, Twin

__all__ = ["Clock", "Outcome", "Twin"]
