"""Returns EC2's regions to moto for every service: faster, and already needed while moto is imported.

For a service's own regions botocore parses the whole model of the service; EC2's, which moto's Step Functions import
and nothing here uses, takes half a second of every process.
"""

from typing import Any

import boto3

FOR = {"moto": "5.2.5"}
"""The version of each package that this was written for."""


def _of_ec2(self: Any, service_name: str, partition_name: str = "aws", allow_non_regional: bool = False) -> list[str]:
    """Every service is taken to be where EC2 is; moto keeps the services without regions apart by itself."""
    resolver = self._session._get_internal_component("endpoint_resolver")
    found: list[str] = resolver.get_available_endpoints("ec2", partition_name, allow_non_regional)
    return found


boto3.Session.get_available_regions = _of_ec2
