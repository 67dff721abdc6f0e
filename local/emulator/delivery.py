"""AWS's part between an event and the starter: schedules, rules and subscriptions as the template declares them.

moto delivers none of these to their targets, so the emulator looks up the target that AWS would call, in the template.
"""

import json
from collections.abc import Callable
from typing import Any

from functions.similar_names import similar
from functions.text import one_line
from functions.triggers.kinds import KINDS, kind_named
from local.emulator.clients import client
from local.emulator.filter_policy import takes
from local.emulator.moto_patches.moto_objects import event_matches
from local.emulator.permissions import role_may_invoke, service_may_invoke
from local.emulator.template import ACCOUNT, REGION, Template

Event = dict[str, Any]


class NothingStarts(Exception):
    """No trigger of the stack matches the event; the text says why."""


def is_delivered(given: Any) -> bool:
    """Whether ``given`` is an event that AWS delivers to a trigger, not the input of an execution."""
    return isinstance(given, dict) and _kind_of(given) is not None


def _kind_of(event: Event) -> str | None:
    """The kind of trigger (functions/triggers/kinds/) that the event is for.

    Imported here: the functions' logger takes its settings from their environment, which the emulator sets up first.
    """
    return next((kind for kind in KINDS if kind_named(kind).recognises(event)), None)


def deliver(template: Template, event: Event) -> tuple[list[str], list[str]]:
    """Invoke the starter by every alias that AWS would invoke for the event.

    Returns the ARNs of the executions, and a sentence for each part of the event that starts nothing. Raises
    NothingStarts.
    """
    find = TARGETS[_kind_of(event) or ""]
    executions: list[str] = []
    ignored: list[str] = []
    for alias in dict.fromkeys(find(template, event)):
        answer = client("lambda").invoke(FunctionName=alias, Payload=json.dumps(event).encode())
        body = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            raise NothingStarts(f"the starter failed with {body['errorType']}: {body['errorMessage']}")
        executions += body["executions"]
        ignored += body["ignored"]
    return executions, ignored


def _scheduled(template: Template, event: Event) -> list[str]:
    wanted, known = event["scheduleArn"], {}
    for made in template.resources("AWS::Scheduler::Schedule").values():
        arn = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/{template.resolve(made['GroupName'])}/{made['Name']}"
        known[arn] = made["Target"]
    if wanted not in known:
        near = similar(wanted, known)
        raise NothingStarts(f"no schedule of the stack is {wanted}" + (f" (there is {near[0]})" if near else ""))
    target = known[wanted]
    given = json.loads(template.resolve(target["Input"]))
    if set(given) != set(event):
        raise NothingStarts(f"the schedule {wanted} does not call the starter; its input is {given}")
    alias = str(template.resolve(target["Arn"]))
    if not role_may_invoke(template, target["RoleArn"], alias):
        raise NothingStarts(f"the role of the schedule {wanted} may not invoke {alias}")
    return [alias]


def _matched(template: Template, event: Event) -> list[str]:
    found = []
    for name, made in template.resources("AWS::Events::Rule").items():
        if made.get("EventPattern", {}).get("source") != ["aws.s3"]:
            continue
        if event_matches(template.resolve(made["EventPattern"]), event):
            for target in made["Targets"]:
                alias = str(template.resolve(target["Arn"]))
                _check_permission(template, alias, "events.amazonaws.com", {"Fn::GetAtt": [name, "Arn"]})
                found.append(alias)
    if not found:
        detail = event["detail"]
        raise NothingStarts(f"no rule of the stack matches s3://{detail['bucket']['name']}/{detail['object']['key']}")
    return found


def _subscribed(template: Template, event: Event) -> list[str]:
    message = event["Records"][0]["Sns"]
    found, filters = [], []
    for made in template.resources("AWS::SNS::Subscription").values():
        if made["Protocol"] != "lambda" or template.resolve(made["TopicArn"]) != message["TopicArn"]:
            continue
        policy, scope = made.get("FilterPolicy", {}), made.get("FilterPolicyScope", "MessageAttributes")
        if not takes(policy, scope, message):
            filters.append(f"{one_line(json.dumps(policy), 300)} on {scope}")
            continue
        alias = str(template.resolve(made["Endpoint"]))
        _check_permission(template, alias, "sns.amazonaws.com", message["TopicArn"])
        found.append(alias)
    if not found:
        why = f": it does not pass the filter {' or '.join(filters)}" if filters else ": none is subscribed to it"
        raise NothingStarts(f"no subscription of the stack takes this message from {message['TopicArn']}{why}")
    return found


TARGETS: dict[str, Callable[[Template, Event], list[str]]] = {
    "schedule": _scheduled,
    "s3": _matched,
    "sns": _subscribed,
}
"""By kind of trigger: the aliases that AWS would invoke with the event."""


def _check_permission(template: Template, alias: str, service: str, source: Any) -> None:
    """Raise NothingStarts unless the service may invoke the alias on behalf of ``source``, an ARN or a reference."""
    if not service_may_invoke(template, alias, service, source):
        raise NothingStarts(f"{service} may not invoke {alias} for {source}")
