"""Writes the file of a new job, and never over another one unless that is wanted."""

import json
import uuid
from pathlib import Path
from typing import Any

from infra.jobs import job_files
from infra.jobs.named_files import NAME
from local.errors import CannotGoOn


def path_of(name: str) -> Path:
    """The file of the job of that name. Raises CannotGoOn for an invalid name."""
    if not NAME.fullmatch(name):
        raise CannotGoOn(
            f'--name: invalid name "{name}": use a letter, then letters, digits, hyphens or underscores, at most 40 '
            "in all."
        )
    return job_files.FOLDER / f"{name}.json"


def check_is_free(path: Path, force: bool) -> None:
    """Raise CannotGoOn if there is a file already, and it is not to be replaced."""
    if path.exists() and not force:
        raise CannotGoOn(
            f"infra/jobs/{path.name} exists already. Give another name with --name, or --force to replace it."
        )


def write(path: Path, content: dict[str, Any]) -> None:
    """Write the file, whole or not at all. Raises CannotGoOn."""
    text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    beside = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        beside.write_text(text, "utf-8")
        beside.replace(path)
    except OSError as problem:
        beside.unlink(missing_ok=True)
        raise CannotGoOn(f"infra/jobs/{path.name}: cannot be written ({problem.strerror}).") from None
