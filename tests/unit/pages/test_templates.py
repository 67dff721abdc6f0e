"""Templates escape everything, and name no resource but those of the page itself."""

import re

import pytest
from jinja2 import UndefinedError

from local.pages import rendering
from local.pages.rendering import FOLDER, LONGEST

TEMPLATES = {path.name: path.read_text("utf-8") for path in sorted(FOLDER.iterdir())}

UNSAFE = re.compile(r"\|\s*safe\b|autoescape|Markup|<script|javascript:|@import|expression\(|\b(?:on[a-z]+|style|src)=")

ADDRESS = re.compile(r"\b[a-z]+://|url\((?!#)")


@pytest.mark.parametrize("name", list(TEMPLATES))
def test_a_template_marks_nothing_as_safe_and_loads_nothing(name: str) -> None:
    assert UNSAFE.findall(TEMPLATES[name]) == []
    assert ADDRESS.findall(TEMPLATES[name]) == []


@pytest.mark.parametrize("name", list(TEMPLATES))
def test_every_value_in_an_attribute_is_in_double_quotes(name: str) -> None:
    assert re.findall(r"=\s*[{'][^\"]", re.sub(r"{%.*?%}", "", TEMPLATES[name])) == []


def test_no_code_of_pages_declares_a_text_as_escaped() -> None:
    sources = [path.read_text("utf-8") for path in FOLDER.parent.glob("*.py")]
    assert sum(source.count("Markup") for source in sources) == 2, "its import and the check of what macros made"
    assert not [source for source in sources if "autoescape=False" in source or "Markup(" in source]


def test_a_name_that_a_template_misspells_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        rendering.rendered("run.html")


def test_a_value_is_printable_escaped_and_cut() -> None:
    template = rendering._environment().from_string('<a title="{{ value }}">{{ value }}</a>')
    assert template.render(value='<b>\u202e"') == '<a title="&lt;b&gt; &#34;">&lt;b&gt; &#34;</a>'
    assert len(template.render(value="x" * 10_000)) == 2 * (LONGEST + 1) + len('<a title=""></a>')
