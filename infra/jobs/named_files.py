"""What files of jobs and of batches have in common: their names, how they are read, and what may not be twice."""

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from infra.jobs.triggered import Triggered
from infra.settings.settings import BadConfiguration

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")


def read_file(path: Path, file: str, what: str) -> tuple[Any, str]:
    """The content of a file, and its text. Raises BadConfiguration for a wrong name, and for what is not JSON.

    Parameters
    ----------
    file
        What it is called in messages.
    what
        What it describes: ``job``, ``batch``.
    """
    try:
        text = path.read_text("utf-8-sig")
        given = json.loads(text, object_pairs_hook=_object, parse_constant=_no_number)
    except (ValueError, RecursionError) as problem:
        raise BadConfiguration(f"{file}: is not JSON ({problem}).") from None
    if not NAME.fullmatch(path.stem):
        raise BadConfiguration(
            f"{file}: invalid {what} name: use a letter, then letters, digits, hyphens or underscores, at most 40 in "
            "all."
        )
    return given, text


def resource_names(name: str) -> str:
    """What the names of the resources of a job or batch have in common, whatever letters are capitals in them.

    See infra/constructs/starter.py.
    """
    return re.sub("[-_]", "", name).lower()


def check_names(files: Iterable[str]) -> None:
    """Raise BadConfiguration where the resources of two of the ``files`` would have the same names."""
    alike: dict[str, str] = {}
    for file in files:
        other = alike.setdefault(resource_names(Path(file).stem), file)
        if other != file:
            raise BadConfiguration(
                f"{file}: must differ from {_beside(file, other)} in more than case, - and _: the resources of both "
                "would have the same names."
            )


def _beside(file: str, other: str) -> str:
    """The other file, without its folder where that is the same."""
    return Path(other).name if Path(other).parent == Path(file).parent else other


def check_numbers(files: Sequence[Triggered]) -> None:
    """Raise BadConfiguration: the resources of load's 11th trigger and of load1's first would have the same names."""
    taken: dict[str, str] = {}
    for each in files:
        for number in range(1, len(each.triggers) + 1):
            this = f"{each.file}: triggers[{number - 1}]"
            if other := taken.get(f"{resource_names(each.name)}{number}"):
                raise BadConfiguration(
                    f"{this}: its resources would have the same names as those of {other}. Rename one of the files so "
                    "that it does not end in a digit."
                )
            taken[f"{resource_names(each.name)}{number}"] = this


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    if twice := [key for key in keys if keys.count(key) > 1]:
        raise ValueError(f'"{twice[0]}" is twice in one object')
    return dict(pairs)


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")
