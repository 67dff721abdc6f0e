"""AWS on one machine: the synthesized template on moto, driving the real handlers in process."""

from local.twin import regions  # noqa: F401 - before the others, which import moto
from local.twin.delivery import NothingStarts, is_delivered
from local.twin.twin import Person, Twin

__all__ = ["NothingStarts", "Person", "Twin", "is_delivered"]
