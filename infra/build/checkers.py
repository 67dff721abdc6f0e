"""The policy checkers of a synth: cdk-nag and CloudFormation's own, with a record of what each one checked.

Why a record is kept is said in infra/build/checker_record.py.
"""

from functools import cache
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import jsii
from cdk_nag import AwsSolutionsChecks


@jsii.implements(cdk.IPolicyValidationPlugin)
class RecordedChecker:
    """A checker that records in ``checked`` the templates on which it has reported."""

    def __init__(self, checker: Any, checked: dict[str, list[str]]) -> None:
        self._checker = checker
        self._checked = checked

    @property
    def name(self) -> str:
        """The checker's own name; accepted findings are matched by it."""
        return str(self._checker.name)

    @property
    def version(self) -> str | None:
        """The checker's own version."""
        version: str | None = self._checker.version
        return version

    @property
    def rule_ids(self) -> list[str] | None:
        """The checker's own rules."""
        rules: list[str] | None = self._checker.rule_ids
        return rules

    def validate(self, context: cdk.IPolicyValidationContext) -> Any:
        """Check the templates of ``context``. An exception becomes a failure in the CDK's report."""
        report = self._checker.validate(context)
        self._checked[self.name] = [Path(path).name for path in context.template_paths]
        return report


def add_checkers(app: cdk.App) -> dict[str, list[str]]:
    """Let every checker run at the synth of ``app``, whose built-in validation must be off.

    Returns what the synth fills: the templates that each checker has checked, for ``write_record``.
    """
    checked: dict[str, list[str]] = {}
    checkers = (_cloudformation(), AwsSolutionsChecks(app))
    cdk.Validations.of(app).add_plugins(*(RecordedChecker(checker, checked) for checker in checkers))
    return checked


@cache
def _cloudformation() -> cdk.CloudFormationValidatePlugin:
    """One for all synths of a process: its engine takes more than a second to load."""
    return cdk.CloudFormationValidatePlugin()
