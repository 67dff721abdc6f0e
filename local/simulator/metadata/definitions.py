"""The definitions in the metadata: read, changed, saved, made anew (API.md 4, 5.1)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from local.simulator.catalogue import CUBE_SUBTYPE, DATAMART_SUBTYPE, DatamartSpec, datamarts
from local.simulator.iserver.instance import Instance
from local.simulator.iserver.instances import new_id
from local.simulator.metadata.places import FOLDERS
from local.simulator.response import Refusal
from local.simulator.scenario import Scenario
from local.simulator.warehouse.table_name import checked

FIRST_STORED = 1_793_513_802.0  # a November's morning, for what was never changed


class Definitions:
    """Every report of the project.

    Parameters
    ----------
    scenario, clock
        How to behave, seconds since the epoch.
    """

    def __init__(self, scenario: Scenario, clock: Callable[[], float]) -> None:
        self._scenario, self._clock = scenario, clock
        self._specs = datamarts(scenario.nesting, scenario.slow_seconds, scenario.more_loads, scenario.appending_loads)
        self._defaults: dict[str, dict[str, Any]] = {}
        self._versions = {spec: new_id() for spec in self._specs}
        self._stored: dict[str, float] = {}
        self._indexed = set(self._specs)
        self.saves = 0

    def all(self, indexed_only: bool = False) -> list[DatamartSpec]:
        """Every report, or those that the quick search's index knows (API.md 4.2)."""
        fresh = not (indexed_only and self._scenario.stale_index)
        return [spec for spec in self._specs.values() if fresh or spec.id in self._indexed]

    def spec(self, datamart_id: str) -> DatamartSpec:
        """A report by id. Raises Refusal 404."""
        spec = self._specs.get(datamart_id.upper())
        if spec is None:
            raise Refusal(404, 4, "The object was not found in the metadata.", -2147216373)
        return spec

    def datamart(self, datamart_id: str) -> DatamartSpec:
        """A datamart by id. Raises Refusal when it is another kind of report."""
        spec = self.spec(datamart_id)
        if spec.subtype != DATAMART_SUBTYPE:
            raise Refusal(400, 1, "The report is not a datamart.", -2147205451)
        return spec

    def cube(self, cube_id: str) -> DatamartSpec:
        """A cube by id. Raises Refusal when it is another kind of report."""
        spec = self.spec(cube_id)
        if spec.subtype != CUBE_SUBTYPE:
            raise Refusal(400, 1, "The report is not an Intelligent cube.")
        return spec

    def version(self, spec: DatamartSpec) -> str:
        """Changes with every save."""
        return self._versions[spec.id]

    def modified(self, spec: DatamartSpec) -> float:
        """When it was stored last, in seconds since the epoch."""
        return self._stored.get(spec.id, FIRST_STORED)

    def default_answers(self, spec: DatamartSpec) -> dict[str, Any]:
        """Default answers that were saved over those of the definition, by prompt id."""
        return self._defaults.get(spec.id, {})

    def save(self, instance: Instance, options: dict[str, Any]) -> str:
        """Save an instance's definition in place: the answers become the defaults if asked for."""
        self._keep_answers(instance.spec.id, instance, options)
        self._store(instance.spec)
        self.saves += 1
        return instance.spec.id

    def save_as(self, instance: Instance, name: str, folder: str, overwrite: bool, options: dict[str, Any]) -> str:
        """Save an instance's definition as another object. Raises Refusal: unknown folder, name taken."""
        taken = self._taken(name, folder)
        if taken and not overwrite:
            raise Refusal(*self._scenario.save_as_clash, "An object of this name exists in the folder.")
        spec = replace(instance.spec, id=taken.id if taken else new_id(), name=name, folder=folder.upper())
        self._keep_answers(spec.id, instance, options)
        self._store(spec)
        self.saves += 1
        return spec.id

    def change(self, spec: DatamartSpec, information: dict[str, Any], options: dict[str, Any]) -> DatamartSpec:
        """Store a definition with what a body says of it (PUT and POST). Raises Refusal 400."""
        properties = options.get("datamartProperties") or {}
        changed = replace(
            spec,
            name=str(information.get("name", spec.name)),
            folder=str(information.get("destinationFolderId", spec.folder)).upper(),
            table=checked(str(options.get("tableName", spec.table))),
            append=bool(options.get("append", spec.append)),
            properties=spec.properties | {_short(key): _value(entry) for key, entry in properties.items()},
        )
        checked(changed.properties.get("Table Prefix", ""))
        other = self._taken(changed.name, changed.folder)
        if other is not None and other.id != changed.id:
            raise Refusal(*self._scenario.save_as_clash, "An object of this name exists in the folder.")
        self._store(changed)
        return changed

    def from_report(self, source: DatamartSpec, information: dict[str, Any], options: dict[str, Any]) -> DatamartSpec:
        """A new datamart of a report's template and filter."""
        return self.change(replace(source, id=new_id(), subtype=DATAMART_SUBTYPE), information, options)

    def _taken(self, name: str, folder: str) -> DatamartSpec | None:
        if folder.upper() not in FOLDERS:
            raise Refusal(404, "8004cb05", "The destination folder does not exist.")
        return next((s for s in self._specs.values() if (s.name, s.folder) == (name, folder.upper())), None)

    def _store(self, spec: DatamartSpec) -> None:
        self._specs[spec.id] = spec
        self._versions[spec.id] = new_id()
        self._stored[spec.id] = self._clock()

    def _keep_answers(self, saved_id: str, instance: Instance, options: dict[str, Any]) -> None:
        """What is saved has the defaults of what it was made of, under the answers if they are asked for."""
        answered: dict[str, Any] = {}
        if options.get("saveAsWithAnswers"):
            answered = {p.prompt.id: p.answer for p in instance.prompts if p.answer is not None}
        self._defaults[saved_id] = {**self._defaults.get(instance.spec.id, {}), **answered}


def _short(key: str) -> str:
    """``[DatamartProperties].[Maximum Rows]`` without its set."""
    return key.rpartition("[")[2].rstrip("]")


def _value(entry: Any) -> str:
    return str(entry.get("value", "") if isinstance(entry, dict) else entry)
