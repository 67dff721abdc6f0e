"""From a laptop to a server of a private authority, and through a proxy: what the environment decides, and what not."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.server_access.environment import BadConnection, secret_from
from tests.support.tls import Authority, server_context, tls_in_front_of
from tests.unit.checks.conftest import Person
from tests.unit.checks.test_source import fill, new_session  # noqa: F401 - boto3 keeps the region of an earlier test
from tests.unit.microstrategy.test_proxies import Proxy, proxy  # noqa: F401

VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")


@pytest.fixture(autouse=True)
def nothing_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*VARIABLES, "HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture
def pem(authority: Authority, tmp_path: Path) -> Path:
    """A file with the authority's certificate."""
    file = tmp_path / "authority.pem"
    file.write_text(authority.pem)
    return file


@pytest.fixture
def url(authority: Authority, person: Person) -> Iterator[str]:
    """The simulator's address behind TLS."""
    port = int(person.simulator.base_url.split(":")[2].split("/")[0])
    with tls_in_front_of(port, server_context(authority.issue())) as front:
        yield f"https://localhost:{front}/MicroStrategyLibrary"


def test_without_a_word_about_it_a_private_authority_is_not_trusted(person: Person, url: str) -> None:
    report = person.check("--library-url", url)
    assert report.problems == ["server"]
    assert "caBundle" in report.only("server")[1]


def test_the_authority_can_be_named_as_a_file_or_as_its_text(person: Person, url: str, pem: Path) -> None:
    for value in (str(pem), pem.read_text(), pem.read_text().replace("\n", "\\n")):
        person.environment(MSTR_CA_BUNDLE=value)
        report = person.check("--library-url", url)
        assert (report.code, report.only("server")[0]) == (0, "ok")


@pytest.mark.parametrize("name", ["/nowhere/authority.pem", "~/authority.crt", "authority.pem"])
def test_a_file_of_authorities_that_does_not_exist_is_named(name: str) -> None:
    environment = {"MSTR_USERNAME": "u", "MSTR_PASSWORD": "p", "MSTR_CA_BUNDLE": name}
    with pytest.raises(BadConnection, match=f'^MSTR_CA_BUNDLE: there is no readable file "{name}"[.]$'):
        secret_from("https://mstr.example.com/MicroStrategyLibrary", environment)


@pytest.mark.parametrize("name", VARIABLES[:3])
def test_a_variable_that_other_tools_read_is_read_too(person: Person, url: str, pem: Path, name: str) -> None:
    person.environment(**{name: str(pem)})
    assert person.check("--library-url", url).code == 0


def test_of_several_variables_that_of_requests_counts(person: Person, url: str, pem: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    other.write_text(Authority(name="Other").pem)
    person.environment(SSL_CERT_FILE=str(pem), REQUESTS_CA_BUNDLE=str(other))
    assert person.check("--library-url", url).problems == ["server"]
    person.environment(SSL_CERT_FILE=str(other), REQUESTS_CA_BUNDLE=str(pem))
    assert person.check("--library-url", url).code == 0


def test_what_one_command_trusted_the_next_one_does_not(person: Person, url: str, pem: Path) -> None:
    person.environment(REQUESTS_CA_BUNDLE=str(pem))
    assert person.check("--library-url", url).code == 0
    person.environment(REQUESTS_CA_BUNDLE="")
    assert person.check("--library-url", url).problems == ["server"]


def test_a_variable_that_names_no_certificates_is_bad_usage(person: Person, url: str, tmp_path: Path) -> None:
    person.environment(SSL_CERT_FILE=str(tmp_path / "nowhere.pem"))
    report = person.check("--library-url", url)
    assert report.code == 2
    assert "Correct the path, or unset SSL_CERT_FILE" in report.only("usage")[1]
    assert person.check("--simulator").code == 0  # which needs none


def test_the_secret_of_a_stage_is_tested_with_the_authorities_of_the_laptop(
    person: Person, url: str, pem: Path, aws: Any
) -> None:
    fill(aws, person, baseUrl=url)
    person.environment(MSTR_CA_BUNDLE=str(pem))  # goes with --library-url: the stage's secret has its own
    assert person.check("--connection", "default").problems == ["server"]
    fill(aws, person, baseUrl=url, caBundle=pem.read_text().replace("\n", " "))
    assert person.check("--connection", "default").code == 0


def test_the_proxy_is_the_one_of_its_own_variable(
    person: Person,
    url: str,
    pem: Path,
    proxy: Proxy,  # noqa: F811
) -> None:
    person.environment(MSTR_CA_BUNDLE=str(pem), MSTR_PROXY=proxy.url.replace("http://", ""))
    assert person.check("--library-url", url).code == 0
    assert proxy.connects
    assert "proxy-pass-word" not in "".join(person.written)


def test_a_proxy_of_the_environment_is_never_taken_by_surprise(person: Person, url: str, pem: Path) -> None:
    person.environment(MSTR_CA_BUNDLE=str(pem), HTTPS_PROXY="http://127.0.0.1:1", https_proxy="http://127.0.0.1:1")
    assert person.check("--library-url", url).code == 0


def test_an_address_that_was_copied_from_a_browser_leads_to_the_library(person: Person, url: str, pem: Path) -> None:
    person.environment(MSTR_CA_BUNDLE=str(pem))
    report = person.check("--library-url", f" {url.replace('https', 'HTTPS')}/app/config?x=1#home")
    assert (report.code, report.only("url")[0]) == (0, "ok")
