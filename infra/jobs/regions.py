"""Topics from whose regions SNS cannot deliver to functions in the region of the stack."""

from typing import Any

from botocore.exceptions import UnknownRegionError
from botocore.session import get_session

ALWAYS_ENABLED = frozenset(
    {
        *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1"),
        *("eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3"),
        *("ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2"),
    }
)
"""The regions of the partition ``aws`` from before 20 March 2019. Accounts have to opt in to every newer one."""


def is_opted_in_to(partition: str, region: str) -> bool:
    """Whether an account has to opt in to a region before it can use it."""
    return partition == "aws" and region not in ALWAYS_ENABLED


def undeliverable(content: dict[str, Any], region: str) -> list[str]:
    """A sentence for each topic of a template from which SNS cannot deliver to ``region``.

    Parameters
    ----------
    content
        A CloudFormation template.
    region
        The region of the deployment; a region that botocore does not know is never reported.
    """
    try:
        partition = str(get_session().get_partition_for_region(region))
    except UnknownRegionError:
        return []
    topics = {
        str(made["Properties"]["TopicArn"])
        for made in content["Resources"].values()
        if made["Type"] == "AWS::SNS::Subscription" and "Region" in made["Properties"]
    }
    return [sentence for topic in sorted(topics) if (sentence := _why_not(topic, partition, region))]


def _why_not(topic: str, partition: str, region: str) -> str | None:
    _, its_partition, _, its_region, *_ = topic.split(":")
    if its_partition != partition:
        return (
            f"the topic {topic} is in the partition {its_partition} and {region} in {partition}: no message can come "
            "from there. Name a topic of the same partition, or leave the job out of the stage (jobs in its settings)."
        )
    if its_region != region and is_opted_in_to(partition, region):
        return (
            f"the topic {topic} is in {its_region}: SNS delivers to functions in {region}, which accounts opt in to, "
            f"from topics of the same region only. Forward the messages to a topic in {region} and name that one."
        )
    return None
