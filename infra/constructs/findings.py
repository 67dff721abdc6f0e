"""Findings of the policy checkers that are accepted, each with its reason beside the resource that it is about."""

import aws_cdk as cdk
from constructs import IConstruct

CHECKERS = {"AwsSolutions": "AwsSolutions", "W": "CloudFormation-Validate"}
"""From how a rule's name begins to the checker that it belongs to: cdk-nag, and CloudFormation's own."""


def accept(scope: IConstruct, rule: str, reason: str) -> None:
    """Accept the finding ``rule``, such as AwsSolutions-SQS3, on a resource and what belongs to it."""
    checker = next(name for beginning, name in CHECKERS.items() if rule.startswith(beginning))
    cdk.Validations.of(scope).acknowledge(cdk.Acknowledgment(id=f"{checker}::{rule}", reason=reason))


def accept_in_cfn_lint(place: cdk.CfnResource | cdk.Stack, rule: str, reason: str) -> None:
    """Suppress a false alarm of cfn-lint on one resource or in a whole stack, in the template itself.

    In the template, so that it also holds in the pipeline of a company that lints what it deploys.
    """
    place.add_metadata("cfn-lint", {"config": {"ignore_checks": [rule]}, "reason": reason})
