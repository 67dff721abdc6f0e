"""The values of a secret: what is accepted, and what each field is refused for."""

import base64
import re
import time
from typing import Any

import pytest

from functions.microstrategy.http.tls import context_for
from functions.requests.connection import judge
from functions.requests.connection_secret.base_url import base_url
from functions.requests.connection_secret.certificates import ca_bundle
from functions.requests.connection_secret.login import login_mode, name_or_token, password
from functions.requests.connection_secret.problem import InvalidSecret
from functions.requests.connection_secret.proxy_address import proxy_address
from tests.support.tls import Authority, server_context, tls_server
from tests.unit.microstrategy.test_tls import ask
from tests.unit.requests.connection_secret.test_text import MINE

LIBRARY = "https://mstr.example.org/MicroStrategyLibrary"


@pytest.mark.parametrize(
    "written",
    [
        LIBRARY,
        f"  {LIBRARY}/ \n",
        f"\ufeff{LIBRARY}\u200b",
        f'"{LIBRARY}"',
        f"“{LIBRARY}”",
        f"<{LIBRARY}>",
        "HTTPS://MSTR.example.org/MicroStrategyLibrary",
        "mstr.example.org/MicroStrategyLibrary",
        "https://mstr.example.org/Micro\nStrategyLibrary",
        f"{LIBRARY}/api",
        f"{LIBRARY}/api/",
        f"{LIBRARY}/api/auth/login",
        f"{LIBRARY}/api-docs/index.html?url=/x",
        f"{LIBRARY}/app",
        f"{LIBRARY}/app/B19DEDCC11D4E0EFC000EB9495D0F44F/8E5A/share",
        f"{LIBRARY}/app/config/home#settings",
        f"{LIBRARY}/auth/ui/loginPage?redirect=%2Fapp",
        f"{LIBRARY}/admin",
        f"{LIBRARY}/index.html;jsessionid=0123",
        f"{LIBRARY}#",
        f"{LIBRARY}?continue",
    ],
)
def test_the_address_of_the_library_is_found_in_what_was_copied(written: str) -> None:
    assert base_url(written) == LIBRARY


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://mstr.example.org", "https://mstr.example.org"),
        ("https://mstr.example.org/app", "https://mstr.example.org/app"),
        ("https://mstr.example.org/bi/MicroStrategyLibrary/app", "https://mstr.example.org/bi/MicroStrategyLibrary"),
        ("mstr:8443/Library", "https://mstr:8443/Library"),
        ("http://127.0.0.1:8080/x/", "http://127.0.0.1:8080/x"),
        ("http://localhost/x", "http://localhost/x"),
        ("https://[::1]:8443/x", "https://[::1]:8443/x"),
        ("https://mstr.example.org/apifoo", "https://mstr.example.org/apifoo"),
    ],
)
def test_an_address_is_cut_only_where_a_page_begins(written: str, read: str) -> None:
    assert base_url(written) == read
    assert base_url(read) == read


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("http://mstr.example.org/x", "must be https"),
        ("library", "begin with https://"),
        ("https:/mstr.example.org/x", "begin with https://"),
        ("htps://mstr.example.org/x", "begin with https://"),
        ("https://https://mstr.example.org/x", "begin with https://|not an address"),
        ("https:\\\\mstr.example.org\\x", "backslash"),
        ("https://mstr.example.org/My Library", "blank"),
        ("https://planted:planted@mstr.example.org/x", "user or a password"),
        ("https://mstr.example.org:99999/x", "port"),
        ("https://[::1", "not an address"),
        ("https://", "name a host"),
        ("…", "not filled in"),
        (f"https://{'a' * 64}.example.org/x", "an invalid host"),
        ("https://mstr..example.org/x", "an invalid host"),
        ("https://*.example.org/x", "an invalid host"),
        ("https://mstr\u202e.example.org/x", "an invalid host"),
        ("https://mstr.example.org/\ud800", "half of a character"),
        ("https://mstr.example.org/MicroStrategy/servlet/mstrWeb?evt=3010", "MicroStrategy Web"),
        ("file:///etc/passwd", "begin with https://"),
        (5, "not a string"),
    ],
)
def test_another_address_is_refused_with_what_it_must_be(written: Any, sentence: str) -> None:
    with pytest.raises(InvalidSecret, match=sentence) as refused:
        base_url(written)
    assert "planted" not in str(refused.value)


# -- caBundle ---------------------------------------------------------------------------------------------------------

ROOT, OTHER = Authority(name="Root"), Authority(name="Other")
LEAF = ROOT.issue()
PASTES = {
    "as it is": ROOT.pem,
    "without its last line break": ROOT.pem.strip(),
    "CR LF": ROOT.pem.replace("\n", "\r\n"),
    "line breaks lost": ROOT.pem.replace("\n", ""),
    "line breaks as blanks": ROOT.pem.replace("\n", " "),
    "line breaks as two characters": ROOT.pem.replace("\n", "\\n"),
    "CR LF as four characters": ROOT.pem.replace("\n", "\\r\\n"),
    "a byte order mark": "\ufeff" + ROOT.pem,
    "quotation marks": f'"{ROOT.pem}"',
    "indented": ROOT.pem.replace("\n", "\n    "),
    "long dashes": ROOT.pem.replace("-----", "—–"),
    "text around it": f"Subject: CN=Röot\n{ROOT.pem}\nSHA-1 Fingerprint=AA:BB",
    "twice": ROOT.pem * 2,
    "X509": ROOT.pem.replace("CERTIFICATE", "X509 CERTIFICATE"),
    "bare base64": base64.b64encode(ROOT.der).decode(),
    "bare base64 in lines": base64.encodebytes(ROOT.der).decode(),
    "base64 of the file": base64.b64encode(ROOT.pem.encode()).decode(),
}


@pytest.mark.parametrize("paste", PASTES)
def test_a_certificate_is_found_in_whatever_a_paste_has_made_of_it(paste: str) -> None:
    assert ca_bundle(PASTES[paste]) == ROOT.pem


@pytest.mark.parametrize("before", ["", "\n", "x "])
def test_a_row_of_dashes_without_an_end_is_refused_at_once(before: str) -> None:
    began = time.process_time()
    with pytest.raises(InvalidSecret):
        ca_bundle(f"{before}-BEGIN CERTIFICATE{'-' * 60_000}")
    assert time.process_time() - began < 1.0


def test_the_bytes_of_a_file_are_taken_in_both_formats() -> None:
    assert ca_bundle(ROOT.der) == ca_bundle(ROOT.pem.encode()) == ROOT.pem


def test_several_certificates_are_kept_in_their_order() -> None:
    expected = OTHER.pem + ROOT.pem
    assert ca_bundle(OTHER.pem + ROOT.pem) == ca_bundle([OTHER.pem, ROOT.pem]) == expected
    assert ca_bundle((OTHER.pem + ROOT.pem).replace("\n", "")) == expected


def test_a_server_can_be_trusted_by_its_own_certificate() -> None:
    """Any kind of certificate: a server's own identifies a server whose authority nobody has."""
    bundle = ca_bundle(LEAF[LEAF.index("-----BEGIN CERT") :].replace("\n", " "))
    with tls_server(server_context(LEAF)) as port:
        ask(port, bundle)


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("/etc/ssl/planted.pem", "name of a file"),
        ("planted.crt", "name of a file"),
        ("C:\\planted\\ca.cer", "name of a file"),
        ("~/planted.pem", "name of a file"),
        ("file://planted.pem", "name of a file"),
        ("s3://planted/ca", "name of a file"),
        (LEAF, "private key"),
        (ROOT.key_pem, "private key"),
        (ROOT.pem.replace("CERTIFICATE", "PKCS7"), "pkcs7 and not a certificate"),
        (ROOT.pem.replace("CERTIFICATE", "CERTIFICATE REQUEST"), "certificate request and not"),
        (ROOT.pem[: len(ROOT.pem) // 2], "cut off"),
        (OTHER.pem + ROOT.pem[: len(ROOT.pem) // 2], "end is missing"),
        (OTHER.pem + ROOT.pem.replace("\nMII", "\nMIX"), "cannot be read, the 2nd"),
        (ROOT.pem.replace("\n", "\n!", 2), "cannot be read, the 1st"),
        ("planted", "no certificate"),
        ("true", "no certificate"),
        (base64.b64encode(b"planted " * 20).decode(), "no certificate"),
        (base64.b64encode(b"\x30\x82planted").decode(), "cannot be read"),
        (5, "not a string"),
        ({}, "not a string"),
        (["x", 5], "not a string"),
    ],
)
def test_what_is_not_a_certificate_is_refused_by_what_it_is(written: Any, sentence: str) -> None:
    with pytest.raises(InvalidSecret, match=sentence) as refused:
        ca_bundle(written)
    assert "planted" not in str(refused.value)


def test_what_was_accepted_can_be_used_for_tls() -> None:
    assert len(context_for(ca_bundle(ROOT.pem + OTHER.pem)).get_ca_certs()) == 2


# -- proxy ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("http://proxy.example.org:8080", "http://proxy.example.org:8080"),
        (' "HTTP://proxy.example.org:8080/" ', "http://proxy.example.org:8080"),
        ("proxy.example.org:3128", "http://proxy.example.org:3128"),
        ("10.0.0.7:3128", "http://10.0.0.7:3128"),
        ("https://proxy.example.org", "https://proxy.example.org"),
        ("http://[fd00::7]:3128", "http://[fd00::7]:3128"),
        ("http://me:secret@proxy:8080", "http://me:secret@proxy:8080"),
        ("me:p@ss wörd@proxy:8080", "http://me:p%40ss%20w%C3%B6rd@proxy:8080"),
        ("http://me:p%40ss@proxy:8080", "http://me:p%40ss@proxy:8080"),
        ("http://me:a/b#c@proxy:8080", "http://me:a%2Fb%23c@proxy:8080"),
        ("http://DOMAIN\\me:x@proxy:8080", "http://DOMAIN%5Cme:x@proxy:8080"),
    ],
)
def test_the_address_of_a_proxy_is_accepted_as_people_write_it(written: str, read: str) -> None:
    assert proxy_address(written) == read
    assert proxy_address(read) == read


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("socks5://planted:1080", "SOCKS"),
        ("SOCKS5H://planted:1080", "SOCKS"),
        ("ftp://planted:21", "begin with http"),
        ("http://planted:99999", "port"),
        ("planted:0", "port"),
        ("planted:http", "port"),
        ("http://", "no valid host"),
        ("http://pla nted:8080", "no valid host"),
        ("http://[::1", "host"),
        ("http://planted/proxy.pac", "host and port"),
        (8080, "not a string"),
    ],
)
def test_another_proxy_is_refused_by_what_it_is(written: Any, sentence: str) -> None:
    with pytest.raises(InvalidSecret, match=sentence) as refused:
        proxy_address(written)
    assert "planted" not in str(refused.value)


# -- who logs in ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "mode"),
    [(1, 1), ("1", 1), (" 16 ", 16), (16.0, 16), ("LDAP", 16), ("Standard", 1), ("API token", 4096), ("guest", 8)],
)
def test_a_login_mode_is_a_number_or_a_name(written: Any, mode: int) -> None:
    assert login_mode({"loginMode": written}) == mode


@pytest.mark.parametrize("written", [2, "64", True, 1.5, "SAML", [1], {}, "9" * 5_000, "²"])
def test_another_login_mode_is_refused_with_those_there_are(written: Any) -> None:
    with pytest.raises(InvalidSecret, match=re.escape("is not one of 1 (standard), 8 (guest), 16 (LDAP)")):
        login_mode({"loginMode": written})


def test_without_a_login_mode_a_token_alone_logs_in_by_token() -> None:
    assert login_mode({"apiToken": "x"}) == 4096
    assert login_mode({"apiToken": "x", "username": "u", "password": "p"}) == 1
    assert login_mode({}) == 1


def test_a_line_break_after_a_password_or_a_name_was_never_typed() -> None:
    assert password("planted\n") == password("planted\r\n") == "planted"
    assert password(" blanks may be meant ") == " blanks may be meant "
    assert name_or_token("\ufeffdm_runner \n") == "dm_runner"


@pytest.mark.parametrize("field", ["username", "password", "apiToken"])
@pytest.mark.parametrize(
    ("written", "sentence"),
    [("pla\nnted", "line break in it"), ("…", "not filled in"), (12345, "not a string"), (["planted"], "not a string")],
)
def test_a_credential_that_cannot_be_one_is_refused_by_its_field(field: str, written: Any, sentence: str) -> None:
    flaw = str(judge(MINE | {field: written}).flaw)
    assert f" {field} that " in flaw
    assert sentence in flaw
    assert "nted" not in flaw


def test_an_empty_password_is_a_password() -> None:
    """The server's own administrator has it at first."""
    assert judge(MINE | {"password": ""}).flaws == ()
    assert judge(MINE | {"username": ""}).flaw == "lacks username (for loginMode 1)"


# -- values that are not text ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["baseUrl", "username", "password", "apiToken", "caBundle", "proxy"])
def test_half_of_a_character_is_refused_by_the_name_of_its_field(name: str) -> None:
    """JSON can escape it, a variable's bytes in another encoding become it, and nothing can be sent with it."""
    written = {"baseUrl": LIBRARY, "username": "u", "password": "p"} | {name: "http://planted\udce9:x@proxy.example:80"}
    (flaw,) = judge(written).flaws
    assert f" {name} that has half of a character in it" in flaw
    assert "planted" not in flaw


@pytest.mark.parametrize("host", ["a" * 64, "...", "proxy..example.org"])
def test_a_proxy_whose_host_cannot_be_is_refused(host: str) -> None:
    with pytest.raises(InvalidSecret, match="has no valid host"):
        proxy_address(f"http://{host}:8080")
