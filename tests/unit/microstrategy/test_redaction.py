"""No spelling of a secret is left in what a server said, and nothing else is lost."""

import base64
import html
import json
import time
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from functions.microstrategy import endpoints as at
from functions.microstrategy.error_mapping import exception
from functions.microstrategy.http.redaction import LONGEST, redactor

AWKWARD = 'it\'s p@ss/wörd & "100% <sure>"+1\\n'


def decimal(text: str) -> str:
    return "".join(f"&#{ord(c)};" for c in text)


def hexadecimal(text: str) -> str:
    return "".join(f"&#x{ord(c):x};" for c in text)


def spring(text: str) -> str:
    """As Spring and Java's usual libraries write it."""
    return html.escape(text, quote=False).replace('"', "&quot;").replace("'", "&#39;")


def escaped(text: str) -> str:
    return json.dumps(text)[1:-1]


ENCODINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "html": html.escape,
    "html of spring": spring,
    "html with &apos;": lambda text: spring(text).replace("&#39;", "&apos;"),
    "html, decimal": decimal,
    "html, hexadecimal": hexadecimal,
    "html, HEXADECIMAL": lambda text: hexadecimal(text).upper(),
    "json": escaped,
    "json in UTF-8": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "json with \\/": lambda text: escaped(text).replace("/", "\\/"),
    "json, all": lambda text: "".join(f"\\u{u:04x}" for u in memoryview(text.encode("utf-16-le")).cast("H")),
    "percent": lambda text: quote(text, safe=""),
    "percent, lower case": lambda text: "".join(
        c if c.isascii() and c.isalnum() else "".join(f"%{byte:02x}" for byte in c.encode()) for c in text
    ),
    "percent, all": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "form": quote_plus,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 of more": lambda text: base64.b64encode(f"me:{text}!".encode()).decode(),
    "base64 for addresses": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
}


def said_of(text: str, secret: str) -> str:
    """The error of an envelope, and of a page, that quote ``text``."""
    redact = redactor([secret])
    envelope = exception(at.PROBE, 400, {"code": "ERR001", "message": f"no: {text}."}, "", None, redact)
    page = exception(at.PROBE, 400, None, f"<html><p>{text}</p></html>", None, redact)
    return f"{envelope} {page}"


OUR_OWN = said_of("", "no secret at all")
"""What is said around a quoted text: a secret that is a word of it would be found there."""

secrets = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), min_size=8, max_size=30).filter(
    lambda text: len(text.split()) == 1 and len(set(text)) > 3 and text not in OUR_OWN
)
names = st.sampled_from(sorted(ENCODINGS))


@given(secrets, names, names)
@example(AWKWARD, "html of spring", "json")
@example(AWKWARD, "percent, lower case", "percent")
@example(AWKWARD, "json", "json")
@example(AWKWARD, "base64", "base64")
@example("a%41b&amp;\\u0041c", "html", "percent")
@example("Müller-2024!", "base64 of more", "json with \\/")
def test_two_encodings_of_a_secret_do_not_make_it_readable(secret: str, first: str, second: str) -> None:
    written = ENCODINGS[second](ENCODINGS[first](secret))
    said = said_of(written, secret)
    assert "***" in said
    assert secret not in said
    assert written not in said


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_what_stands_around_a_secret_is_left(encoding: str) -> None:
    text = redactor([AWKWARD])(f'user "dm_runner", password {ENCODINGS[encoding](AWKWARD)} is wrong')
    assert text.startswith('user "dm_runner", password ***')
    assert text.endswith(" is wrong")


@pytest.mark.parametrize("text", ["PLANTED-7B1E", "planted-7b1e", "Planted-7b1e"])
def test_another_case_of_a_long_secret_is_none_less_secret(text: str) -> None:
    assert redactor(["Planted-7b1E"])(f"no {text}!") == "no ***!"


def test_a_short_secret_that_is_a_word_is_hidden_in_its_own_case_alone() -> None:
    assert redactor(["Test"])("Test the test") == "*** the test"


def test_what_is_shorter_than_four_characters_is_left_as_every_message_has_it() -> None:
    assert redactor(["the", "a", "", "xyz"])("the cat has a mat") == "the cat has a mat"


def test_one_secret_within_another_is_hidden_as_one() -> None:
    assert redactor(["abcd", "abcdefgh"])("abcdefgh abcd") == "*** ***"


def test_a_password_misread_as_latin_1_is_hidden() -> None:
    assert redactor(["pässwörd-1"])(f"no {'pässwörd-1'.encode().decode('latin-1')}!") == "no ***!"
    assert redactor(["pässwörd-1"])("no p%E4ssw%F6rd-1!") == "no ***!"


@given(st.text(max_size=200))
def test_a_text_without_the_secret_comes_back_as_it_is(text: str) -> None:
    assert redactor(["planted-7b1e-93c4"])(text) == text


LARGE: dict[str, str] = {
    "plain": "a" * 60_000,
    "percent": "%25" * 20_000,
    "entities": "&amp;" * 12_000,
    "backslashes": "\\" * 60_000,
    "unicode": "\\u005c" * 10_000,
    "ampersands": "&" * 60_000,
    "base64 in base64": base64.b64encode(base64.b64encode(b"planted" * 4_000)).decode(),
    "the secret again and again": "planted-7b1e" * 5_000,
}


@pytest.mark.parametrize("kind", LARGE)
def test_the_time_it_takes_grows_with_the_text_and_not_with_its_square(kind: str) -> None:
    redact = redactor(["planted-7b1e", "a" * 40])

    def seconds(text: str) -> float:
        taken = []
        for _ in range(3):
            began = time.process_time()
            redact(text)
            taken.append(time.process_time() - began)
        return min(taken)

    small, large = LARGE[kind][: len(LARGE[kind]) // 8], LARGE[kind]
    assert seconds(large) < 24 * max(seconds(small), 0.002)


def test_of_a_huge_text_only_the_beginning_is_looked_at() -> None:
    text = "x" * (LONGEST - 3) + "planted-7b1e" + "y" * 1_000_000
    assert redactor(["planted-7b1e"])(text) == "x" * (LONGEST - 3) + "***"
