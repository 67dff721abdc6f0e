"""Finds the alias that a schedule of the template invokes."""

import json

from functions.similar_names import similar
from local.emulator.delivery import Event, NothingStarts
from local.emulator.permissions import role_may_invoke
from local.emulator.template import ACCOUNT, REGION, Template


def targets(template: Template, event: Event) -> list[str]:
    """The alias of the schedule that the event names. Raises NothingStarts."""
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
