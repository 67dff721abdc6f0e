"""Makes botocore's calls to moto cheaper: models read once, no signature calculated, values parsed at once.

:mod:`local.service_models` reads the models. Whatever is sent and returned stays the same but for the signature, which
moto does not look at.
"""

import re
import threading
from functools import lru_cache
from typing import Any

from botocore.auth import SIGV4_TIMESTAMP, SigV4Auth
from botocore.compat import get_current_datetime
from botocore.parsers import BaseJSONParser
from botocore.useragent import UserAgentComponent
from moto.core.models import botocore_stubber

from local import service_models

FOR = {"moto": "5.2.5", "botocore": "1.44.5"}
"""The version of each package that this was written for."""

PLAIN = {"S": str, "N": str, "BOOL": bool, "NULL": bool}
"""Kinds of DynamoDB's values that JSON holds as they are, with their types."""

BYTES_OR_NOTHING = re.compile(rb'"BS?"|null')
"""What a body has where botocore may make something else of a value."""

# Read here, so that a name that an upgrade of botocore changes fails at once.
add_auth, inject = SigV4Auth.add_auth, SigV4Auth._inject_signature_to_request
handle_structure = BaseJSONParser._handle_structure
parse_body = BaseJSONParser._parse_body_as_json
component_of = UserAgentComponent.to_string

_here = threading.local()


def install() -> None:
    """Patch botocore in this process."""
    service_models.share()
    SigV4Auth.add_auth = _add_auth
    BaseJSONParser._handle_structure = _handle_structure
    BaseJSONParser._parse_body_as_json = _parse_body_as_json
    UserAgentComponent.to_string = lru_cache(maxsize=1000)(component_of)


def _add_auth(self: Any, request: Any) -> None:
    """Sign a request to moto with a word: of the signature moto reads only whose it is, and the region."""
    in_header = type(self)._inject_signature_to_request is inject
    if not in_header or self.credentials is None or not botocore_stubber.enabled:
        add_auth(self, request)
        return
    request.context["timestamp"] = get_current_datetime().strftime(SIGV4_TIMESTAMP)
    self._modify_request_before_signing(request)
    scope = self.scope(request)
    request.headers["Authorization"] = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=emulator"


def _parse_body_as_json(self: Any, body: bytes) -> Any:
    """As botocore does; remembers a body in which every value of DynamoDB is what its JSON is."""
    parsed = parse_body(self, body)
    _here.plain = None if BYTES_OR_NOTHING.search(body) else parsed
    return parsed


def _handle_structure(self: Any, shape: Any, value: Any) -> Any:
    """A value of DynamoDB is what its JSON is, unless there are bytes in it; botocore looks for each kind in each."""
    is_known = getattr(_here, "is_known", False)
    if shape.name == "AttributeValue" and (is_known or is_plain(value)):
        return value
    if is_known or value is None or value is not getattr(_here, "plain", None):
        return handle_structure(self, shape, value)
    _here.is_known = True
    try:
        return handle_structure(self, shape, value)
    finally:
        _here.is_known, _here.plain = False, None


class Plain(dict[str, Any]):
    """A value of DynamoDB as JSON that :func:`is_plain` holds for: it need not be looked through again."""


def is_plain(value: Any) -> bool:
    """Whether a value of DynamoDB, as JSON has it, holds neither bytes nor anything that is wrong."""
    if type(value) is Plain:
        return True
    if type(value) is not dict or len(value) != 1:
        return False
    ((kind, inner),) = value.items()
    if kind == "M":
        return type(inner) is dict and all(map(is_plain, inner.values()))
    if kind == "L":
        return type(inner) is list and all(map(is_plain, inner))
    return type(inner) is PLAIN.get(kind)
