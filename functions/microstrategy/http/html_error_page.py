"""The readable text of an HTML page that came instead of JSON: a proxy's, a single sign-on's."""

import html
import re

from functions.microstrategy.http.redaction import Redact

LONGEST = 200
"""Characters of a page that are quoted."""

_LOOKED_AT = 4_000


def title_of(text: str, redact: Redact) -> str:
    """The page's title, or its first words where it has none."""
    found = re.search(r"<title[^>]*>([^<]*)</title", text[:_LOOKED_AT], re.IGNORECASE)
    return (found and words_of(found[1], redact)) or words_of(text, redact)


def words_of(text: str, redact: Redact) -> str:
    """The first words of the page, without markup and secrets; empty for a page without text."""
    shown = redact(text)[:_LOOKED_AT]
    for markup in (r"<(script|style)\b.*?</\1", r"<[^>]*>"):
        shown = re.sub(markup, " ", shown, flags=re.IGNORECASE | re.DOTALL)
    return redact(" ".join(html.unescape(shown).split()))[:LONGEST]
