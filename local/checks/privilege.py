"""Checks that the account holds the privilege to execute datamarts (API.md 2.5, 11.13)."""

from dataclasses import dataclass, field
from typing import Any

from functions.errors import LibraryError
from functions.microstrategy import Client
from local.checks.findings import Findings

NAME = "Web execute datamart report"


@dataclass(frozen=True)
class Privilege:
    """The scope of the privilege: everywhere, or in some projects (IDs) by a security role."""

    everywhere: bool = True
    projects: frozenset[str] = field(default=frozenset())

    def holds_in(self, project_id: str) -> bool:
        """Whether the account may execute datamarts in that project."""
        return self.everywhere or project_id.upper() in self.projects


UNKNOWN = Privilege()
"""Not known, so every project counts as allowed."""


def privilege_of(client: Client, account: str, findings: Findings) -> Privilege:
    """The account's privilege; :data:`UNKNOWN` if the server's list is not conclusive."""
    try:
        listed = client.privileges()
    except LibraryError as error:
        findings.note("privileges", account, f"They cannot be read, so this is not known. {error}.")
        return UNKNOWN
    named = next((item for item in listed if _name(item) == NAME.casefold()), None)
    if named is None:
        return _not_listed(listed, account, findings)
    found = _privilege(named)
    if found.everywhere:
        findings.ok("privileges", account, f'It holds "{NAME}".')
    elif found.projects:
        findings.ok(
            "privileges", account, f'It holds "{NAME}" in {len(found.projects)} project(s), by a security role.'
        )
    else:
        findings.problem("privileges", account, f'It does not hold "{NAME}"; without it the server refuses to execute.')
        return UNKNOWN
    return found


def _not_listed(listed: list[dict[str, Any]], account: str, findings: Findings) -> Privilege:
    """The names may be in another language than English: only a list that has others of the family is proof."""
    if any(_name(item).startswith("web ") for item in listed):
        findings.problem(
            "privileges", account, f'"{NAME}" is not among them; without it the server refuses to execute.'
        )
    else:
        findings.note("privileges", account, f'The list does not say whether "{NAME}" is held; look it up by hand.')
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
