"""Checks that the addresses of the stage's settings get what they should."""

from infra.settings.settings import Settings
from local.aws.addresses import addresses_of
from local.aws.aws_errors import in_plain_words
from local.aws.stack import stack_of
from local.checks.findings import Findings
from local.errors import CannotGoOn


def check_addresses(settings: Settings, findings: Findings) -> None:
    """Report each address that is not subscribed to its topic, or not confirmed."""
    wanted = {"notify": len(settings.notify), "askTo": len(settings.ask_to)}
    if not any(wanted.values()):
        return
    try:
        with in_plain_words():
            found = list(addresses_of(stack_of(settings.stage), settings))
    except CannotGoOn as problem:
        findings.note("addresses", settings.stage, f"Whether they are confirmed is not known: {problem}")
        return
    for each in found:
        if each.flaw:
            findings.problem("addresses", f"{each.setting}: {each.address}", each.flaw)
    for setting, count in wanted.items():
        if count and not any(each.flaw for each in found if each.setting == setting):
            findings.ok("addresses", setting, f"Confirmed: {count}.")
