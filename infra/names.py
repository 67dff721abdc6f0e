"""Names of a stage's stack and of the resources of a job or a connection in it."""

DEPLOYED = "DatamartRunner"
"""Key of the template's metadata: ``connections`` with their slots, ``jobs`` with their connections, and ``loads``, the
requests of jobs by the keys :data:`LOADS`."""

LOADS = ("project", "datamart")
"""What the metadata says of the request of a job, beside its connection."""


def stack_name(stage: str) -> str:
    """The stack of the stage ``dev`` is DatamartRunner-dev."""
    return f"DatamartRunner-{stage}"


def construct_name(name: str) -> str:
    """``city-nightly`` as part of a resource's name: CityNightly."""
    return "".join(word[:1].upper() + word[1:] for word in name.replace("_", "-").split("-"))
