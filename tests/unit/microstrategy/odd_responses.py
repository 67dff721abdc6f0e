"""HTTP responses as no server should send them: any status, headers and body, or no HTTP at all."""

import dataclasses
import json
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.unit.microstrategy.any_server import COOKIE, PASSWORD, TOKEN, http
from tests.unit.microstrategy.client_calls import Call
from tests.unit.microstrategy.odd_json import any_json, near
from tests.unit.microstrategy.test_calls import INSTANCE

quick = settings(
    max_examples=30,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)

ENVELOPES = [
    {"code": "ERR001", "iServerCode": -2147209151, "message": f"m {TOKEN}", "ticketId": COOKIE, "subErrors": [{}]},
    {"errors": [{"code": "8004cc4c", "message": "m"}, {"message": f"{PASSWORD}"}], "ticketId": "b722"},
    {"code": "ERR008", "message": "not ready"},
]


def bodies(right: Any) -> st.SearchStrategy[bytes]:
    as_text = near(right) | near(right) | st.one_of([near(envelope) for envelope in ENVELOPES]) | any_json
    page = st.sampled_from([f"<title>{TOKEN}</title>", f"<html>{'x' * 3_990}{PASSWORD}", "<script>", "&#xD800;<"])
    return as_text.map(lambda t: t.encode("utf-8", "surrogatepass")) | page.map(str.encode) | st.binary(max_size=40)


odd_value = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=12) | st.sampled_from(
    ["", "5", "x" * 9_000, f"a\r\n {TOKEN}"]
)
ODD_HEADERS = {
    "Retry-After": (
        *(
            "-1",
            "1e3",
            "nan",
            "9" * 400,
            "\xb2",
            "24 Nov",
            "0",
            "Tue, 0 Foo 0 0:0:0",
            "Tue, 24 Nov 2026 10:00:30 -9999",
        ),
        *("Tue, 24 Nov 2026 10:00:30 GMT", "Tue, 24 Nov 99999 10:00:30 GMT"),
    ),
    "Date": ("Tue, 24 Nov 2026 10:00:00 GMT", "Tue, 24 Nov 0001 10:00:30 +2359", "Tue, 24 Nov 2026 10:00:30 -0000"),
    "Set-Cookie": (
        *(f"JSESSIONID={COOKIE}2; Path=/; Max-Age=x", "a=b; Expires=Tue, 99 Foo 99999 99:99:99 GMT", "=;=", "a"),
        *('a=\xff; Domain=.com; Path=\x01; Port="x"', "a=1; Version=x; Max-Age=99999999999999999999", "; ; =a"),
    ),
    "Content-Type": ("text/html", "application/json; charset=utf-16", "charset=x"),
    "X-MSTR-AuthToken": (TOKEN, f" {PASSWORD}"),
    "X-MSTR-MS-Instance": (INSTANCE, INSTANCE.lower(), INSTANCE[1:], f"{INSTANCE}, {INSTANCE}"),
    "X-MSTR-CubeStatus": ("0", "1", "102", "-1", "1e3", "9" * 400, "0x66", "\xb2", "70, 70"),
    "Location": (
        *("http://[", "/other", "//h:x/", "http://\xad/", "?", "http://\xe9.example/", f"https://{'h' * 9_000}/"),
        *(f"https://{TOKEN}.example/", f"https://{COOKIE}@h/", f"http://{COOKIE}/", "http://[::1", "mailto:x", "/\x00"),
        *("/" * 9_000, "/%", f"https://{PASSWORD}.example/"),
    ),
    "Content-Encoding": ("gzip", "deflate", "br", "zstd", "gzip, gzip, gzip, gzip, gzip, gzip", "identity"),
    "Content-Length": ("0", "1", "99999", "-1", "1, 2"),
    "Transfer-Encoding": ("chunked", "identity"),
    "Connection": ("keep-alive", "close"),
}
odd_header = st.one_of(
    [st.builds(f"{name}: {{}}".format, st.sampled_from(values) | odd_value) for name, values in ODD_HEADERS.items()]
)
statuses = st.sampled_from([200, 200, 200, 201, 202, 204, 302, 400, 401, 403, 404, 429, 500, 503]) | st.integers(0, 999)


def answers(call: Call) -> st.SearchStrategy[bytes]:
    right = st.just(list(call.headers))
    headers = right | st.builds(lambda own, more: [*own, *more], right, st.lists(odd_header, max_size=3))
    location = st.builds("Location: {}".format, st.sampled_from(ODD_HEADERS["Location"]) | odd_value)
    return st.one_of(
        st.builds(http, st.just(200), right, bodies(call.right)),
        st.builds(http, statuses, headers, bodies(call.right)),
        st.builds(http, st.sampled_from([301, 302, 307]), st.lists(location, max_size=1), st.just(b"")),
        st.builds(bytes.__add__, st.sampled_from([b"", b"HTTP/1.1 ", b"HTTP/1.1 200 OK\r\n"]), st.binary()),
    )


def sound(value: Any) -> None:
    """It can be told on: strict JSON, in UTF-8."""
    plain = [_plain(one) for one in value] if isinstance(value, list) else _plain(value)
    json.dumps(plain, ensure_ascii=False, allow_nan=False).encode()


def _plain(value: Any) -> Any:
    return dataclasses.asdict(value) if dataclasses.is_dataclass(value) and not isinstance(value, type) else value
