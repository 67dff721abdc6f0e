"""How the resources of a job or a connection are called in the stack."""


def construct_name(name: str) -> str:
    """``city-nightly`` as part of a resource's name: CityNightly."""
    return "".join(word[:1].upper() + word[1:] for word in name.replace("_", "-").split("-"))
