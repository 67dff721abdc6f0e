"""AWS on one machine: the synthesized template on moto, driving the real handlers in process."""

from local.emulator.moto_patches import regions, unused_services  # noqa: F401 # isort: skip - before those that import moto
from local.emulator import untraced  # noqa: F401 # isort: skip - before those that import the functions
from local.emulator.delivery import NothingStarts, is_delivered
from local.emulator.emulator import Emulator
from local.emulator.questions import Person

__all__ = ["Emulator", "NothingStarts", "Person", "is_delivered"]
