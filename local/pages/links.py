"""The only addresses outside a page that it may link to: executions in the AWS console."""

import re

from functions.notifications.console_link import CONSOLES, console_link

_CONSOLE = re.compile(
    rf"https://[a-z0-9-]+\.(?:{'|'.join(map(re.escape, CONSOLES.values()))})"
    r"/states/home\?region=[a-z0-9-]+#/v2/executions/details/[A-Za-z0-9:/%_.~-]+"
)


def console_of(execution_arn: str, *, is_deployed: bool) -> str | None:
    """The address of an execution in the console; None for one of this computer, and for what is no ARN.

    A record may hold anything: its ARN chooses the host of the address, so that the whole address is checked.
    """
    if not is_deployed or execution_arn.count(":") < 4:
        return None
    address = console_link(execution_arn)
    return address if _CONSOLE.fullmatch(address) else None
