"""Prints a datamart's prompts for people: a table, notes, and JSON to paste."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from functions.prompts import rendering
from functions.prompts.describe import Question
from functions.prompts.prompt import is_required, names_of
from functions.text import one_line
from local.cli.terminal import as_json
from local.server_access.datamart_prompts import Asked

NESTED = "Further prompts may open, depending on the answers."


def show(console: Console, asked: Asked, notes: list[str]) -> None:
    """Print the prompts, and the request to paste."""
    show_prompts(console, asked, notes)
    console.print()
    console.print(Text("To paste into a request, or into a job file as its request:", "bold"))
    console.print(Text(request_of(asked)), soft_wrap=True)


def show_prompts(console: Console, asked: Asked, notes: list[str]) -> None:
    """Print the prompts. Names come from a server, so nothing in them is treated as markup."""
    console.print(_line(_heading(asked)))
    if asked.questions:
        console.print()
        console.print(_table(asked))
    for note in [*notes, *([NESTED] if asked.questions else [])]:
        console.print(_line(f"Note: {note}", "yellow"))


def request_of(asked: Asked) -> str:
    """The request to paste, as JSON."""
    return as_json(asked.request, indent=2)


def _heading(asked: Asked) -> str:
    datamart = f"{asked.datamart.name or 'The datamart'} ({asked.datamart.id})"
    count = len(asked.questions)
    what = f"{count} prompt{'s' if count > 1 else ''}" if count else "nothing"
    return f"{datamart} in {asked.project.name or asked.project.id} asks {what}. Nothing was executed."


def _table(asked: Asked) -> Table:
    table = Table(box=None, padding=(0, 1))
    for column, ratio in (("prompt", 4), ("type", 3), ("answer", None), ("limits", 3), ("default", 3), ("choices", 5)):
        table.add_column(column, ratio=ratio, overflow="fold", no_wrap=ratio is None)
    for question in asked.questions:
        table.add_row(*_row(question))
    return table


def _row(question: Question) -> list[Text]:
    title, *other = names_of(question)
    below = [*(f"named {name}" for name in other), str(question.get("instruction", ""))]
    prompt = Text().append(one_line(title), "bold")
    for line in filter(None, map(one_line, below)):
        prompt.append(f"\n{line}", "dim")
    answer = Text("required", "bold") if is_required(question) else Text("optional")
    kind, limits, default, choices = map(
        _line,
        (
            rendering.type_in_words(question),
            rendering.limits(question),
            rendering.default(question),
            rendering.choices(question),
        ),
    )
    return [prompt, kind, answer, limits, default, choices]


def _line(text: str, style: str = "") -> Text:
    return Text(one_line(text), style)
