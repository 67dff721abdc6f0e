"""Reads a synthesized CloudFormation template: its resources, and what its intrinsic functions stand for."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

ACCOUNT = "123456789012"
REGION = "eu-west-1"

Resource = dict[str, Any]


class Template:
    """A template whose references can be resolved, once what they refer to exists.

    Parameters
    ----------
    path
        The template's JSON file, in the cloud assembly that it was synthesized into.
    """

    def __init__(self, path: Path) -> None:
        self._folder = path.parent
        self._template = json.loads(path.read_text("utf-8"))
        self._made: dict[str, tuple[str, dict[str, str]]] = {}

    def resources(self, kind: str) -> dict[str, dict[str, Any]]:
        """Logical ids and properties of all resources of a CloudFormation type."""
        found: dict[str, Resource] = self._template["Resources"]
        return {name: r.get("Properties", {}) for name, r in found.items() if r["Type"] == kind}

    @property
    def jobs_file(self) -> Path:
        """The file of jobs that is deployed beside the code."""
        return self._code / "jobs.json"

    @property
    def batches_file(self) -> Path:
        """The file of batches that is deployed beside the code."""
        return self._code / "batches.json"

    @property
    def _code(self) -> Path:
        function = next(iter(self.resources("AWS::Lambda::Function").values()))
        asset = str(function["Code"]["S3Key"]).removesuffix(".zip")
        return self._folder / f"asset.{asset}"

    def generated_name(self, logical_id: str) -> str:
        """A name as CloudFormation makes one up, in small letters; the same every time."""
        return f"{PSEUDO['AWS::StackName']}-{logical_id}-emulator".lower()

    def made(self, logical_id: str, ref: str, **attributes: str) -> None:
        """Say what ``Ref`` and ``Fn::GetAtt`` of a resource are, now that it exists."""
        self._made[logical_id] = (ref, attributes)

    def resolve(self, value: Any) -> Any:
        """``value`` with every intrinsic function replaced by what it stands for.

        Raises KeyError for a reference to something that was not made.
        """
        if isinstance(value, list):
            return [self.resolve(inner) for inner in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            (function, argument), *_ = value.items()
            if function in _FUNCTIONS:
                return _FUNCTIONS[function](self, argument)
        return {key: self.resolve(inner) for key, inner in value.items()}

    def _ref(self, name: str) -> str:
        return PSEUDO[name] if name in PSEUDO else self._made[name][0]

    def _get_att(self, argument: list[str] | str) -> str:
        name, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
        return self._made[name][1][attribute]

    def _join(self, argument: list[Any]) -> str:
        separator, parts = argument
        return str(separator).join(str(self.resolve(part)) for part in parts)

    def _split(self, argument: list[Any]) -> list[str]:
        separator, text = argument
        return str(self.resolve(text)).split(separator)

    def _select(self, argument: list[Any]) -> Any:
        index, values = argument
        return self.resolve(values)[int(index)]

    def _if(self, argument: list[Any]) -> Any:
        condition, then, otherwise = argument
        return self.resolve(then if self.resolve(self._template["Conditions"][condition]) else otherwise)

    def _equals(self, argument: list[Any]) -> bool:
        one, other = argument
        return bool(self.resolve(one) == self.resolve(other))

    def _sub(self, argument: str | list[Any]) -> str:
        text, values = (argument, {}) if isinstance(argument, str) else argument

        def one(match: re.Match[str]) -> str:
            name = match[1]
            if name in values:
                return str(self.resolve(values[name]))
            return self._get_att(name) if "." in name else self._ref(name)

        return re.sub(r"\$\{([^!}][^}]*)\}", one, text)


_FUNCTIONS: dict[str, Callable[[Template, Any], Any]] = {
    "Ref": Template._ref,
    "Fn::GetAtt": Template._get_att,
    "Fn::Join": Template._join,
    "Fn::Sub": Template._sub,
    "Fn::Split": Template._split,
    "Fn::Select": Template._select,
    "Fn::If": Template._if,
    "Fn::Equals": Template._equals,
}


PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Region": REGION,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": "DatamartRunner-dev",
}
