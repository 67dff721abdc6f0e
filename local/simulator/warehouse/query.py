"""The SELECT of a datamart under the answers to its prompts (API.md 7.3)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from local.simulator.catalogue import DatamartSpec
from local.simulator.metadata.schema import BY_ID, of_column
from local.simulator.prompts.dates import day_of
from local.simulator.prompts.expressions import condition
from local.simulator.prompts.open_prompt import OpenPrompt


@dataclass(frozen=True)
class Query:
    """What is selected and under which conditions; values are bound, never written into the text."""

    attributes: tuple[str, ...]
    metrics: tuple[str, ...]
    where: list[str] = field(default_factory=list)
    where_values: list[Any] = field(default_factory=list)
    having: list[str] = field(default_factory=list)
    having_values: list[Any] = field(default_factory=list)

    @property
    def text(self) -> str:
        """With a question mark for each value."""
        columns = [*self.attributes, *(f"{of_column(metric).computed} AS {metric}" for metric in self.metrics)]
        # Columns are the schema's own; only values come from outside, and those are bound.
        select = f"SELECT {', '.join(columns)} FROM sales"  # noqa: S608
        select += f" WHERE {' AND '.join(self.where)}" if self.where else ""
        select += f" GROUP BY {', '.join(self.attributes)}" if self.attributes else ""
        select += f" HAVING {' AND '.join(self.having)}" if self.having else ""
        return f"{select} ORDER BY {', '.join(str(number + 1) for number in range(max(1, len(self.attributes))))}"

    @property
    def values(self) -> list[Any]:
        """What is bound to the question marks."""
        return [*self.where_values, *self.having_values]

    def readable(self) -> str:
        """With the values written in, for people (sqlView)."""
        parts = self.text.split("?")
        written = [repr(v) if isinstance(v, (int, float)) else "'{}'".format(v.replace("'", "''")) for v in self.values]
        return "".join(part + value for part, value in zip(parts, [*written, ""], strict=True))


def query_of(spec: DatamartSpec, prompts: Iterable[OpenPrompt]) -> Query:
    """The query of a datamart: elements and values filter, objects and levels choose the columns."""
    answered = [p for p in prompts if p.closed and p.answer not in (None, [], "", {})]
    query = Query(_chosen(spec.attributes, answered, "LEVEL"), _chosen(spec.metrics, answered, "OBJECTS"))
    for prompt in answered:
        if prompt.prompt.type == "EXPRESSION":
            found = condition(prompt.answer)
            (query.having if found.on_metric else query.where).append(found.text)
            (query.having_values if found.on_metric else query.where_values).extend(found.values)
        elif prompt.prompt.type == "ELEMENTS" and prompt.prompt.column:
            query.where.append(f"{prompt.prompt.column} IN ({', '.join('?' * len(prompt.answer))})")
            query.where_values.extend(element["name"] for element in prompt.answer)
        elif prompt.prompt.column:
            query.where.append(f"{prompt.prompt.column} >= ?")
            query.where_values.append(_compared(prompt))
    return query


def _compared(prompt: OpenPrompt) -> Any:
    """What a value is compared as: the warehouse keeps days, an answer may be a moment of one."""
    is_time = prompt.prompt.data_type in ("DATE", "TIMESTAMP")
    return day_of(prompt.answer).isoformat() if is_time else prompt.answer


def _chosen(columns: tuple[str, ...], answered: list[OpenPrompt], prompt_type: str) -> tuple[str, ...]:
    for prompt in answered:
        if prompt.prompt.type == prompt_type:
            units = prompt.answer["units"] if prompt_type == "LEVEL" else prompt.answer
            wanted = {BY_ID[unit["id"]].column for unit in units}
            columns = tuple(column for column in columns if column in wanted)
    return columns
