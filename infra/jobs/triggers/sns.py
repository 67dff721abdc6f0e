"""Messages in a job's file: their check, and "messages of loads with region = DE"."""

from typing import Any

from functions.requests.allow_list import FROM_OUTSIDE
from functions.requests.placeholders import MESSAGE, OF_S3, OF_SNS, Placeholder
from infra.jobs import upload_schema
from infra.jobs.filter_policy import ATTRIBUTES, BODY, OR, check_filter
from infra.jobs.filter_words import policy_words
from infra.jobs.object_keys import check_uploads, upload_words
from infra.jobs.topics import check_topic
from infra.jobs.triggered import Triggered
from infra.jobs.triggers import Trigger
from infra.settings.settings import BadConfiguration

_TOPIC = "^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}([.]fifo)?$"
_ACCOUNT = "^[0-9]{12}$"

_OBJECTS = {
    "description": "For S3 notifications that come over SNS: the uploads that start the job.",
    "type": "object",
    "additionalProperties": False,
    "required": ["bucket"],
    "properties": {
        "bucket": {"description": "Name of the bucket.", "type": "string", "pattern": upload_schema.BUCKET},
        "account": {
            "description": "AWS account of the bucket (12 digits), where it is not the stack's.",
            "type": "string",
            "pattern": _ACCOUNT,
        },
    }
    | upload_schema.WHICH_OBJECTS,
}

PROPERTIES = {
    "sns": {
        "description": "Message on an SNS topic.",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "topicArn": {
                "description": "ARN of a topic. The stack makes one for the job if left out.",
                "type": "string",
                "pattern": _TOPIC,
            },
            "filter": {
                "description": "Filter policy of SNS, on the message's attributes or its body.",
                "type": "object",
            },
            "filterScope": {
                "description": (
                    "What the filter looks at: the message's attributes (`MessageAttributes` if left out), or its "
                    "body, which must be JSON."
                ),
                "enum": [ATTRIBUTES, BODY],
            },
            "objects": _OBJECTS,
        },
    }
}
PATTERNS = upload_schema.PATTERNS | {
    _TOPIC: "the ARN of an SNS topic",
    _ACCOUNT: "the number of an AWS account (12 digits, in quotes)",
}
CAN_BRING_REQUEST = True


def check(where: str, trigger: Trigger, job: Triggered) -> None:
    """Raise BadConfiguration for a topic that cannot be subscribed to, and for messages that can never come."""
    where, declared = f"{where}.sns", trigger["sns"]
    if "topicArn" in declared:
        check_topic(f"{where}.topicArn", declared["topicArn"])
    if "objects" in declared:
        if chosen := sorted({"filter", "filterScope"} & set(declared)):
            raise BadConfiguration(
                f"{where}.{chosen[0]}: S3's notifications have no attributes that it could choose by; objects has "
                "prefix and suffix."
            )
        check_uploads(f"{where}.objects", declared["objects"])
    if "filter" in declared:
        scope = declared.get("filterScope", ATTRIBUTES)
        check_filter(f"{where}.filter", declared["filter"], scope)
        if scope == BODY and "acceptRequests" in job.content:
            _check_filters_requests(f"{where}.filter", declared["filter"])
    elif "filterScope" in declared:
        raise BadConfiguration(f"{where}.filterScope: needs filter. Add filter, or remove filterScope.")


def _check_filters_requests(where: str, policy: dict[str, Any]) -> None:
    """With ``acceptRequests`` the body is the request, and a request has no other keys."""
    for key in policy:
        if key not in (OR, *FROM_OUTSIDE):
            raise BadConfiguration(
                f"{where}.{key}: with acceptRequests the body is the request, and one with such a key is refused; "
                f"there are {', '.join(FROM_OUTSIDE)}. Filter on the message's attributes."
            )


def words(trigger: Trigger) -> str:
    """The messages in words, such as ``messages of loads with region = DE``."""
    sns = trigger["sns"]
    topic = sns["topicArn"].rpartition(":")[2] if "topicArn" in sns else "its own topic"
    if "objects" in sns:
        return f"{upload_words(sns['objects'])}, reported by messages of {topic}"
    if "filter" not in sns:
        return f"every message of {topic}"
    body = "" if sns.get("filterScope", ATTRIBUTES) == ATTRIBUTES else "a body in which "
    return f"messages of {topic} with {body}{policy_words(sns['filter'])}"


def deployed(trigger: Trigger, resource_name: str) -> Trigger:
    """The topic: a foreign one by its ARN, an own one by its name."""
    return {"sns": {"topic": trigger["sns"].get("topicArn", resource_name)}}


def brings(trigger: Trigger, placeholder: Placeholder) -> bool:
    """Whether the value is one of the message, or of the object that it reports."""
    if "objects" in trigger["sns"]:
        return placeholder.name in OF_S3
    return placeholder.name in OF_SNS or placeholder.name.startswith(MESSAGE)
