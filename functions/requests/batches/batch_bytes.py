"""A batch in a file or an uploaded object: JSON or CSV, told apart by how it begins."""

import codecs
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from functions.errors import InvalidRequest
from functions.requests.batches.batch import LARGEST, Batch, batch_of
from functions.requests.batches.csv_batch import items_of_csv
from functions.requests.batches.item_lines import item_lines
from functions.requests.event_shapes import described
from functions.requests.named_jobs import Job
from functions.text import quoted

_OTHER_ENCODINGS = {codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16"}


def batch_from_bytes(data: bytes, where: str, *, jobs: Mapping[str, Job], literal: bool = False) -> Batch:
    """Read and check a batch.

    Parameters
    ----------
    data
        JSON (``{"items": …}``, also inside ``{"batch": …}``) or CSV, in UTF-8 with or without a byte order mark.
    where, jobs, literal
        As of :func:`functions.requests.batches.batch.batch_of`.

    Raises InvalidRequest.
    """
    written = content_from_bytes(data, where)
    return batch_of(written.content, where, jobs=jobs, literal=literal, places=written.places)


class Written(NamedTuple):
    """A batch as JSON, unchecked; and the line of each item in the text that it was read from, if known."""

    content: Any
    lines: list[int] | None
    is_csv: bool

    @property
    def places(self) -> list[str] | None:
        """What the places of the items are called in messages."""
        if self.is_csv:
            return [f"line {line}" for line in self.lines or ()]
        return places_on(self.lines)


def content_from_bytes(data: bytes, where: str) -> Written:
    """The batch in a text. Raises InvalidRequest."""
    text = _text(data, where)
    if not text.lstrip().startswith(("{", "[")):
        items, lines = items_of_csv(text, where)
        return Written({"items": items}, lines, is_csv=True)
    try:
        content = json.loads(text, object_pairs_hook=_object, parse_constant=_no_number)
    except (ValueError, RecursionError) as problem:
        raise InvalidRequest(f"{where}: is not JSON ({problem}).") from None
    if (shape := described(content)) is not None:
        raise InvalidRequest(f"{where}: {shape}; a batch is expected.")
    if isinstance(content, dict) and set(content) == {"batch"}:
        content = content["batch"]
    return Written(content, item_lines(text), is_csv=False)


def places_on(lines: Sequence[int] | None) -> list[str] | None:
    """What the places of items on these lines are called; None where the lines are not known."""
    if not lines:
        return None
    return [f"line {line}, item {number}" for number, line in enumerate(lines, 1)]


def _text(data: bytes, where: str) -> str:
    if len(data) > LARGEST:
        raise InvalidRequest(f"{where}: has {len(data)} bytes, and {LARGEST} are allowed; make several batches of it.")
    other = next((name for mark, name in _OTHER_ENCODINGS.items() if data.startswith(mark)), None)
    try:
        if other is None:
            return data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise InvalidRequest(f"{where}: line {line}: is not text in UTF-8. Save the file as UTF-8.") from None
    raise InvalidRequest(f"{where}: is text in {other}. Save the file as UTF-8.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in found if keys.count(key) > 1)
        raise ValueError(f"{quoted(twice, 80)} is twice in one object")
    return found


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")
