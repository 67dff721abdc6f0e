"""Finds the aliases that the template's subscriptions invoke for an SNS message."""

import json

from functions.text import one_line
from local.emulator.delivery import Event, NothingStarts, check_permission
from local.emulator.filter_policy import takes
from local.emulator.template import Template


def targets(template: Template, event: Event) -> list[str]:
    """The aliases of the subscriptions whose filters take the message. Raises NothingStarts."""
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
        check_permission(template, alias, "sns.amazonaws.com", message["TopicArn"])
        found.append(alias)
    if not found:
        why = f": it does not pass the filter {' or '.join(filters)}" if filters else ": none is subscribed to it"
        raise NothingStarts(f"no subscription of the stack takes this message from {message['TopicArn']}{why}")
    return found
