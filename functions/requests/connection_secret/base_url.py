"""Reads ``baseUrl``: the Library's address, also as a browser shows it or without its scheme."""

import re
from urllib.parse import urlsplit

from functions.microstrategy import Server
from functions.requests.connection_secret.problem import INVISIBLE, InvalidSecret, bare, is_host_name, string

_PAGES = frozenset({"app", "auth", "api", "api-docs", "admin", "collab", "embeddinglib", "index.html", "index.jsp"})
"""What follows the context path in addresses of the Library's pages and of its API."""

_PAGES_OF_ANY_CONTEXT = frozenset({"api", "api-docs"})
"""Pages that cannot be a context path themselves (API.md 1.1)."""

_WEB = re.compile(r"/(servlet/mstrweb|asp/main\.aspx|servlet/taskproc)", re.IGNORECASE)

SAMPLE = "https://mstr.example.com/MicroStrategyLibrary"


def base_url(written: object) -> str:
    """The address up to the context path, as ``Server`` takes it.

    Accepted: blanks and quotation marks around it, line breaks within it, capitals, a missing https://, and what a
    browser shows after the context path (a page, a query, a fragment).

    Raises InvalidSecret.
    """
    text = re.sub(f"[\r\n\t{INVISIBLE}]", "", bare(string(written))).strip("<>")
    if not text or text in ("…", "..."):
        raise InvalidSecret(f"is not filled in; write the Library's address, such as {SAMPLE}")
    if "\\" in text or re.search(r"\s", text):
        raise InvalidSecret(f"has a blank or a backslash in it; write it as {SAMPLE}")
    address = text if "://" in text else f"https://{_host_and_more(text)}"
    try:
        parts = urlsplit(address)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        raise InvalidSecret(f"is not an address (is the port a number up to 65535?); write it as {SAMPLE}") from None
    if parts.scheme not in ("https", "http") or not host or host in ("http", "https"):
        raise InvalidSecret(f"must begin with https:// and name a host, as in {SAMPLE}")
    if not is_host_name(host):
        raise InvalidSecret(f"names an invalid host; write it as {SAMPLE}")
    if parts.username is not None or parts.password is not None:
        raise InvalidSecret("must not have a user or a password in it; they have fields of their own")
    if _WEB.search(parts.path):
        raise InvalidSecret(f"is the address of MicroStrategy Web; write that of the Library, such as {SAMPLE}")
    try:
        return Server(parts._replace(path=_context_of(parts.path), query="", fragment="").geturl()).base_url
    except ValueError as problem:
        raise InvalidSecret(str(problem).removeprefix("the base URL ")) from None


def _host_and_more(text: str) -> str:
    """Reject single words: without a scheme they are not an address."""
    if not re.match(r"(localhost|[\w-]+(\.[\w-]+)+|\[[0-9a-fA-F:]+\]|[\w-]+(?=[:/]))(:\d+)?([/?#]|$)", text):
        raise InvalidSecret(f"must begin with https:// and name a host, as in {SAMPLE}")
    return text


def _context_of(path: str) -> str:
    """The path up to where a page or the API begins."""
    kept: list[str] = []
    for segment in path.split(";")[0].split("/"):
        page = segment.lower()
        if page in _PAGES_OF_ANY_CONTEXT or (page in _PAGES and any(kept)):
            break
        kept.append(segment)
    return "/".join(kept).rstrip("/")
