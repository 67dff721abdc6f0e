"""The dialogue on a terminal: shows a datamart's open prompts and turns what is typed into a reply."""

from local.cli.dialogue.dialogue import Read, ask_about
from local.cli.dialogue.rendering import show_line, show_question
from local.cli.dialogue.strict_json import from_json

__all__ = ["Read", "ask_about", "from_json", "show_line", "show_question"]
