"""The vendor's own sample bodies, as its page on executing a datamart shows them."""

from typing import Any

ANSWER: dict[str, Any] = {
    "name": "Elements of Country",
    "type": "ELEMENTS",
    "required": True,
    "closed": False,
    "source": {"id": "8D679D3811D3E4981000E787EC6DE8A4", "type": 12},
    "defaultAnswer": [],
    "answers": [{"name": "USA"}, {"name": "England"}],
}
