"""The cookies of one call: those of the session go out, those of the answer come in (contract 1.4)."""

from collections.abc import Callable
from http.cookiejar import Cookie as HttpCookie
from http.cookiejar import DefaultCookiePolicy

import requests
from requests import cookies as requests_cookies
from requests.cookies import RequestsCookieJar

from functions.library.models import Cookie, Server

# The stubs know no types for these three.
_header: Callable[..., str | None] = requests_cookies.get_cookie_header
_take: Callable[..., None] = requests_cookies.extract_cookies_to_jar
_make: Callable[..., HttpCookie] = requests_cookies.create_cookie


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
        plain = ("http",) if server.base_url.startswith("http:") else ()
        self._jar = RequestsCookieJar(policy=DefaultCookiePolicy(secure_protocols=("https", *plain)))
        for cookie in cookies:
            made = _make(cookie.name, cookie.value, domain=cookie.domain, path=cookie.path, secure=cookie.secure)
            made.domain_specified = not cookie.host_only
            self._jar.set_cookie(made)

    @property
    def cookies(self) -> tuple[Cookie, ...]:
        """All of them, also those of other paths."""
        found = (
            Cookie(c.name, c.value or "", c.domain, c.path, c.secure, host_only=not c.domain_specified)
            for c in self._jar
        )
        return tuple(sorted(found, key=lambda cookie: (cookie.name, cookie.path)))

    def header(self, method: str, url: str) -> dict[str, str]:
        """The ``Cookie`` header of a request, or nothing."""
        value = _header(self._jar, requests.Request(method, url).prepare())
        return {"Cookie": value} if value else {}

    def take(self, response: requests.Response) -> None:
        """Merge what an answer sets, and drop what it removes."""
        _take(self._jar, response.request, response.raw)
