"""A picture of the stack's AWS resources and of what calls what, drawn from the synthesized template (Mermaid)."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Resource = dict[str, Any]
Edge = tuple[str, str]
"""Logical IDs of a caller and of what it calls."""

SERVICES = {
    "AWS::Scheduler::Schedule": "EventBridge Scheduler",
    "AWS::Events::Rule": "EventBridge rule",
    "AWS::S3::Bucket": "S3 bucket",
    "AWS::SNS::Topic": "SNS topic",
    "AWS::Lambda::Function": "Lambda",
    "AWS::StepFunctions::StateMachine": "Step Functions",
    "AWS::DynamoDB::Table": "DynamoDB",
    "AWS::SecretsManager::Secret": "Secrets Manager",
    "AWS::SQS::Queue": "SQS queue",
    "AWS::CloudWatch::Alarm": "CloudWatch",
}
"""The resources that are drawn, by their type. Roles, policies, log groups and the like are not."""

STARTER = "start_run"


def resource_picture(template: Path) -> str:
    """A Mermaid block; ``template`` is the file of a template with every kind of trigger."""
    resources: dict[str, Resource] = json.loads(template.read_text("utf-8"))["Resources"]
    labels = {name: label for name in resources if (label := _label(name, resources)) is not None}
    edges = {(labels[one], labels[other]) for one, other in _edges(resources) if one in labels and other in labels}
    drawn = dict.fromkeys(labels.values())
    lines = [f'  {_identifier(label)}["{label.replace(": ", "<br>", 1)}"]' for label in drawn]
    lines += [f"  {_identifier(one)} --> {_identifier(other)}" for one, other in sorted(edges) if one != other]
    return "\n".join(["```mermaid", "flowchart LR", *lines, "```"])


def _label(name: str, resources: dict[str, Resource]) -> str | None:
    """What is drawn for a resource; resources with the same label are drawn once. None for what is not drawn."""
    kind, properties = resources[name]["Type"], resources[name].get("Properties", {})
    if kind == "AWS::Lambda::Alias":
        return _label(properties["FunctionName"]["Ref"], resources)
    if kind not in SERVICES:
        return None
    return f"{SERVICES[kind]}: {_what(name, kind, properties, resources)}"


def _what(name: str, kind: str, properties: dict[str, Any], resources: dict[str, Resource]) -> str:
    if kind == "AWS::Lambda::Function":
        steps = _steps(resources)
        return f"{len(steps)} steps of a run" if name in steps else _module(properties)
    if kind == "AWS::CloudWatch::Alarm":
        return f"{sum(one['Type'] == kind for one in resources.values())} alarms"
    called = [_module(resources[one]["Properties"]) for one in _called_functions(name, resources)]
    if STARTER in called:
        return {"AWS::Events::Rule": "uploads", "AWS::SNS::Topic": "topics of jobs"}.get(kind, "schedules of jobs")
    return " and ".join(called) if kind == "AWS::Scheduler::Schedule" else re.sub("[0-9A-F]{8}$", "", name)


def _steps(resources: dict[str, Resource]) -> set[str]:
    """The functions that the state machine calls."""
    machines = [one for one in resources.values() if one["Type"] == "AWS::StepFunctions::StateMachine"]
    names = {name for one in machines for name in _references(one["Properties"]["DefinitionSubstitutions"])}
    return {name for name in names if resources.get(name, {}).get("Type") == "AWS::Lambda::Function"}


def _module(properties: dict[str, Any]) -> str:
    """``start_run`` of ``functions.handlers.start_run.handler``."""
    return str(properties["Handler"].split(".")[-2])


def _called_functions(name: str, resources: dict[str, Resource]) -> list[str]:
    """The functions that a schedule, a rule or a topic calls, whether by an alias or not."""
    called = [other for one, other in _edges(resources) if one == name]
    aliases = [resources[one] for one in called if resources[one]["Type"] == "AWS::Lambda::Alias"]
    functions = [one for one in called if resources[one]["Type"] == "AWS::Lambda::Function"]
    return [*functions, *(one["Properties"]["FunctionName"]["Ref"] for one in aliases)]


def _edges(resources: dict[str, Resource]) -> Iterator[Edge]:
    """Each edge from the properties that state it; both ends are resources of the template."""
    for name, resource in resources.items():
        properties = resource.get("Properties", {})
        for callers, called in _ends(name, resource["Type"], properties):
            for one in _references(callers):
                yield from ((one, other) for other in _references(called) if {one, other} <= resources.keys())


def _ends(name: str, kind: str, properties: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Callers and called of a resource, as values that hold references."""
    this = {"Ref": name}
    if kind == "AWS::Scheduler::Schedule":
        yield this, properties["Target"]["Arn"]
    elif kind == "AWS::Events::Rule":
        yield properties["EventPattern"], this
        yield this, [target["Arn"] for target in properties["Targets"]]
    elif kind == "AWS::SNS::Subscription":
        yield properties["TopicArn"], properties["Endpoint"]
    elif kind == "AWS::Lambda::EventSourceMapping":
        yield properties["EventSourceArn"], properties["FunctionName"]
    elif kind == "AWS::Lambda::EventInvokeConfig":
        yield properties["FunctionName"], properties["DestinationConfig"]
    elif kind == "AWS::SQS::Queue":
        yield this, properties.get("RedrivePolicy")
    elif kind == "AWS::CloudWatch::Alarm":
        yield properties.get("Dimensions"), this
        yield this, properties["AlarmActions"]
    elif kind == "AWS::Lambda::Function":
        yield this, properties["Environment"]
    elif kind == "AWS::StepFunctions::StateMachine":
        yield this, properties["DefinitionSubstitutions"]


def _references(value: Any) -> list[str]:
    """Logical IDs that a value refers to, wherever in it."""
    if isinstance(value, list):
        return [name for one in value for name in _references(one)]
    if not isinstance(value, dict):
        return []
    if isinstance(named := value.get("Ref"), str):
        return [named]
    if isinstance(named := value.get("Fn::GetAtt"), list):
        return [str(named[0])]
    return [name for one in value.values() for name in _references(one)]


def _identifier(label: str) -> str:
    return re.sub(r"\W+", "_", label).strip("_").lower()
