"""A secret's text and its keys, as consoles, editors and shells leave them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.requests.connection import ConnectionSecret, judge, read
from functions.requests.connection_secret.names import KNOWN

URL = "https://mstr.example.org/MicroStrategyLibrary"
MINE = {"baseUrl": URL, "loginMode": 1, "username": "dm_runner", "password": "planted-7b1e"}
JSON = json.dumps(MINE)


def usable(secret: ConnectionSecret) -> dict[str, Any]:
    assert secret.flaws == ()
    assert secret.credentials
    assert secret.server
    return secret.fields


@pytest.mark.parametrize(
    "text",
    [
        JSON,
        "\ufeff" + JSON,
        f"\n\n {JSON}\r\n",
        JSON.encode(),
        JSON.encode("utf-8-sig"),
        JSON.encode("utf-16"),
        f"'{JSON}'",
        json.dumps(JSON),
        json.dumps({"connection": JSON}),
        json.dumps({"default": MINE}),
        json.dumps({key: str(value) for key, value in MINE.items()}),
        json.dumps(MINE | {"caBundle": "", "proxy": "", "apiToken": ""}),
        json.dumps(MINE | {"caBundle": None, "proxy": None}),
    ],
)
def test_a_text_that_is_obviously_meant_is_the_secret(text: str | bytes) -> None:
    assert usable(read(text)) == MINE


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "is empty"),
        ("", "is empty"),
        ("[]", "not a JSON object"),
        ("5", "not a JSON object"),
        ("[" * 100_000, "not a JSON object"),
        ('{"a":' * 100_000, "not a JSON object"),
        ("9" * 10_000, "not a JSON object"),
        (b"\xff\xfe\xfd\x00\xd8", "not a JSON object: it is binary"),
        ("dm_runner:planted-7b1e", "plain text, as in user:password"),
        ("username=dm_runner\npassword=planted-7b1e", "plain text"),
        ("file://connection.json", "the name of a file"),
        (JSON.replace('"', "“"), "line 1, column 2 .*curly quotation mark"),
        (JSON.replace('"', "'"), "line 1, column 2 .*single quotation marks"),
        (JSON.replace('"', ""), "line 1, column 2 .*no quotation marks.*file://"),
        (f"{JSON[:-1]},\n}}", "line 2, column 1 .*comma after the last field"),
        (JSON.replace("planted", "plan\\ted\\x"), "line 1, column .*backslash .* doubled"),
        (JSON[:-5], "line 1, column .*"),
        (JSON[:-1], "line 1, column .*it ends too early"),
        (JSON.replace('", "', '" "'), "line 1, column .*comma"),
        (JSON.replace('{"', '{// ours\n"'), "line 1, column 2 .*comment"),
        (f'{JSON[:-1]}, "username": "other"}}', "has a field twice"),
    ],
)
def test_a_secret_that_is_not_json_is_refused_with_the_place_and_without_a_word_of_it(
    text: str | bytes | None, sentence: str
) -> None:
    secret = read(text)
    with pytest.raises(AssertionError, match=sentence):
        raise AssertionError(secret.flaw)
    assert "planted" not in str(secret.flaw)
    assert "planted" not in repr(secret)


@pytest.mark.parametrize(
    "keys",
    [
        ("base_url", "login_mode", "userName", "PASSWORD"),
        ("BASE-URL", "Login Mode", "user", "password "),
        ("MSTR_BASE_URL", "MSTR_LOGIN_MODE", "MSTR_USERNAME", "MSTR_PASSWORD"),
        ("libraryUrl", "mode", "user_name", "Password"),
        ("url", "loginmode", "username", "password"),
    ],
)
def test_keys_in_another_spelling_are_the_fields_that_they_mean(keys: tuple[str, ...]) -> None:
    assert usable(judge(dict(zip(keys, MINE.values(), strict=True)))) == MINE


def test_a_field_in_two_spellings_is_refused_where_the_values_differ() -> None:
    assert usable(judge(MINE | {"userName": "dm_runner"})) == MINE
    assert judge(MINE | {"userName": "other"}).flaw == "has username twice, with different values"


def test_an_unknown_field_fails_with_the_closest_match_and_all_known_fields() -> None:
    flaw = str(judge(MINE | {"passwort": "x"}).flaw)
    assert flaw.startswith('has the unknown field passwort (did you mean "password"?); known fields: baseUrl')
    assert str(judge(MINE | {"engine": "x"}).flaw).startswith("has the unknown field engine; known fields:")


def test_a_key_that_may_be_a_password_is_named_by_its_position() -> None:
    for planted in ("planted-7b1e!", "CorrectHorseBattery", "planted", "Password-of-Paul", "MyPassword", "secret"):
        flaw = str(judge(MINE | {planted: "admin"}).flaw)
        assert flaw.startswith("has an unknown field in position 5")
        assert planted not in flaw


@pytest.mark.parametrize("misspelled", ["passwort", "Passwords", "pasword", "PASSWROD", "usernam", "base_ur", "prxy"])
def test_a_name_with_one_wrong_letter_is_quoted(misspelled: str) -> None:
    assert f"has the unknown field {misspelled} (did you mean " in str(judge(MINE | {misspelled: "x"}).flaw)


def test_a_key_that_resembles_a_name_is_named_by_its_position_with_that_name() -> None:
    flaw = str(judge(MINE | {"login": "x"}).flaw)
    assert flaw.startswith('has an unknown field in position 5 (did you mean "loginMode"?); known fields:')


def test_all_flaws_are_named_at_once() -> None:
    secret = judge({"baseUrl": "http://mstr.example.org", "loginMode": 16, "caBundle": "/etc/ca.pem", "proxy": "x:0"})
    assert len(secret.flaws) == 4
    said = str(secret.flaw)
    assert all(
        name in said for name in ("lacks username, password", "a baseUrl that", "a caBundle that", "a proxy that")
    )


def test_a_route_to_the_server_with_an_unusable_part_is_not_used_at_all() -> None:
    assert "baseUrl" not in judge(MINE | {"caBundle": "no certificate"}).fields


values = st.one_of(
    st.text(st.characters(codec="utf-8"), min_size=6, max_size=60),
    st.builds("{}://{}@{}:{}".format, st.sampled_from(["http", "ftp", "socks5"]), *[st.text("xyzq89", min_size=6)] * 3),
    st.builds(
        "-----BEGIN {0}-----{1}-----END {0}-----".format,
        st.sampled_from(["CERTIFICATE", "RSA PRIVATE KEY"]),
        st.text("xyzq89", min_size=6),
    ),
)


@given(st.dictionaries(st.sampled_from(KNOWN), values, min_size=1))
def test_no_message_has_anything_of_a_value(fields: dict[str, str]) -> None:
    secret = read(json.dumps(fields))
    shown = f"{secret.flaw} {secret!r}".replace(URL, "")
    harmless = read(json.dumps(dict.fromkeys(fields, ""))).flaw or ""
    assert not [v for v in fields.values() if v.strip() in shown and v.strip() not in harmless and len(v.strip()) > 5]
    assert "xyzq89" not in shown
