"""Where things are: the projects of the simulated server, and the folders of the one that has any (API.md 3)."""

from dataclasses import dataclass
from typing import Any

from local.simulator.catalogue import (
    FOLDER_ARCHIVE,
    FOLDER_CUBES,
    FOLDER_DATAMARTS,
    FOLDER_PUBLIC,
    FORBIDDEN_PROJECT,
    IDLE_PROJECT,
    TUTORIAL,
    UNLOADED_PROJECT,
)

NODE = "ENV-308179LAIO2USE1"
"""Name of the one Intelligence Server."""

FOLDER_NIGHTLY = "C4269D8B51130A5AF8AC32416AE9B5EE"
FOLDER_NIGHTLY_ARCHIVE = "D537AE9C62241B6B09BD43527BFAC6FF"
"""Two folders of one name: only their paths tell them apart."""

FOLDER_SCHEMA = "E648C0AD73352B7C1ACE54638C0BD811"
FOLDER_METRICS = "F759D1BE8446308D2BDF65749D1CE922"
"""Where the attributes are, and the metrics."""


@dataclass(frozen=True)
class Folder:
    """A folder and the one that it is in (None: the project's root)."""

    id: str
    name: str
    parent: str | None


FOLDERS = {
    folder.id: folder
    for folder in (
        Folder(FOLDER_PUBLIC, "Public Objects", None),
        Folder(FOLDER_DATAMARTS, "Datamarts", FOLDER_PUBLIC),
        Folder(FOLDER_ARCHIVE, "Archive", FOLDER_PUBLIC),
        Folder(FOLDER_CUBES, "Cubes", FOLDER_PUBLIC),
        Folder(FOLDER_NIGHTLY, "Nightly", FOLDER_DATAMARTS),
        Folder(FOLDER_NIGHTLY_ARCHIVE, "Nightly", FOLDER_ARCHIVE),
        Folder(FOLDER_SCHEMA, "Schema Objects", None),
        Folder(FOLDER_METRICS, "Metrics", FOLDER_PUBLIC),
    )
}


@dataclass(frozen=True)
class Project:
    """A project, its status number, and whether the account may enter it."""

    id: str
    name: str
    status: int = 0
    description: str = ""
    accessible: bool = True

    def describe(self) -> dict[str, Any]:
        """As GET /projects lists it."""
        return {"id": self.id, "name": self.name, "alias": "", "description": self.description, "status": self.status}

    def on_node(self) -> dict[str, Any]:
        """As GET /monitors/iServer/nodes lists it: there the status is a word."""
        return {"id": self.id, "name": self.name, "status": WORDS[self.status]}


PROJECTS = (
    Project(TUTORIAL, "MicroStrategy Tutorial", description="Sales"),
    Project(IDLE_PROJECT, "Idle Project", 7),
    Project(UNLOADED_PROJECT, "Unloaded Project", -1),
    Project(FORBIDDEN_PROJECT, "Forbidden Project", accessible=False),
)

WORDS = {
    0: "loaded",
    1: "exec_idle",
    2: "request_idle",
    4: "wh_exec_idle",
    7: "full_idle",
    -1: "unloaded",
    -2: "unloaded_pending",
    -4: "loaded_pending",
}
"""A project's status number in the monitors' words (API.md 3)."""


def ancestors(folder_id: str) -> list[dict[str, Any]]:
    """The way from the root to a folder, itself included, as a search lists it (API.md 4.2)."""
    chain: list[Folder] = []
    folder: Folder | None = FOLDERS[folder_id]
    while folder is not None:
        chain.append(folder)
        folder = FOLDERS[folder.parent] if folder.parent else None
    listed = [{"id": f.id, "name": f.name, "level": level} for level, f in enumerate(chain, 1)]
    root = {"id": "D43364C684E34A5F9B2F9AD7108F7828", "name": "CASTOR_SERVER", "level": len(listed) + 1}
    return [root, *reversed(listed)]
