"""Reads a synthesized template for the tests: resources by type, and what a role may do."""

import json
from pathlib import Path
from typing import Any


class Template:
    """One stage's template."""

    def __init__(self, path: Path) -> None:
        self.content: dict[str, Any] = json.loads(path.read_text("utf-8"))

    def resources(self, kind: str) -> dict[str, dict[str, Any]]:
        """Logical ids and properties of the resources of a type."""
        found = self.content["Resources"].items()
        return {name: r.get("Properties", {}) for name, r in found if r["Type"] == kind}

    def one(self, kind: str, beginning: str = "") -> dict[str, Any]:
        """Properties of the one resource of a type whose logical id begins so."""
        (found,) = [p for name, p in self.resources(kind).items() if name.startswith(beginning)]
        return found

    def roles_of_functions(self) -> dict[str, str]:
        """The logical id of each function's role, by the function's module."""
        return {
            f["Handler"].split(".")[-2]: f["Role"]["Fn::GetAtt"][0]
            for f in self.resources("AWS::Lambda::Function").values()
        }

    def statements(self, role: str) -> list[dict[str, Any]]:
        """The statements of a role's policies."""
        return [
            statement
            for kind in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")  # the CDK moves to the second what is too long
            for policy in self.resources(kind).values()
            if {"Ref": role} in policy.get("Roles", [])
            for statement in policy["PolicyDocument"]["Statement"]
        ]

    def actions(self, role: str) -> set[str]:
        """Every action that a role may do."""
        return {action for statement in self.statements(role) for action in listed(statement["Action"])}


def listed(value: Any) -> list[Any]:
    """A list of what may be one or a list."""
    return value if isinstance(value, list) else [value]


def mentions(value: Any, logical_id: str) -> bool:
    """Whether a value refers to a resource whose logical id begins so."""
    return f'"{logical_id}' in json.dumps(value)
