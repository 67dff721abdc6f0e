"""Reads ``proxy``: the address of an HTTP proxy, also without its scheme."""

import re
from urllib.parse import quote, unquote, urlsplit

from functions.requests.connection_secret.problem import INVISIBLE, InvalidSecret, bare, is_host_name, string

SAMPLE = "http://proxy.example.com:8080"


def proxy_address(written: object) -> str:
    """The address as the HTTP library takes it; user and password in it are percent-encoded.

    Accepted: blanks and quotation marks around it, capitals, a missing http://, a slash at its end.

    Raises InvalidSecret.
    """
    text = re.sub(f"[{INVISIBLE}]", "", bare(string(written)))
    scheme, separator, rest = text.partition("://")
    if not separator:
        scheme, rest = "http", text
    if scheme.lower().startswith("socks"):
        raise InvalidSecret(f"is a SOCKS proxy, which is not supported; name an HTTP proxy, such as {SAMPLE}")
    if scheme.lower() not in ("http", "https"):
        raise InvalidSecret(f"must begin with http:// or https://, as in {SAMPLE}")
    user, at, where = rest.rpartition("@")
    if re.search(r"[/?#]", where.rstrip("/")):
        raise InvalidSecret(
            f"contains more than host and port; write it as {SAMPLE}, with / ? # in a password as %2F %3F %23"
        )
    try:
        parts = urlsplit(f"//{where.rstrip('/')}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise InvalidSecret(f"has an invalid host or port; write it as {SAMPLE}") from None
    if not host or not re.fullmatch(r"[\w.-]+|[0-9A-Fa-f:.]+", host) or port == 0 or not is_host_name(host):
        raise InvalidSecret(f"has no valid host, or port 0; write it as {SAMPLE}")
    host = f"[{host}]" if ":" in host else host
    login = ":".join(quote(unquote(part), safe="") for part in user.split(":", 1)) if at else ""
    return f"{scheme.lower()}://{login}{at}{host}{f':{port}' if port else ''}"
