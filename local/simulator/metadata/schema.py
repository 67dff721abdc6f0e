"""The project's schema objects: attributes and metrics, and the warehouse columns behind them."""

from dataclasses import dataclass
from typing import Any

from local.simulator.catalogue import CATEGORY, CITY_ATTRIBUTE, COST_METRIC, COUNTRY, CUSTOMER, DAY, SALES_METRIC


@dataclass(frozen=True)
class SchemaObject:
    """An attribute or a metric: its id, its name, and what computes it from the sales."""

    id: str
    name: str
    type: str
    column: str
    computed: str

    def describe(self) -> dict[str, Any]:
        """As a prompt's objects are listed (API.md 7.1)."""
        return {"id": self.id, "name": self.name, "type": self.type}


_ALL = (
    SchemaObject(COUNTRY, "Country", "attribute", "country", "country"),
    SchemaObject(CITY_ATTRIBUTE, "City", "attribute", "city", "city"),
    SchemaObject(CATEGORY, "Category", "attribute", "category", "category"),
    SchemaObject(DAY, "Day", "attribute", "day", "day"),
    SchemaObject(CUSTOMER, "Customer", "attribute", "customer", "buyers"),
    SchemaObject(SALES_METRIC, "Sales", "metric", "sales", "SUM(amount)"),
    SchemaObject(COST_METRIC, "Cost", "metric", "cost", "SUM(cost)"),
)

BY_ID = {thing.id: thing for thing in _ALL}
BY_COLUMN = {thing.column: thing for thing in _ALL}

# The column that the datamart with broken SQL asks for exists nowhere; it still has to be described.
UNKNOWN = SchemaObject("0" * 32, "No such column", "attribute", "no_such_column", "no_such_column")


def of_column(column: str) -> SchemaObject:
    """The object behind a column of a datamart."""
    return BY_COLUMN.get(column, UNKNOWN)
