"""Sums up a synth in one line and decides whether it may be deployed: ``python -m infra.build.synth_report cdk.out``.

CloudFormation's own checker reports real errors as warnings, and the CDK's synth succeeds all the same
(infra/PLATFORM.md "Checkers of a synth"). So every finding that is not accepted with a reason
(infra/constructs/findings.py) ends this with exit code 1, and ``make deploy`` with it. So does what asl-validator finds
in the state machines, which are written into the assembly as JSON.
"""

import json
import sys
from pathlib import Path
from typing import Any

from infra.build import asl_validator
from infra.build.checker_record import NAMES, read_record
from infra.build.node_tools import NotInstalled
from infra.constructs.definition import MACHINES, machine


def main() -> None:
    """Print the line; exit with 1 and the open findings if there are any."""
    assembly = Path(sys.argv[1])
    checkers = checkers_of(assembly)
    sys.stdout.write(f"{assembly.name}: {summary(assembly, checkers)}\n")
    try:
        in_definition = [
            line
            for source in MACHINES
            for line in asl_validator.findings(machine(source), assembly / Path(source.file).with_suffix(".json"))
        ]
    except NotInstalled as problem:
        in_definition = [f"synth: {problem}"]
    if problems := [*in_definition, *unchecked(assembly), *open_findings(checkers)]:
        sys.exit("\n".join(problems))


def summary(assembly: Path, checkers: dict[str, dict[str, Any]]) -> str:
    """A line such as ``DatamartRunner-dev, 127 resources; 34 findings accepted with a reason, 0 open``."""
    stacks = [f"{name}, {len(template['Resources'])} resources" for name, template in _stacks(assembly).items()]
    accepted = sum(len(checker.get("suppressedViolations", [])) for checker in checkers.values())
    left = sum(len(checker["violations"]) for checker in checkers.values())
    return f"{', '.join(stacks)}; {accepted} findings accepted with a reason, {left} open"


def unchecked(assembly: Path) -> list[str]:
    """A line for each checker that has not checked each template, whatever it found there."""
    record = read_record(assembly)
    lines = []
    for name in sorted(NAMES):
        checked = set(record.get(name, []))
        lines += [
            f"synth: {name} did not run on {stack}"
            for stack, file in _files(assembly).items()
            if file.name not in checked
        ]
    return lines


def open_findings(checkers: dict[str, dict[str, Any]]) -> list[str]:
    """A line for each finding that is not accepted, and for each checker that ended with an error."""
    lines = []
    for name, checker in checkers.items():
        if error := (checker.get("metadata") or {}).get("error"):
            lines.append(f"synth: {name}: {error}")
        for finding in checker["violations"]:
            where = ", ".join(construct["constructPath"] for construct in finding["violatingConstructs"])
            lines.append(f"synth: {name}: {finding['ruleName']} at {where}: {finding['description']}")
    return lines


def checkers_of(assembly: Path) -> dict[str, dict[str, Any]]:
    """The checkers' reports by name; empty where the synth ran without them."""
    report = assembly / "validation-report.json"
    if not report.exists():
        return {}
    return {checker["pluginName"]: checker for checker in json.loads(report.read_text("utf-8"))["pluginReports"]}


def _stacks(assembly: Path) -> dict[str, dict[str, Any]]:
    """Templates by the name of the stack."""
    return {name: json.loads(file.read_text("utf-8")) for name, file in _files(assembly).items()}


def _files(assembly: Path) -> dict[str, Path]:
    """Files of the templates by the name of the stack; the folder may hold others, of earlier synths."""
    artifacts = json.loads((assembly / "manifest.json").read_text("utf-8"))["artifacts"]
    return {
        name: assembly / artifact["properties"]["templateFile"]
        for name, artifact in artifacts.items()
        if artifact["type"] == "aws:cloudformation:stack"
    }


if __name__ == "__main__":
    main()
