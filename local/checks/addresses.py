"""Checks that the addresses and the chat of the stage's settings get what they should."""

from infra.settings.settings import Settings
from local.aws.addresses import addresses_of
from local.aws.aws_errors import in_plain_words
from local.aws.stack import stack_of
from local.checks.findings import Findings
from local.errors import CannotGoOn


def check_addresses(settings: Settings, findings: Findings) -> None:
    """Report each address that is not subscribed to its topic, or not confirmed, and a chat without a channel."""
    wanted = {"notify": len(settings.notify), "askTo": len(settings.ask_to), "chat": int(settings.chat)}
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
            said = "A channel is subscribed." if setting == "chat" else f"Confirmed: {count}."
            findings.ok("addresses", setting, said)
