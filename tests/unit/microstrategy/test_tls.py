"""TLS against real servers of a private authority: what is trusted, and what is said where a certificate is not."""

import datetime
import ssl
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from functions.errors import ServerUnavailable
from functions.microstrategy import Client, Server, Session
from functions.microstrategy.http.tls import context_for, trusting
from tests.support.tls import DAY, Authority, listening, server_context, tls_server
from tests.unit.microstrategy.conftest import TOKEN


def ask(port: int, ca_bundle: str | None = None, host: str = "localhost") -> None:
    Client(Server(f"https://{host}:{port}/x", ca_bundle=ca_bundle), Session(TOKEN), budget=5).probe()


def refused(port: int, ca_bundle: str | None = None, host: str = "localhost") -> ServerUnavailable:
    with pytest.raises(ServerUnavailable) as failure:
        ask(port, ca_bundle, host)
    assert failure.value.delivery == "not sent"
    return failure.value


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_server_of_the_authority_in_the_bundle_is_trusted(authority: Authority, host: str) -> None:
    with tls_server(server_context(authority.issue())) as port:
        ask(port, authority.pem, host)


def test_an_intermediate_authority_is_trusted_without_its_root(authority: Authority) -> None:
    between = Authority(authority, "Between")
    with tls_server(server_context(between.issue())) as port:
        ask(port, between.pem)


def test_one_of_several_authorities_in_a_bundle_is_enough(authority: Authority) -> None:
    with tls_server(server_context(authority.issue())) as port:
        ask(port, "# ours, née 2019\n" + Authority(name="Other").pem + authority.pem)


def test_a_self_signed_certificate_is_trusted_where_it_is_the_bundle(authority: Authority) -> None:
    made = authority.issue(self_signed=True)
    with tls_server(server_context(made)) as port:
        ask(port, made[made.index("-----BEGIN CERT") :])


CASES: dict[str, tuple[Callable[[Authority], str], bool, str, bool]] = {
    "expired": (lambda a: a.issue(begins=-2 * DAY, ends=-DAY), True, "has expired.*new one", False),
    "not yet valid": (lambda a: a.issue(begins=DAY, ends=2 * DAY), True, "not valid yet.*clock", True),
    "of another host": (lambda a: a.issue("library.example.com"), True, "another host name.*baseUrl", False),
    "of an unknown authority": (lambda a: a.issue(), False, "not trusted.*authority.*caBundle", False),
    "self-signed": (lambda a: a.issue(self_signed=True), True, "not trusted.*self-signed.*caBundle", False),
    "of a chain with its root": (lambda a: a.issue() + a.pem, False, "not trusted.*private.*caBundle", False),
}
"""A server's certificate, whether its authority is in the bundle, the sentence, and whether waiting may cure it."""


@pytest.mark.parametrize("case", CASES)
def test_a_certificate_that_does_not_hold_is_reported_with_what_to_do(authority: Authority, case: str) -> None:
    make, is_known, sentence, may_pass = CASES[case]
    with tls_server(server_context(make(authority))) as port:
        error = refused(port, authority.pem if is_known else Authority(name="Other").pem)
    assert error.may_pass is may_pass
    with pytest.raises(ServerUnavailable, match=sentence):
        raise error


def test_plain_http_where_tls_is_expected_is_reported_as_that(authority: Authority) -> None:
    with listening(lambda c: (c.recv(65536), c.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"))) as port:
        error = refused(port, authority.pem)
    assert "does not speak TLS: correct the port in baseUrl" in str(error)
    assert error.may_pass is False


def test_a_server_whose_tls_is_too_old_is_reported_as_that(authority: Authority) -> None:
    context = server_context(authority.issue())
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSVersion"):
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    with tls_server(context) as port:
        error = refused(port, authority.pem)
    assert "TLS is too old: have TLS 1.2 or 1.3 enabled" in str(error)
    assert error.may_pass is False


def test_a_server_that_hangs_up_in_the_handshake_may_come_back(authority: Authority) -> None:
    with listening(lambda connection: connection.recv(1)) as port:
        assert refused(port, authority.pem).may_pass is True


def test_a_proxy_that_is_asked_for_tls_and_has_none_is_reported_by_its_field(authority: Authority) -> None:
    with listening(lambda c: (c.recv(65536), c.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"))) as port:
        server = Server("https://library.example.com/x", proxy=f"https://127.0.0.1:{port}")
        with pytest.raises(ServerUnavailable, match="address in proxy must begin with http://") as failure:
            Client(server, Session(TOKEN), budget=5).probe()
    assert failure.value.may_pass is False


def test_a_proxy_that_cannot_be_found_or_is_not_trusted_is_not_taken_for_the_server(authority: Authority) -> None:
    with tls_server(server_context(authority.issue())) as port:
        for proxy, said in (
            ("http://no-such-host.invalid:8080", "its name cannot be resolved"),
            (f"https://localhost:{port}", "its certificate is not trusted"),
        ):
            server = Server("https://library.example.com/x", proxy=proxy)
            with pytest.raises(ServerUnavailable, match=f"the connection to the proxy failed: {said}"):
                Client(server, Session(TOKEN), budget=5).probe()


@pytest.mark.parametrize(
    ("url", "proxy"),
    [
        (f"https://{'a' * 64}.example.com/x", None),
        ("https://library..example.com/x", None),
        ("https://*/x", None),
        ("https://library.example.com/x", "http://...:8080"),
    ],
)
def test_an_address_that_is_none_is_not_waited_for(url: str, proxy: str | None) -> None:
    with pytest.raises(ServerUnavailable, match="its address is not valid, or is that of the proxy") as failure:
        Client(Server(url, proxy=proxy), Session(TOKEN), budget=5).probe()
    assert failure.value.may_pass is False


# -- where a bundle is kept -------------------------------------------------------------------------------------------


def test_a_bundle_is_never_written_to_a_file(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with tls_server(server_context(authority.issue())) as port:
        tmp_path.chmod(0o500)
        ask(port, authority.pem)
    assert list(tmp_path.iterdir()) == []


def test_authorities_are_read_once_however_many_connections_are_made(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[object] = []
    load = ssl.SSLContext.load_verify_locations
    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", lambda *a, **k: (read.append(a), load(*a, **k))[1])
    bundle = Authority(name="New").pem + authority.pem
    with tls_server(server_context(authority.issue())) as port:
        for _ in range(3):
            ask(port, bundle)
    assert len(read) == 1


def test_a_connection_with_a_bundle_trusts_nobody_else(authority: Authority) -> None:
    trusted = context_for(authority.pem).get_ca_certs()
    assert len(trusted) == 1
    assert len(context_for(None).get_ca_certs()) > 50
    assert len(context_for(authority.pem).get_ca_certs()) == 1


# -- what a laptop trusts ---------------------------------------------------------------------------------------------


def test_a_command_can_trust_a_file_of_authorities_until_it_ends(authority: Authority, tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text(authority.pem)
    with tls_server(server_context(authority.issue())) as port:
        with trusting(file):
            ask(port)
            refused(port, Authority(name="Other").pem)
        refused(port)


def test_a_file_without_certificates_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    with pytest.raises(ssl.SSLError), trusting(tmp_path / "ca.pem"):
        raise AssertionError
    with pytest.raises(OSError, match="No such file"), trusting(tmp_path / "nowhere.pem"):
        raise AssertionError


def test_the_environment_alone_makes_nobody_trusted(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "ca.pem"
    file.write_text(authority.pem)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, str(file))
    with tls_server(server_context(authority.issue(ends=datetime.timedelta(hours=1)))) as port:
        assert "not trusted" in str(refused(port))
