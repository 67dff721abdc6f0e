"""The mutants of a module: each is its source with one expression changed, dropped or turned round."""

import ast
import copy
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parents[2]

OPPOSITES: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}

LONGEST_TEXT = 110
"""Characters of an expression that a name shows."""


@dataclass(frozen=True)
class Mutant:
    """One change: ``name`` says where and what, and stays the same when lines move."""

    path: str
    name: str
    line: int
    make: Callable[[], ast.Module] = dataclass_field(compare=False, repr=False)


Change = tuple[str, Callable[[ast.AST], ast.AST | None]]
"""What the change is called, and what makes the new node from a copy of the old; None removes it from its list."""


def mutants_of(path: str) -> list[Mutant]:
    """All of them, in the order of the source. ``path`` is relative to the repository."""
    source = (ROOT / path).read_text("utf-8")
    tree = ast.parse(source)
    seen: Counter[str] = Counter()
    found = []
    for place, node, where in _places(tree, [], "module"):
        for name, change in _changes(node, where):
            full = f"{path} {where}: {name}"
            seen[full] += 1
            number = f" (#{seen[full]})" if seen[full] > 1 else ""
            found.append(
                Mutant(path, full + number, getattr(node, "lineno", 0), partial(_changed, tree, place, change))
            )
    return found


Place = list[tuple[str, int | None]]
"""The way from the module to a node: fields, and the position in each that is a list."""


def _places(node: ast.AST, place: Place, where: str) -> Iterator[tuple[Place, ast.AST, str]]:
    """Every node that may be changed: no annotations, no docstrings, no texts for people."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        where = node.name if where == "module" else f"{where}.{node.name}"
    yield place, node, where
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list", "type_params", "exc", "msg"):
            continue  # an error's text decides nothing; changes of the condition show which error it is
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST) and not _is_docstring(child) and not _is_type(child):
                yield from _places(child, [*place, (field, index)], where)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_type(node: ast.AST) -> bool:
    return isinstance(node, ast.Subscript) and ast.unparse(node.value) in (
        "Callable",
        "Literal",
        "dict",
        "list",
        "tuple",
    )


def _changed(tree: ast.Module, place: Place, change: Callable[[ast.AST], ast.AST | None]) -> ast.Module:
    new = copy.deepcopy(tree)
    parent: ast.AST = new
    for field, index in place[:-1]:
        value = getattr(parent, field)
        parent = value if index is None else value[index]
    field, index = place[-1]
    if index is None:
        setattr(parent, field, change(getattr(parent, field)))
    else:
        items = getattr(parent, field)
        made = change(items[index])
        items[index : index + 1] = [] if made is None else [made]
    return ast.fix_missing_locations(new)


# -- what is changed into what --------------------------------------------------------------------------------------


def _changes(node: ast.AST, where: str) -> Iterator[Change]:
    yield from _of_operators(node)
    yield from _of_conditions(node)
    yield from _of_values(node, where)
    yield from _of_collections(node)
    yield from _of_statements(node)


def _of_operators(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Compare):
        for number, operator in enumerate(node.ops):
            if type(operator) in OPPOSITES:
                yield _replacing(node, _comparing(number))
    elif isinstance(node, (ast.BoolOp, ast.BinOp)) and type(node.op) in OPPOSITES and not _is_text(node):
        yield _replacing(node, _with_the_other_operator)


def _comparing(number: int) -> Callable[[ast.AST], ast.AST]:
    def change(node: ast.AST) -> ast.AST:
        assert isinstance(node, ast.Compare)
        node.ops[number] = OPPOSITES[type(node.ops[number])]()  # type: ignore[assignment]
        return node

    return change


def _with_the_other_operator(node: ast.AST) -> ast.AST:
    assert isinstance(node, (ast.BoolOp, ast.BinOp))
    node.op = OPPOSITES[type(node.op)]()  # type: ignore[assignment]
    return node


def _is_text(node: ast.AST) -> bool:
    return any(isinstance(part, (ast.JoinedStr, ast.Constant)) and _words(part) for part in ast.walk(node))


def _words(node: ast.JoinedStr | ast.Constant) -> bool:
    return isinstance(node, ast.JoinedStr) or isinstance(node.value, str)


def _of_conditions(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield _replacing(node, lambda one: one.operand)  # type: ignore[attr-defined]
    elif isinstance(node, (ast.If, ast.IfExp, ast.While)) and not isinstance(node.test, (ast.Compare, ast.UnaryOp)):
        yield (f"if {_short(node.test)} → if not", _turned_round)
    elif isinstance(node, ast.comprehension):
        for number, test in enumerate(node.ifs):
            yield (f"for … if {_short(test)} → for …", _without_condition(number))


def _turned_round(node: ast.AST) -> ast.AST:
    assert isinstance(node, (ast.If, ast.IfExp, ast.While))
    node.test = ast.UnaryOp(ast.Not(), node.test)
    return node


def _without_condition(number: int) -> Callable[[ast.AST], ast.AST]:
    def change(node: ast.AST) -> ast.AST:
        assert isinstance(node, ast.comprehension)
        del node.ifs[number]
        return node

    return change


def _of_values(node: ast.AST, where: str) -> Iterator[Change]:
    if isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield (f"{node.value} → {not node.value}", lambda _: ast.Constant(not node.value))
        elif isinstance(node.value, (int, float)):
            # Tests take the value of a constant from its module: one more does not change a decision.
            other = 0 if where == "module" and node.value else node.value + 1
            yield (f"{node.value} → {other}", lambda _: ast.Constant(other))
        elif isinstance(node.value, str) and node.value and " " not in node.value and "{" not in node.value:
            yield (f'"{node.value}" → "X{node.value}"', lambda _: ast.Constant(f"X{node.value}"))  # type: ignore[str-bytes-safe]
    elif isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        yield (f"return {_short(node.value)} → return None", lambda _: ast.Return(ast.Constant(None)))


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _of_collections(node: ast.AST) -> Iterator[Change]:
    """Each element of a literal left out; the exception classes of a clause as well."""
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        for number, element in enumerate(node.elts):
            yield (f"{_short(element)} left out of {_short(node)}", _without("elts", number))
    elif isinstance(node, ast.Dict):
        for number, key in enumerate(node.keys):
            name = _short(key) if key is not None else f"**{_short(node.values[number])}"
            yield (f"{name} left out of {_short(node)}", _without_key(number))


def _without(field: str, number: int) -> Callable[[ast.AST], ast.AST]:
    def change(node: ast.AST) -> ast.AST:
        del getattr(node, field)[number]
        if isinstance(node, ast.Set) and not node.elts:
            return ast.Call(ast.Name("set", ast.Load()), [], [])
        return node

    return change


def _without_key(number: int) -> Callable[[ast.AST], ast.AST]:
    def change(node: ast.AST) -> ast.AST:
        assert isinstance(node, ast.Dict)
        del node.keys[number], node.values[number]
        return node

    return change


def _of_statements(node: ast.AST) -> Iterator[Change]:
    calls = isinstance(node, ast.Expr) and not isinstance(node.value, (ast.Yield, ast.YieldFrom))
    if calls or isinstance(node, (ast.Raise, ast.AugAssign)):
        yield (f"{_short(node)} → pass", lambda _: ast.Pass())


def _replacing(node: ast.AST, change: Callable[[ast.AST], ast.AST]) -> Change:
    return (f"{_short(node)} → {_short(change(copy.deepcopy(node)))}", change)


def _short(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"
