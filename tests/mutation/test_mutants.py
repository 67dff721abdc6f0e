"""The mutants are changes of the source, each under a name of its own; the list of survivors names only such."""

import ast
from pathlib import Path

import pytest

from tests.mutation import mutants, targets
from tests.mutation.mutants import mutants_of
from tests.mutation.survivors import reasons

SOURCE = '''
"""A docstring."""

REFUSALS = ("busy", "forbidden")
"""Another."""

SECONDS = 60
Judge = Callable[[int], str | None]


def judge(code: int, left: float = 3) -> str | None:
    """A third."""
    if code in REFUSALS and left > 0:
        raise ValueError("a sentence is not changed")
    note(code)
    return None if not code else str(left + 1)
'''

CHANGES = {
    "module: 'busy' left out of ('busy', 'forbidden')",
    "module: 'forbidden' left out of ('busy', 'forbidden')",
    'module: "busy" → "Xbusy"',
    'module: "forbidden" → "Xforbidden"',
    "module: 60 → 0",
    "judge: 3 → 4",
    "judge: code in REFUSALS and left > 0 → code in REFUSALS or left > 0",
    "judge: code in REFUSALS → code not in REFUSALS",
    "judge: if code in REFUSALS and left > 0 → if not",
    "judge: left > 0 → left >= 0",
    "judge: 0 → 1",
    "judge: raise ValueError('a sentence is not changed') → pass",
    "judge: note(code) → pass",
    "judge: return None if not code else str(left + 1) → return None",
    "judge: not code → code",
    "judge: left + 1 → left - 1",
    "judge: 1 → 2",
}


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "sample.py").write_text(SOURCE, "utf-8")
    monkeypatch.setattr(mutants, "ROOT", tmp_path)
    return "sample.py"


def changes_of(path: str) -> set[str]:
    return {mutant.name.removeprefix(f"{path} ") for mutant in mutants_of(path)}


def test_every_expression_that_decides_is_changed(sample: str) -> None:
    assert changes_of(sample) == CHANGES


def test_every_mutant_differs_from_the_source_in_one_place(sample: str) -> None:
    made = [ast.unparse(mutant.make()) for mutant in mutants_of(sample)]
    assert len(set(made)) == len(made)
    assert ast.unparse(ast.parse(SOURCE)) not in made


def test_a_mutant_leaves_the_others_as_they_are(sample: str) -> None:
    found = mutants_of(sample)
    assert [ast.dump(mutant.make()) for mutant in found] == [ast.dump(mutant.make()) for mutant in found]


def test_every_survivor_that_is_listed_is_a_mutant_that_exists() -> None:
    targets.check()
    every = {mutant.name for path in targets.TARGETS for mutant in mutants_of(path)}
    assert set(reasons()) <= every
