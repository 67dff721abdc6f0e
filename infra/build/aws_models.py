"""Trims botocore's descriptions of AWS services to the operations that the functions call.

What a client is made of is read while a function is initialised, and with the whole descriptions that is most of the
work: 1.3 MB of endpoints, models with every operation and its documentation, and a look into each of 400 folders. The
trimmed files (``functions/aws_models/``, in the layout of ``botocore.loaders``) are written by ``make docs``, from the
botocore that ``requirements/`` names; emulator and tests use the same files.
"""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from botocore.loaders import JSONFileLoader, Loader

from functions.aws_clients import MODELS, OPERATIONS

Model = dict[str, Any]

PAGINATED = ("dynamodb",)
"""Services whose results the functions read page by page."""

ABOUT_ALL = ("partitions", "_retry", "sdk-default-configuration")
"""What a client reads beside its own service's files, but for ``endpoints``, which is trimmed too."""


class _FilesAsTheyAre(JSONFileLoader):  # type: ignore[misc]  # botocore has no types
    """Reads each file itself: where the emulator was opened, loaders share what moto may have changed."""

    def load_file(self, file_path: str) -> Any:
        plain = self._load_file(f"{file_path}.json", open)
        return self._load_file(f"{file_path}.json.gz", gzip.open) if plain is None else plain


def models() -> dict[Path, str]:
    """The text of each file below ``functions/aws_models/``, by its path."""
    loader = Loader(
        include_default_search_paths=False, extra_search_paths=[Loader.BUILTIN_DATA_PATH], file_loader=_FilesAsTheyAre()
    )
    found = {name: loader.load_data(name) for name in ABOUT_ALL}
    prefixes = set()
    for service in OPERATIONS:
        model = loader.load_service_model(service, "service-2")
        prefixes.add(model["metadata"]["endpointPrefix"])
        folder = f"{service}/{model['metadata']['apiVersion']}"
        found[f"{folder}/service-2"] = trimmed(model, OPERATIONS[service])
        found[f"{folder}/endpoint-rule-set-1"] = loader.load_service_model(service, "endpoint-rule-set-1")
        if service in PAGINATED:
            pages = loader.load_service_model(service, "paginators-1")["pagination"]
            found[f"{folder}/paginators-1"] = {"pagination": _only(pages, OPERATIONS[service])}
    found["endpoints"] = _endpoints(loader.load_data("endpoints"), prefixes)
    return {
        MODELS / f"{name}.json": json.dumps(data, separators=(",", ":")) + "\n" for name, data in sorted(found.items())
    }


def trimmed(model: Model, operations: tuple[str, ...]) -> Model:
    """A service's model with those operations, the shapes that they need, and no documentation.

    Raises KeyError for an operation that the service does not have.
    """
    kept = {name: model["operations"][name] for name in operations}
    wanted = list(_shapes_in(kept))
    shapes: Model = {}
    while wanted:
        name = wanted.pop()
        if name not in shapes:
            shapes[name] = model["shapes"][name]
            wanted += _shapes_in(shapes[name])
    found: Model = _undocumented(model | {"operations": kept, "shapes": dict(sorted(shapes.items()))})
    for parameter in found.get("clientContextParams", {}).values():
        parameter["documentation"] = ""  # the one place where botocore needs the key
    return found


def _shapes_in(value: Any) -> Iterator[str]:
    """Names of the shapes that a part of a model refers to: the values of its keys ``shape``."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "shape" and isinstance(inner, str):
                yield inner
            else:
                yield from _shapes_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _shapes_in(inner)


def _undocumented(value: Any) -> Any:
    if isinstance(value, dict):
        texts = [key for key in ("documentation", "documentationUrl") if isinstance(value.get(key), str)]
        return {key: _undocumented(inner) for key, inner in value.items() if key not in texts}
    return [_undocumented(inner) for inner in value] if isinstance(value, list) else value


def _endpoints(endpoints: Model, prefixes: set[str]) -> Model:
    """Those of the services alone, in every partition and region."""
    partitions = [part | {"services": _only(part["services"], prefixes)} for part in endpoints["partitions"]]
    return endpoints | {"partitions": partitions}


def _only(mapping: Model, names: set[str] | tuple[str, ...]) -> Model:
    return {name: value for name, value in mapping.items() if name in names}


def write() -> list[Path]:
    """Write the files anew, and remove all others; the paths of those that changed."""
    wanted = models()
    changed = [path for path in MODELS.rglob("*.json") if path not in wanted]
    for path in changed:
        path.unlink()
    for path, text in wanted.items():
        if not path.exists() or path.read_text("utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
            changed.append(path)
    return changed
