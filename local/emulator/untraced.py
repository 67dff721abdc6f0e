"""Imports the X-Ray SDK without the client of X-Ray that it makes meanwhile, in 0.2 s: nothing is traced here.

The functions import it by their tracer, which is disabled wherever no Lambda runs it.
"""

import sys
from typing import Any

from botocore.session import Session

FOR = {"aws-xray-sdk": "2.15.0"}
"""The version of each package that this was written for."""


def install() -> None:
    """Import it, unless something has before."""
    if "aws_xray_sdk.core" in sys.modules:
        return
    create_client = Session.create_client

    def create_other_client(self: Session, service: str, *given: Any, **named: Any) -> Any:
        return None if service == "xray" else create_client(self, service, *given, **named)

    Session.create_client = create_other_client
    try:
        import aws_xray_sdk.core  # noqa: F401 - for what it does when it is imported
    finally:
        Session.create_client = create_client


install()
