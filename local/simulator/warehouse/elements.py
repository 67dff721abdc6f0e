"""The elements of an attribute, found by their id, by their name or by a part of it (API.md 7.1, 7.2)."""

from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import Any

from local.simulator.catalogue import CATEGORY, CITY_ATTRIBUTE, COUNTRY, CUSTOMER
from local.simulator.warehouse.customers import customer_names, group_of
from local.simulator.warehouse.sales import CATEGORIES, COUNTRIES

Element = dict[str, str]
"""``{"id", "name"}``."""


class Elements:
    """Elements in the order of their ids; searching does not make them anew, for there may be very many."""

    def __init__(self, elements: list[Element]) -> None:
        self.all = elements
        self._by_id = {element["id"]: element for element in elements}
        self._folded = [element["name"].casefold() for element in elements]

    def with_id(self, element_id: Any) -> Element | None:
        """The one with an id."""
        return self._by_id.get(element_id) if isinstance(element_id, str) else None

    def named(self, name: Any) -> Element | None:
        """The first of a name: which one a server takes of two is not documented."""
        return next((element for element in self.all if element["name"] == name), None)

    def containing(self, text: str) -> list[Element]:
        """Those that have a text in their name, in whatever case (``searchPattern``).

        Accents and blanks are compared as they are stored, as a database with a binary collation does; how a real
        server compares them is not documented.
        """
        wanted = text.casefold()
        if not wanted:
            return self.all
        return [element for element, name in zip(self.all, self._folded, strict=True) if wanted in name]

    def within(self, names: Collection[str]) -> "Elements":
        """Those of some names, under the ids that they have anyway."""
        return Elements([element for element in self.all if element["name"] in names])


_NAMES: dict[str, Callable[[], list[str]]] = {
    COUNTRY: lambda: list(COUNTRIES),
    CITY_ATTRIBUTE: lambda: [city for cities in COUNTRIES.values() for city in cities],
    CATEGORY: lambda: CATEGORIES,
    CUSTOMER: customer_names,
}


@cache
def elements_of(attribute: str) -> Elements:
    """Every element of an attribute; none of one that has no list."""
    names = _NAMES.get(attribute, list)()
    return Elements([{"id": f"h{number};{attribute}", "name": name} for number, name in enumerate(names, 1)])


def stored(element: Element) -> str | int:
    """What the sales have in the column of the element's attribute: its name, and of a customer their group."""
    number, _, attribute = element["id"].removeprefix("h").partition(";")
    return group_of(int(number)) if attribute == CUSTOMER else element["name"]


def offered(attribute: str, given: Mapping[str, Collection[str]]) -> Elements:
    """The elements of an attribute under earlier answers, by attribute: cities of the chosen countries (API.md 7.1)."""
    every = elements_of(attribute)
    if attribute == CITY_ATTRIBUTE and COUNTRY in given:
        return every.within({city for country in given[COUNTRY] for city in COUNTRIES.get(country, [])})
    return every
