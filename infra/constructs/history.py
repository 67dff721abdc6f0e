"""The table of the history: a record of each run and batch that has ended, and what it is found by.

It is not the run table: a person who may read what has happened must not be able to read the sessions that are open.
"""

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from functions.runs.store.history import INDEXES, SORTED_BY
from infra.constructs.encryption import Encryption
from infra.constructs.tables import kept_table, text_attribute

WRITES = "dynamodb:PutItem"


def history_table(scope: Construct, encryption: Encryption) -> dynamodb.Table:
    """The table with its indexes; its name is an output, by which commands find it."""
    table = kept_table(scope, "HistoryTable", encryption)
    for index, key in INDEXES.items():
        table.add_global_secondary_index(
            index_name=index,
            partition_key=text_attribute(key),
            sort_key=text_attribute(SORTED_BY),
            projection_type=dynamodb.ProjectionType.ALL,
        )
    cdk.CfnOutput(scope, "HistoryTableName", value=table.table_name, description="Runs and batches that have ended")
    return table


def let_record(function: lambda_.Function, table: dynamodb.Table, days: int) -> None:
    """Let a function write records, which are kept for so many days."""
    function.add_to_role_policy(iam.PolicyStatement(actions=[WRITES], resources=[table.table_arn]))
    function.add_environment("HISTORY_TABLE", table.table_name)
    function.add_environment("HISTORY_DAYS", str(days))
