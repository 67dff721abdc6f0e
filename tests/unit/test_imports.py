"""Imports run one way: from the handlers down to what everybody uses, and from local/ over infra/ to functions/."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PACKAGES = ("functions", "infra", "local")

FLOORS = (
    ("infra.documents",),
    ("local.cli",),
    ("local.checks", "local.first_job"),
    ("local.pages",),
    ("local.report",),
    ("local.history",),
    ("local.aws", "local.emulator", "local.server_access"),
    ("local.simulator",),
    ("local",),
    ("infra.app",),
    ("infra.build",),
    ("infra.stack",),
    ("infra.constructs",),
    ("infra.costs",),
    ("infra.batches",),
    ("infra.jobs",),
    ("infra.settings",),
    ("infra",),
    ("functions.handlers",),
    ("functions.lifecycle",),
    ("functions.notifications",),
    ("functions.runs",),
    ("functions.follow_ups", "functions.prompts", "functions.triggers"),
    ("functions.requests",),
    ("functions.microstrategy",),
    ("functions",),
)
"""From the top to the ground. A room imports only from the floors below its own; a package's name is the room of the
modules directly in it."""

FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}


def module_of(path: Path) -> str:
    """The name by which a file is imported."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_of(path): path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))}


def room_of(module: str) -> str:
    """``functions.runs.store.runs`` is in the room functions.runs, ``functions.text`` in functions."""
    package, *below = module.split(".")
    room = ".".join((package, *below[:1]))
    return room if room in FLOOR or len(below) > 1 else package


def imported_by(module: str, *, for_types: bool = True) -> Iterator[str]:
    """Our own modules that a module imports, also within a function; ``for_types`` also under TYPE_CHECKING."""
    tree = ast.parse(MODULES[module].read_text("utf-8"))
    if not for_types:
        tree.body = [
            one for one in tree.body if not (isinstance(one, ast.If) and "TYPE_CHECKING" in ast.dump(one.test))
        ]
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            found = name if name in MODULES else name.rpartition(".")[0]
            if found in MODULES and found != module:
                yield found


def upward(module: str) -> list[str]:
    """The imports of a module that do not go down."""
    own = room_of(module)
    return [to for to in imported_by(module) if room_of(to) != own and FLOOR[room_of(to)] <= FLOOR[own]]


def test_every_module_is_in_a_room_that_has_a_floor() -> None:
    assert {room_of(module) for module in MODULES} <= set(FLOOR)


@pytest.mark.parametrize("room", list(FLOOR))
def test_a_room_imports_only_from_the_floors_below_it(room: str) -> None:
    inside = [module for module in MODULES if room_of(module) == room]
    assert inside, f"no module is in {room}: take it out of FLOORS"
    assert {module: wrong for module in inside if (wrong := upward(module))} == {}


def test_no_modules_need_each_other_in_a_circle() -> None:
    imports = {module: set(imported_by(module, for_types=False)) for module in MODULES}
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as problem:
        pytest.fail(" imports ".join(problem.args[1]))


def test_an_import_that_goes_up_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for text in ("from functions.handlers import log_in", "def late():\n    import functions.handlers.log_in"):
        (tmp_path / "text.py").write_text(text, "utf-8")
        monkeypatch.setitem(MODULES, "functions.text", tmp_path / "text.py")
        assert upward("functions.text") == ["functions.handlers.log_in"]
