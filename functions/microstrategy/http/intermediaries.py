"""Recognises responses of intermediaries: a single sign-on, a firewall, a web server without a Library.

The Library refuses in an envelope of its own (API.md 8.1). A refusal without one is neither wrong credentials nor a
missing privilege: its message says what to do.
"""

import re

from functions.microstrategy.endpoints import LOG_IN, LOGIN_MODES, SERVER_STATUS, Endpoint

_LOOKED_AT = 20_000
"""Characters of a page in which its signs are looked for."""

_SIGN_ON = re.compile(
    r"SAMLRequest|SAMLResponse|type\s*=\s*[\"']?password|/saml2?/|/adfs/|oauth2?/|openid|/oidc/|login\.microsoftonline"
    r"|okta|auth0|ping(?:one|federate)|single sign|sign[ -]?(?:in|on)\b|log[ -]?(?:in|on)\b|authenticat",
    re.IGNORECASE,
)
"""What the pages of single sign-ons have in them (from memory)."""

_BLOCKED = re.compile(
    r"request (?:was |has been )?(?:blocked|rejected)|access denied|web application firewall|support id|incident id"
    r"|cloudflare|incapsula|akamai|forbidden",
    re.IGNORECASE,
)
"""What the pages of firewalls have in them (from memory)."""

_BEFORE_A_SESSION = (LOG_IN.step, SERVER_STATUS.step, LOGIN_MODES.step)

_NOT_THERE = (404, 405, 501, 502, 503, 504)
"""HTTP statuses by which a Library, or a proxy, says that there is nothing behind an address."""


def is_page(text: str) -> bool:
    """Whether the body is a page (HTML or XML) and not the Library's JSON."""
    return text[:_LOOKED_AT].lstrip("\ufeff \t\r\n").startswith("<")


def is_sign_on(http_status: int, text: str) -> bool:
    """Whether the response is a page on which a person is to sign on."""
    if not is_page(text) or (http_status in (403, 406) and _BLOCKED.search(text[:_LOOKED_AT])):
        return False
    return _SIGN_ON.search(text[:_LOOKED_AT]) is not None and http_status in (200, 201, 202, 203, 400, 401, 403, 405)


def advice(endpoint: Endpoint, http_status: int, text: str) -> str | None:
    """What to do about a response that is not the Library's, or None where there is nothing to say.

    Parameters
    ----------
    endpoint
        What was called.
    http_status, text
        Of the response, which has no envelope of the Library in it.
    """
    if is_sign_on(http_status, text):
        return (
            "it is a sign-on page: have the addresses below /api excluded from the single sign-on in front of the "
            "Library, or put an address without it into baseUrl"
        )
    if endpoint.path.startswith("/model/") and http_status in _NOT_THERE:
        return (
            "the Modeling service, by which datamarts are run, does not answer there: "
            "have it installed and started beside the Library"
        )
    if http_status in (403, 406):
        return "a firewall or proxy in front of the Library refuses the call: have it let calls below /api pass"
    if http_status == 401 and is_page(text):
        return "a web server or proxy in front of the Library wants a sign-on of its own: have it let /api pass"
    if endpoint.step in _BEFORE_A_SESSION and (http_status in (404, 405) or (http_status < 300 and is_page(text))):
        return (
            "there is no Library at that address: baseUrl must end with the Library's context path, "
            "usually /MicroStrategyLibrary"
        )
    return None


def is_final_at_login(http_status: int, text: str) -> bool:
    """Whether a response without an envelope says that the login went to the wrong place, or not through.

    A 400 or 401 without a page may as well be about the credentials.
    """
    return http_status in (403, 404, 405, 406) or (is_page(text) and 400 <= http_status < 500)
