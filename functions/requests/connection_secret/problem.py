"""The error of an invalid secret, and the reading of plain strings that all fields share."""


class InvalidSecret(ValueError):
    """A field, or the whole secret, is invalid.

    The text is the rest of a sentence that begins with the field: why, and what to do. It never quotes a value.
    """


INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060\u00ad"
"""Invisible characters that editors and web pages leave behind: byte order marks, zero-width spaces."""

QUOTES = "\"'`“”„‘’«»"


def string(value: object) -> str:
    """The value of a field that is a string. Raises InvalidSecret."""
    if not isinstance(value, str):
        raise InvalidSecret("is not a string; write it in quotation marks")
    try:
        value.encode()
    except UnicodeEncodeError:  # an escape in JSON, or a variable's bytes in another encoding
        raise InvalidSecret("has half of a character in it (a lone surrogate), or is not UTF-8") from None
    return value


def is_host_name(host: str) -> bool:
    """Whether a host name is valid: no empty or overlong part, allowed characters only."""
    try:
        host.encode("idna")
    except UnicodeError:
        return False
    return "*" not in host


def bare(value: str) -> str:
    """``value`` without surrounding blanks, invisible characters and a pair of quotation marks."""
    text = value.strip().strip(INVISIBLE).strip()
    if len(text) >= 2 and text[0] in QUOTES and text[-1] in QUOTES:
        text = text[1:-1].strip()
    return text
