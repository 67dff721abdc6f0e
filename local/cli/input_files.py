"""Reads the file that ``datamart run`` or ``datamart start`` is given: JSON, or a batch as CSV."""

import json
from pathlib import Path
from typing import Any

from functions.errors import InvalidRequest
from functions.requests.batches.batch_bytes import content_from_bytes
from local.cli.dialogue import from_json
from local.errors import CannotGoOn

CSV_NAMES = (".csv", ".tsv")
"""How the name of a file ends that is read as CSV, unless it begins as JSON does."""

LARGEST_INPUT = 256 * 1024
"""Bytes: what Step Functions takes as an execution's input."""


def input_from(data: bytes, file: Path) -> Any:
    """The JSON in a file's bytes; the items of a CSV file are ``{"batch": {"items": […]}}``.

    Raises
    ------
    CannotGoOn
        With the name of the file, and the line of each CSV cell that cannot be read.
    """
    _check_size(len(data), file)
    if is_csv(data, file):
        try:
            content = {"batch": content_from_bytes(data, str(file))[0]}
        except InvalidRequest as problem:
            raise CannotGoOn(str(problem)) from None
        _check_size(len(json.dumps(content, ensure_ascii=False).encode()), file)
        return content
    try:
        return from_json(data)
    except (ValueError, RecursionError) as problem:
        raise CannotGoOn(f"{file}: is not JSON ({problem}).") from None


def is_csv(data: bytes, file: Path) -> bool:
    """Whether the file is read as CSV."""
    return file.suffix.lower() in CSV_NAMES and not data.removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"{", b"["))


def _check_size(size: int, file: Path) -> None:
    if size > LARGEST_INPUT:
        raise CannotGoOn(f"{file}: has {size} bytes; an execution's input may have {LARGEST_INPUT}.")
