"""Every cookie goes back, wherever the server is and by whichever answer it came (API.md 1.4)."""

import pytest

from functions.microstrategy import Client, Cookie, Credentials, Server, Session
from functions.microstrategy.http.cookies import Jar
from tests.unit.microstrategy.conftest import TOKEN, ScriptedServer
from tests.unit.microstrategy.test_calls import head

SECURE = Cookie("JSESSIONID", "abc", "library.example.com", "/x", secure=True)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_secure_cookie_of_a_server_on_this_machine_goes_back_to_it_without_tls(
    server: ScriptedServer, host: str
) -> None:
    cookie = "Set-Cookie: JSESSIONID=abc; Path=/MicroStrategyLibrary; HttpOnly; Secure"
    server.answer(204, b"", f"X-MSTR-AuthToken: {TOKEN}", cookie)
    server.answer(200, b"{}")
    where = Server(server.url.replace("127.0.0.1", host))
    session = Client(where).log_in(Credentials(1, "u", "p"))
    Client(where, Session.from_json(session.to_json())).probe()
    assert "Cookie: JSESSIONID=abc" in head(server.requests[1])


def test_elsewhere_a_secure_cookie_is_only_ever_sent_by_tls() -> None:
    jar = Jar(Server("https://library.example.com/x"), (SECURE,))
    assert jar.header("GET", "https://library.example.com/x/api/sessions") == {"Cookie": "JSESSIONID=abc"}
    assert jar.header("GET", "http://library.example.com/x/api/sessions") == {}


def test_a_redirect_changes_no_cookie(server: ScriptedServer, client: Client) -> None:
    """A sign-on in between begins a session of its own under the same name as the Library."""
    server.answer(302, b"", "Location: /sso", "Set-Cookie: JSESSIONID=of-the-sign-on; Path=/MicroStrategyLibrary")
    server.answer(200, b'{"timeout": 1800}')
    client.probe()
    assert "JSESSIONID=COOKIE-SECRET-1" in head(server.requests[1])
    assert client.session
    assert [cookie.value for cookie in client.session.cookies] == ["COOKIE-SECRET-1"]


def test_a_login_that_failed_leaves_no_session_and_no_cookie_in_the_client(server: ScriptedServer) -> None:
    server.answer(503, b"", "Set-Cookie: AWSALB=one; Path=/")
    server.answer(200, b"{}")
    client = Client(Server(server.url))
    with pytest.raises(Exception, match="503"):
        client.log_in(Credentials(1, "u", "p"))
    assert client.session is None
    client.server_status()
    assert "Cookie" not in head(server.requests[1])
