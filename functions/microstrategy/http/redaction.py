"""Redacts secrets in text from a server: it may quote what it was sent, in any escaped form.

A text is redacted first and shortened afterwards: a token that is cut in half is found by no search.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from functions.microstrategy.http.escapes import Layer, base64_runs, layers_of

Redact = Callable[[str], str]
"""Gives a text back with every secret in it replaced by ``***``."""

SHORTEST = 4
"""Characters of a secret. Anything shorter is part of every other word: redacted, it would make a message unreadable,
and the places of the marks would give it away."""

ANY_CASE_FROM = 8
"""Characters of a secret that is found in any case. A shorter one may be an ordinary word in another case."""

LONGEST = 64 * 1024
"""Characters of a text that are kept; what is shown of one is far less."""

_LAYERS = 4
"""Layers of escapes that are undone. Servers, proxies and logs write one or two."""

_ENCODED = 2
"""Layers of base64, each with escapes of its own."""

_BLANKS = str.maketrans("+", " ")
"""A form's encoding writes a blank as a plus sign: both count as the same."""


def redactor(secrets: Iterable[str]) -> Redact:
    """What redacts ``secrets``: as they are, escaped as JSON, HTML and addresses do it, in base64, and all of it twice.

    Secrets of less than SHORTEST characters are left alone, and of a text the first LONGEST characters are given back.
    """
    wanted = _Wanted.of(secrets)

    def redact(text: str) -> str:
        if wanted.is_nothing:
            return text[:LONGEST]
        looked_at = text[: 2 * LONGEST]  # a secret that begins before the cut ends before this one
        shown: list[str] = []
        done = 0
        for begin, end in _merged(_spans(looked_at, wanted, _ENCODED)):
            if begin >= LONGEST:
                break
            shown += (looked_at[done:begin], "***")
            done = end
        shown.append(looked_at[done:LONGEST])
        return "".join(shown)

    return redact


@dataclass(frozen=True)
class _Wanted:
    """What is looked for: ``exact`` in this case only, ``folded`` in any."""

    exact: frozenset[str]
    folded: frozenset[str]

    @classmethod
    def of(cls, secrets: Iterable[str]) -> "_Wanted":
        exact: set[str] = set()
        folded: set[str] = set()
        for secret in secrets:
            if len(secret) < SHORTEST:
                continue
            plain = secret.encode("utf-8", "replace").decode("utf-8")
            misread = plain.encode("utf-8").decode("latin-1")
            for form in (secret, plain, misread):
                for layer in layers_of(form, _LAYERS):  # one that looks escaped is undone with the text around it
                    if len(layer.text) >= SHORTEST:
                        (folded if len(secret) >= ANY_CASE_FROM else exact).add(layer.text.translate(_BLANKS))
        return cls(frozenset(exact), frozenset(map(_lower, folded)))

    @property
    def is_nothing(self) -> bool:
        return not self.exact and not self.folded

    def places(self, text: str) -> list[tuple[int, int]]:
        """Begin and end of all that is found."""
        plain = text.translate(_BLANKS)
        lower = _lower(plain) if self.folded else ""
        return [
            (at, at + len(form))
            for forms, where in ((self.exact, plain), (self.folded, lower))
            for form in forms
            for at in _places_of(form, where)
        ]


def _spans(text: str, wanted: _Wanted, encoded: int) -> list[tuple[int, int]]:
    """Where secrets stand in the text, in whatever form."""
    found: list[tuple[int, int]] = []
    for layer in layers_of(text, _LAYERS):
        found += (layer.span(*place) for place in wanted.places(layer.text))
        if encoded:
            found += _spans_in_base64(layer, wanted, encoded)
    return found


def _spans_in_base64(layer: Layer, wanted: _Wanted, encoded: int) -> list[tuple[int, int]]:
    return [
        layer.span(begin, end)
        for begin, end, meant in base64_runs(layer.text)
        if len(meant) >= SHORTEST and _spans(meant, wanted, encoded - 1)
    ]


def _places_of(form: str, text: str) -> Iterable[int]:
    at = text.find(form)
    while at >= 0:
        yield at
        at = text.find(form, at + len(form))


def _lower(text: str) -> str:
    """In lower case, each character in its place: a few become two, and stay as they are."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """In order, those that overlap as one."""
    merged: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if merged and begin < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged
