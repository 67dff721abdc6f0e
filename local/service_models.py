"""Reads botocore's models of the services once a process, where every session of boto3 reads and parses them anew.

The emulator and the tests make many sessions: each would take 0.1 s for three clients. Other sessions share the models.
"""

from functools import lru_cache
from typing import Any

from botocore.loaders import JSONFileLoader, Loader

load_file, list_available_services = JSONFileLoader.load_file, Loader.list_available_services


def share() -> None:
    """Let every session of this process have the same models; a second call changes nothing."""
    JSONFileLoader.load_file = _load_file
    Loader.list_available_services = _list_available_services


@lru_cache(maxsize=100)
def _loaded(path: str) -> Any:
    return load_file(JSONFileLoader(), path)


def _load_file(self: Any, path: str) -> Any:
    """A file of the models, for all sessions of the process."""
    return _loaded(path)


_services: dict[tuple[Any, ...], list[str]] = {}


def _list_available_services(self: Any, type_name: str) -> list[str]:
    """The services that have files of a type, for which every session searches a thousand folders."""
    key = (*self.search_paths, type_name)
    if key not in _services:
        _services[key] = list_available_services(self, type_name)
    return _services[key]
