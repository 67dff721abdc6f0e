"""Checks that the account holds the privileges that its jobs need (API.md 2.5, 11.13, 12)."""

from dataclasses import dataclass, field
from typing import Any

from functions.errors import LibraryError
from functions.microstrategy import Client
from local.checks.findings import Findings


@dataclass(frozen=True)
class Need:
    """What takes a privilege: any of ``names`` will do; ``without`` says what happens otherwise."""

    names: tuple[str, ...]
    without: str

    @property
    def in_words(self) -> str:
        """The names as a sentence has them."""
        return " or ".join(f'"{name}"' for name in self.names)


EXECUTE = Need(("Web execute datamart report",), "without it the server refuses to execute")
PUBLISH = Need(
    ("Web publish Intelligent Cube", "Publish Intelligent Cube"), "without it the server refuses to publish cubes"
)


@dataclass(frozen=True)
class Privilege:
    """The scope of a privilege: everywhere, or in some projects (IDs) by a security role."""

    everywhere: bool = True
    projects: frozenset[str] = field(default=frozenset())

    def holds_in(self, project_id: str) -> bool:
        """Whether the account holds it in that project."""
        return self.everywhere or project_id.upper() in self.projects


UNKNOWN = Privilege()
"""Not known, so every project counts as allowed."""


class Privileges:
    """The account's privileges, read once; each need is looked up and reported when a job has it for the first time."""

    def __init__(self, client: Client, account: str, findings: Findings) -> None:
        self._account, self._findings = account, findings
        self._found: dict[Need, Privilege] = {}
        self._listed: list[dict[str, Any]] | None = None
        try:
            self._listed = client.privileges()
        except LibraryError as error:
            findings.note("privileges", account, f"They cannot be read, so this is not known. {error}.")

    def scope(self, need: Need) -> Privilege:
        """Where the account holds what is needed; :data:`UNKNOWN` if the server's list is not conclusive."""
        if need not in self._found:
            self._found[need] = UNKNOWN if self._listed is None else self._reported(need, self._listed)
        return self._found[need]

    def _reported(self, need: Need, listed: list[dict[str, Any]]) -> Privilege:
        wanted = {name.casefold() for name in need.names}
        named = [item for item in listed if _name(item) in wanted]
        if not named:
            return self._not_listed(need, listed)
        found = [_privilege(item) for item in named]
        whole = Privilege(
            any(one.everywhere for one in found), frozenset[str]().union(*(one.projects for one in found))
        )
        held = " and ".join(f'"{name}"' for name in need.names if name.casefold() in map(_name, named))
        if whole.everywhere:
            self._findings.ok("privileges", self._account, f"It holds {held}.")
        elif whole.projects:
            where = f"in {len(whole.projects)} project(s), by a security role"
            self._findings.ok("privileges", self._account, f"It holds {held} {where}.")
        else:
            self._findings.problem("privileges", self._account, f"It does not hold {need.in_words}; {need.without}.")
            return UNKNOWN
        return whole

    def _not_listed(self, need: Need, listed: list[dict[str, Any]]) -> Privilege:
        """The names may be in another language than English: only a list with others of the family is proof."""
        if any(_name(item).startswith("web ") for item in listed):
            self._findings.problem("privileges", self._account, f"{need.in_words} is not among them; {need.without}.")
        else:
            text = f"The list does not say whether {need.in_words} is held; look it up by hand."
            self._findings.note("privileges", self._account, text)
        return UNKNOWN


def _name(item: dict[str, Any]) -> str:
    return str(item.get("name", "")).strip().casefold()


def _privilege(item: dict[str, Any]) -> Privilege:
    """One that comes from a security role has ``isUserLevelAllowed`` false and ``isAllowed`` by project."""
    projects = item.get("projects")
    allowed = (
        str(project.get("id")).upper()
        for project in (projects if isinstance(projects, list) else [])
        if isinstance(project, dict) and project.get("isAllowed") is True
    )
    return Privilege(item.get("isUserLevelAllowed") is not False, frozenset(allowed))
