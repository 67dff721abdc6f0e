"""Every environment variable that a function reads is one that the template gives it."""

import ast
from functools import cache
from pathlib import Path

import pytest

from infra.constructs.function_table import EVERY
from tests.infra.template import Template

ROOT = Path(__file__).parents[3]

OPTIONAL = {
    "JOBS_FILE": "Names another file of jobs than the one beside the code: for the emulator.",
    "BATCHES_FILE": "The same of batches.",
    "CHAT_TOPIC_ARN": "Only where the settings ask for a chat.",
    "OPEN_LINEAGE": "Only where the settings ask for OpenLineage events.",
}
"""Variables that may be missing, each with its reason."""

LAST_LOOK = "No look follows its own, so how long to wait for one means nothing to it."

ONLY_IMPORTED = {
    ("ask_person", "NOTICE_TOPIC_ARN"): "It publishes by the same function, on the topic of questions.",
    ("answer_prompts", "LOOK_COST"): "It records failures of the job, and never says how long to wait for a look.",
    ("end_run", "LOOK_COST"): LAST_LOOK,
    ("sweep", "LOOK_COST"): LAST_LOOK,
}
"""Variables that a module reads which a function imports for something else, each with its reason."""


@cache
def imported(path: Path) -> frozenset[Path]:
    """The modules of ``functions`` that a module imports by itself, anywhere in it."""
    found: set[Path] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            base = ROOT / name.replace(".", "/")
            found |= {file for file in (base.with_suffix(".py"), base / "__init__.py") if file.is_file()}
    return frozenset(found)


def closure(path: Path) -> set[Path]:
    """A module and all that it imports, directly or not."""
    reached, new = set(), {path}
    while new:
        reached |= new
        new = {file for one in new for file in imported(one)} - reached
    return reached


@cache
def variables_read(path: Path) -> set[str]:
    """The names in ``os.environ["NAME"]``, ``os.environ.get("NAME")`` and ``os.getenv("NAME")``."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
            found.add(ast.literal_eval(node.slice))
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("os.environ.get", "os.getenv"):
            found.add(ast.literal_eval(node.args[0]))
    return found


@pytest.mark.parametrize("module", [spec.module for spec in EVERY])
def test_a_function_is_given_every_variable_that_its_code_reads(template: Template, module: str) -> None:
    files = closure(ROOT / "functions" / "handlers" / f"{module}.py")
    read = set().union(*map(variables_read, files)) - set(OPTIONAL)
    read -= {name for of, name in ONLY_IMPORTED if of == module}
    (function,) = [
        f
        for f in template.resources("AWS::Lambda::Function").values()
        if f["Handler"] == f"functions.handlers.{module}.handler"
    ]
    assert read <= set(function["Environment"]["Variables"])


def test_a_function_is_given_no_variable_that_no_code_reads(template: Template) -> None:
    read = set().union(*(variables_read(file) for file in (ROOT / "functions").rglob("*.py")))
    given = {
        name
        for function in template.resources("AWS::Lambda::Function").values()
        for name in function["Environment"]["Variables"]
    }
    assert {name for name in given - read if not name.startswith("POWERTOOLS_")} == set()
