"""Checks the ARN of an SNS topic that a job's trigger names."""

import re
from functools import cache

from botocore.session import get_session

from functions.run.schema import nearest
from infra.settings import BadConfiguration


def check_topic(where: str, arn: str) -> None:
    """Raise BadConfiguration, beginning with ``where``, for a topic that a function cannot subscribe to."""
    _, partition, _, region, _, name = arn.split(":")
    if name.endswith(".fifo"):
        raise BadConfiguration(
            f'{where}: "{name}" is a FIFO topic. SNS delivers those to SQS queues only, and what starts a job is a '
            "Lambda function. Publish to a standard topic."
        )
    if partition not in _partitions():
        raise BadConfiguration(
            f'{where}: there is no partition "{partition}"{nearest(partition, _partitions())}; most ARNs begin with '
            "arn:aws."
        )
    owner = next((one for one, pattern in _partitions().items() if re.fullmatch(pattern, region, re.ASCII)), None)
    if owner is None:
        regions = sorted(get_session().get_available_regions("sns", partition))
        raise BadConfiguration(f'{where}: there is no region "{region}"{nearest(region, regions)}, as in eu-west-1.')
    if owner != partition:
        raise BadConfiguration(f"{where}: the region {region} is in the partition {owner}; write arn:{owner}:sns:….")


@cache
def _partitions() -> dict[str, str]:
    """From the name of a partition to the pattern of its regions, which also covers regions that are to come."""
    found = get_session().get_data("endpoints")["partitions"]
    return {partition["partition"]: partition["regionRegex"] for partition in found}
