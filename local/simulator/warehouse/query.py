"""A SELECT on the warehouse, with bound values."""

from dataclasses import dataclass, field, replace
from typing import Any, Self

from local.simulator.metadata.schema import of_column


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

    def filtered(self, condition: str, values: list[Any]) -> Self:
        """The query with one more condition on rows."""
        return replace(self, where=[*self.where, condition], where_values=[*self.where_values, *values])

    def readable(self) -> str:
        """With the values written in, for people (sqlView)."""
        parts = self.text.split("?")
        written = [repr(v) if isinstance(v, (int, float)) else "'{}'".format(v.replace("'", "''")) for v in self.values]
        return "".join(part + value for part, value in zip(parts, [*written, ""], strict=True))
