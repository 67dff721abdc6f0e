"""Reads the settings of a stage and checks that it has a connection."""

from functions.similar_names import nearest
from infra.settings.settings import BadConfiguration, Settings, settings_of
from local.errors import CannotGoOn


def settings_for(stage: str, connection: str) -> Settings:
    """The stage's settings. Raises CannotGoOn: no such stage, or no such connection in it."""
    try:
        settings = settings_of(stage)
    except BadConfiguration as problem:
        raise CannotGoOn(f"--stage: {problem}") from None
    if connection not in settings.connections:
        raise CannotGoOn(
            f'--connection: unknown connection "{connection}"{nearest(connection, settings.connections)}. '
            f"Connections of infra/settings/{stage}.toml: {', '.join(settings.connections)}."
        )
    return settings
