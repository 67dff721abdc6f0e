"""The cookies of one call: those of the session are sent, those of the response are merged (API.md 1.4)."""

from collections.abc import Callable
from dataclasses import replace
from http.cookiejar import Cookie as HttpCookie
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
from requests import cookies as requests_cookies
from requests.cookies import RequestsCookieJar

from functions.microstrategy.models import Cookie, Server
from functions.text import quoted

MAX_COOKIE_BYTES = 4096
"""Of one cookie with its name, path and domain: what browsers keep (RFC 6265, 6.1)."""

MAX_JAR_BYTES = 16 * 1024
"""Of all cookies of a session: they are stored with the run, and a server accepts 8 KB or so of headers."""

# The stubs know no types for these three.
_header: Callable[..., str | None] = requests_cookies.get_cookie_header
_take: Callable[..., None] = requests_cookies.extract_cookies_to_jar
_make: Callable[..., HttpCookie] = requests_cookies.create_cookie


class _KeepAll(DefaultCookiePolicy):
    """Keeps what a server sets, also for another host or path: what is sent is decided when a request is made.

    So a proxy that renames the Library's host or path without rewriting its cookies can be distinguished from one that
    sets no cookies.
    """

    def set_ok(self, cookie: HttpCookie, request: Any) -> bool:
        return True


class Jar:
    """The cookies of one session, for the length of one call.

    Parameters
    ----------
    server
        Where they are sent. A server on this machine may be reached by http (:class:`Server` allows it there only),
        and a ``Secure`` cookie is then sent back all the same, as browsers do it: nothing leaves the machine.
    cookies
        As they were after the last call.
    """

    def __init__(self, server: Server, cookies: tuple[Cookie, ...]) -> None:
        self.dropped: tuple[str, ...] = ()
        plain = ("http",) if server.base_url.startswith("http:") else ()
        self._jar = RequestsCookieJar(policy=_KeepAll(secure_protocols=("https", *plain)))
        for cookie in cookies:
            made = _make(cookie.name, cookie.value, domain=cookie.domain, path=cookie.path, secure=cookie.secure)
            made.domain_specified = not cookie.host_only
            self._jar.set_cookie(made)

    @property
    def cookies(self) -> tuple[Cookie, ...]:
        """All of them, also those of other paths."""
        found = (
            Cookie(c.name, c.value or "", c.domain, c.path, c.secure, host_only=not c.domain_specified)
            for c in self._all()
        )
        return tuple(sorted(found, key=lambda cookie: (cookie.name, cookie.path)))

    def _all(self) -> list[HttpCookie]:
        return list(iter(self._jar))

    def header(self, method: str, url: str) -> dict[str, str]:
        """The ``Cookie`` header of a request, or nothing."""
        value = _header(self._jar, requests.Request(method, url).prepare())
        return {"Cookie": value} if value else {}

    def take(self, response: requests.Response) -> None:
        """Merge what a response sets, and drop what it removes. The largest cookies beyond the limits go."""
        _take(self._jar, response.request, response.raw)
        left = MAX_JAR_BYTES
        for cookie in sorted(self._all(), key=_size):
            if (size := _size(cookie)) <= min(left, MAX_COOKIE_BYTES):
                left -= size
            else:
                self._jar.clear(cookie.domain, cookie.path, cookie.name)
                self.dropped += (cookie.name,)


def _size(cookie: HttpCookie) -> int:
    parts = (cookie.name, cookie.value or "", cookie.domain, cookie.path)
    return sum(len(part.encode("utf-8", "replace")) for part in parts)


# -- do the cookies of a login come back to the Library? (API.md 1.4) ------------------------------------------------


def cookies_not_sent(server: Server, cookies: tuple[Cookie, ...]) -> tuple[Cookie, ...]:
    """Those of a login's cookies that no later call to the API would send, under their names, from anywhere."""
    url = f"{server.base_url}/api/sessions"
    sent = {cookie.name for cookie in cookies if Jar(server, (cookie,)).header("GET", url)}
    return tuple(cookie for cookie in cookies if cookie.name not in sent)


def everywhere(server: Server, cookies: tuple[Cookie, ...]) -> tuple[Cookie, ...]:
    """The same cookies, sent with every call to the server: to end a session that they would not come back to."""
    host = urlsplit(server.base_url).hostname or ""
    return tuple(replace(cookie, domain=host, path="/", host_only=True) for cookie in cookies)


def reason_not_sent(server: Server, unsent: tuple[Cookie, ...]) -> str:
    """Why the first of these cookies does not come back, naming both paths or both hosts, and what to do."""
    cookie, base = unsent[0], urlsplit(server.base_url)
    path, host, domain = base.path or "/", base.hostname or "", cookie.domain.lstrip(".")
    if not Jar(server, (replace(cookie, path="/"),)).header("GET", f"{server.base_url}/api/sessions"):
        belongs, leads = f"host {quoted(domain)}", f"host {quoted(host)}"
        rewrite = "the host in its cookies (nginx: proxy_cookie_domain)"
    else:
        belongs, leads = f"path {quoted(cookie.path)}", f"path {quoted(path)}"
        rewrite = "the path in its cookies (nginx: proxy_cookie_path)"
    return (
        f"the login was accepted, but its cookie {quoted(cookie.name)} is for the {belongs} and baseUrl has the "
        f"{leads}, so the session is lost with the next call: put the Library's own address into baseUrl, "
        f"or have the proxy in front of it rewrite {rewrite}"
    )


def reason_dropped(names: tuple[str, ...]) -> str:
    """Why a session is lost whose cookies are not kept, and what to do."""
    listed = ", ".join(quoted(name, 40) for name in names[:5]) + (", …" if len(names) > 5 else "")
    return (
        f"the login was accepted, but cookies of it are not kept because they are too large ({listed}): at most "
        f"{MAX_COOKIE_BYTES // 1024} KB each and {MAX_JAR_BYTES // 1024} KB in all; find out which system between here "
        "and the Library sets them, and use an address without it"
    )
