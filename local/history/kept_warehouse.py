"""The warehouse of the simulator that ``datamart run`` keeps beside the history, with the tables of earlier runs."""

import os
from pathlib import Path

from local.history import private_files
from local.history.home import home

NAME = "warehouse.sqlite"


def kept_warehouse(fresh: bool, folder: Path | None = None) -> Path:
    """The file of the warehouse, which only its owner may read; empty if nothing has been kept yet.

    Parameters
    ----------
    fresh
        Whether what earlier runs have loaded is removed first.
    folder
        Where it is kept; that of the history if None.

    Raises
    ------
    OSError
        The folder or the file cannot be made or written.
    """
    folder = home() if folder is None else folder
    private_files.make_folder(folder, folder)
    path = folder / NAME
    if fresh:
        path.unlink(missing_ok=True)
    os.close(private_files.touch(path))
    return path
