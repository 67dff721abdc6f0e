"""Renders the templates beside it. What servers, files and people wrote can only become text of a page.

Everything is escaped, whatever the name of its template; characters that do not print, which could reverse what is
read, become blanks; and what is longer than any sentence of ours is cut.
"""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from functions import clock
from functions.text import ELLIPSIS, printable
from local.report import words

FOLDER = Path(__file__).parent / "templates"

LONGEST = 6_000
"""Characters of a value; a cause of the report is no longer (local/report/assemble.py)."""


def rendered(template: str, **values: Any) -> str:
    """The page of a template: complete HTML. Raises jinja2's errors for a defect of the template alone."""
    return _environment().get_template(template).render(values, made=words.moment(clock.timestamp(clock.now())))


@cache
def _environment() -> Environment:
    """Undefined names are errors: a misspelt one would silently leave something out."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        finalize=_shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {"seconds": words.seconds_of}
    environment.filters |= {each.__name__: each for each in (words.time_of_day, words.moment, words.waited_for)}
    environment.filters |= {each.__name__: each for each in (words.path_of, words.result_of)}
    return environment


def _shown(value: Any) -> Any:
    """A value as it is shown; what a macro made is escaped already."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return printable(value if len(value) <= LONGEST else value[:LONGEST] + ELLIPSIS)
