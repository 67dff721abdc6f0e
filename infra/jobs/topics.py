"""Checks the SNS topics that jobs' triggers name: their ARNs, and messages that load one datamart twice."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from functions.similar_names import nearest
from infra.jobs.triggered import Triggered
from infra.settings.settings import BadConfiguration

if TYPE_CHECKING:
    from botocore.session import Session


def check_topic(where: str, arn: str) -> None:
    """Raise BadConfiguration, beginning with ``where``, for a topic that a function cannot subscribe to."""
    _, partition, _, region, _, name = arn.split(":")
    if name.endswith(".fifo"):
        raise BadConfiguration(
            f'{where}: "{name}" is a FIFO topic. SNS delivers those to SQS queues only, and a Lambda '
            "function starts the jobs. Publish to a standard topic."
        )
    if partition not in _partitions():
        raise BadConfiguration(
            f'{where}: unknown partition "{partition}"{nearest(partition, _partitions())}. Most ARNs begin with '
            "arn:aws."
        )
    owner = next((one for one, pattern in _partitions().items() if re.fullmatch(pattern, region, re.ASCII)), None)
    if owner is None:
        regions = sorted(_session().get_available_regions("sns", partition))
        raise BadConfiguration(
            f'{where}: unknown region "{region}"{nearest(region, regions)}. Give a region such as eu-west-1.'
        )
    if owner != partition:
        raise BadConfiguration(f"{where}: the region {region} is in the partition {owner}; write arn:{owner}:sns:….")


def check_subscriptions(job: Triggered) -> None:
    """Raise BadConfiguration for messages of a job that SNS or the starter could not tell apart."""
    topics = [trigger["sns"]["topicArn"] for trigger in job.triggers if "topicArn" in trigger.get("sns", {})]
    if len(topics) > len(set(topics)):
        raise BadConfiguration(
            f"triggers: the {job.what} subscribes to a topic twice. Combine the two filters in one trigger."
        )
    carrying = {"objects" in trigger["sns"] for trigger in job.triggers if "sns" in trigger}
    if len(carrying) > 1:
        raise BadConfiguration(
            f"triggers: S3 notifications (objects) and other messages cannot start the same {job.what}. Make a "
            f"{job.what} for each."
        )


@cache
def _partitions() -> dict[str, str]:
    """From the name of a partition to the pattern of its regions, which also covers future regions."""
    found = _session().get_data("endpoints")["partitions"]
    return {partition["partition"]: partition["regionRegex"] for partition in found}


def _session() -> "Session":
    """That of botocore, imported here: a command that reads jobs without such a topic does not wait for it."""
    from botocore.session import get_session

    return get_session()


def message_warnings(jobs: Sequence[Triggered]) -> Iterator[tuple[Triggered, str]]:
    """Messages that start two jobs of the same datamart: the first job and a line that begins with its key.

    Two jobs with different filters are taken to be meant: each loads its own part.
    """
    subscribed = [
        (job, f"triggers[{index}].sns", trigger["sns"])
        for job in jobs
        for index, trigger in enumerate(job.triggers)
        if "topicArn" in trigger.get("sns", {}) and "objects" not in trigger["sns"] and job.loads is not None
    ]
    for index, (one, where, first) in enumerate(subscribed):
        others = [(job, also) for job, also, second in subscribed[index + 1 :] if _both(one, first, job, second)]
        if others:
            other, also = others[0]
            more = f" and {len(others) - 1} more" if len(others) > 1 else ""
            yield (
                one,
                f"{where}: one message may start {one.name} and also {other.file} ({also}){more}, "
                "which load the same datamart: it is loaded twice. If that is not meant, give them filters that no "
                "message passes both of.",
            )


def _both(one: Triggered, first: dict[str, Any], other: Triggered, second: dict[str, Any]) -> bool:
    if first["topicArn"] != second["topicArn"] or one.loads != other.loads:
        return False
    return first.get("filter") == second.get("filter") or "filter" not in first or "filter" not in second
