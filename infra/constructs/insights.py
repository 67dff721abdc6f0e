"""Keeps the queries of queries.py in CloudWatch Logs Insights."""

from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.constructs.measured import Measured
from infra.constructs.queries import QUERIES
from infra.names import construct_name


def save_queries(scope: Construct, folder: str, measured: Measured) -> None:
    """Keep each query in a folder of Logs Insights."""
    for query in QUERIES:
        logs.CfnQueryDefinition(
            scope,
            f"{construct_name(query.name.replace(',', '').replace(' ', '-').lower())}Query",
            name=f"{folder}/{query.name}",
            query_string=query.text,
            log_group_names=measured.log_groups(query.logs),
        )
