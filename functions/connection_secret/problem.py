"""The one error of a secret that cannot be used."""


class InvalidSecret(ValueError):
    """A field, or the secret as a whole, cannot be used.

    The text is the rest of a sentence that begins with the field: why, and what to do. It quotes no value.
    """


INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060\u00ad"
"""Characters that editors and web pages leave behind and nobody sees: byte order marks, zero-width spaces."""

QUOTES = "\"'`“”„‘’«»"


def string(value: object) -> str:
    """The value of a field that is a string. Raises InvalidSecret."""
    if not isinstance(value, str):
        raise InvalidSecret("is not a string; write it in quotation marks")
    return value


def bare(value: str) -> str:
    """``value`` without what surrounds it by accident: blanks, invisible characters, a pair of quotation marks."""
    text = value.strip().strip(INVISIBLE).strip()
    if len(text) >= 2 and text[0] in QUOTES and text[-1] in QUOTES:
        text = text[1:-1].strip()
    return text
