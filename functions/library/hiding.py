"""Taking secrets out of what a server said: it may quote what it was sent.

Whoever shortens such a text hides first and cuts afterwards: a token that is cut in half is found by no search.
"""

import html
import json
from collections.abc import Callable, Iterable
from urllib.parse import quote, quote_plus

Hide = Callable[[str], str]
"""Gives a text back with every secret in it replaced by ``***``."""

SHORTEST = 4
"""Characters; anything shorter is found in every other word."""


def hider(secrets: Iterable[str]) -> Hide:
    """What hides ``secrets``, as they are and as JSON, HTML and addresses write them."""
    forms = {form for secret in secrets if len(secret) >= SHORTEST for form in _forms(secret)}
    longest_first = sorted(forms, key=len, reverse=True)  # one may begin with another

    def hide(text: str) -> str:
        for form in longest_first:
            text = text.replace(form, "***")
        return text

    return hide


def _forms(secret: str) -> tuple[str, ...]:
    plain = secret.encode("utf-8", "replace")
    return secret, json.dumps(secret)[1:-1], html.escape(secret), quote(plain, safe=""), quote_plus(plain)
