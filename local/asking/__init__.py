"""Asking on a terminal what a datamart asks: a dialogue that turns what is typed into a reply."""

from local.asking.dialogue import Read, ask_about
from local.asking.shown import show_line, show_question
from local.asking.strict_json import from_json

__all__ = ["Read", "ask_about", "from_json", "show_line", "show_question"]
