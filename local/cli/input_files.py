"""Reads the file that ``datamart run`` or ``datamart start`` is given: JSON, or a batch as CSV."""

import json
from pathlib import Path
from typing import Any

from functions.errors import InvalidRequest
from functions.requests.batches.batch_bytes import content_from_bytes
from functions.requests.batches.item_lines import item_lines
from functions.requests.batches.membership import KEY, is_membership
from local.cli.dialogue import from_json
from local.errors import CannotGoOn

CSV_NAMES = (".csv", ".tsv")
"""How the name of a file ends that is read as CSV, unless it begins as JSON does."""

LARGEST_INPUT = 256 * 1024
"""Bytes: what Step Functions takes as an execution's input."""


def input_from(data: bytes, file: Path) -> Any:
    """The JSON in a file's bytes; the items of a CSV file are ``{"batch": {"items": […]}}``.

    A batch has the name of the file, and the lines of its items, as its ``source``, unless that makes it too large.

    Raises
    ------
    CannotGoOn
        With the name of the file, and the line of each CSV cell that cannot be read.
    """
    _check_size(len(data), file)
    if is_csv(data, file):
        try:
            written = content_from_bytes(data, str(file))
        except InvalidRequest as problem:
            raise CannotGoOn(str(problem)) from None
        content = {"batch": written.content}
        _check_size(_size(content), file)
        return _with_source(content, file, written.lines)
    try:
        content = from_json(data)
    except (ValueError, RecursionError) as problem:
        raise CannotGoOn(f"{file}: is not JSON ({problem}).") from None
    if isinstance(content, dict) and isinstance(content.get(KEY), dict) and not is_membership(content[KEY]):
        return _with_source(content, file, item_lines(data.decode("utf-8-sig")))
    return content


def starts_batch(content: Any) -> bool:
    """Whether this is the input of a batch's execution, and not a copied input of one of its runs."""
    if not isinstance(content, dict):
        return False
    return "restartOf" in content or (KEY in content and not is_membership(content[KEY]))


def is_csv(data: bytes, file: Path) -> bool:
    """Whether the file is read as CSV."""
    return file.suffix.lower() in CSV_NAMES and not data.removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"{", b"["))


def _with_source(content: dict[str, Any], file: Path, lines: list[int] | None) -> dict[str, Any]:
    """The batch with what its errors are to name, as far as the input of an execution has room for that."""
    source = {"file": file.name} | ({} if lines is None else {"lines": lines})
    whole = content | {"source": source}
    return whole if _size(whole) <= LARGEST_INPUT else content


def _size(content: Any) -> int:
    return len(json.dumps(content, ensure_ascii=False).encode("utf-8", "replace"))


def _check_size(size: int, file: Path) -> None:
    if size > LARGEST_INPUT:
        raise CannotGoOn(f"{file}: has {size} bytes; an execution's input may have {LARGEST_INPUT}.")
