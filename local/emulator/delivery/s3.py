"""Finds the aliases that the template's rules invoke for an uploaded object."""

from local.emulator.delivery import Event, NothingStarts, check_permission
from local.emulator.moto_patches.moto_objects import event_matches
from local.emulator.template import Template


def targets(template: Template, event: Event) -> list[str]:
    """The aliases of the rules that match the event. Raises NothingStarts."""
    found = []
    for name, made in template.resources("AWS::Events::Rule").items():
        if made.get("EventPattern", {}).get("source") != ["aws.s3"]:
            continue
        if event_matches(template.resolve(made["EventPattern"]), event):
            for target in made["Targets"]:
                alias = str(template.resolve(target["Arn"]))
                check_permission(template, alias, "events.amazonaws.com", {"Fn::GetAtt": [name, "Arn"]})
                found.append(alias)
    if not found:
        detail = event["detail"]
        raise NothingStarts(f"no rule of the stack matches s3://{detail['bucket']['name']}/{detail['object']['key']}")
    return found
