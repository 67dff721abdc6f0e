"""What a request from outside may name, and what is said of a name that is misspelt."""

import pytest

from functions.errors import InvalidRequest
from functions.requests.allow_list import as_allowed

ALLOWED = {"projects": ["Sales"], "datamarts": ["Daily Sales", {"name": "Stock", "path": "/Public Objects"}]}


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (
            {"project": "Sales", "datamart": "Dayly Sales"},
            'datamart: "Dayly Sales" is not in the job\'s acceptRequests (did',
        ),
        ({"project": "Salse"}, "(did you mean Sales?)"),
        ({"datamart": {"name": "Stok", "path": "/Public Objects"}}, "(did you mean Stock?)"),
        ({"datamart": 7}, "is not in the job's acceptRequests"),
    ],
)
def test_a_name_that_is_not_listed_is_refused_with_the_nearest_that_is(
    request_: dict[str, object], sentence: str
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        as_allowed(request_, ALLOWED, "job")
    assert sentence in str(refused.value)


def test_a_listed_name_has_the_spelling_of_the_list() -> None:
    assert as_allowed({"datamart": "Daily Sales"}, ALLOWED, "job") == {"datamart": "Daily Sales"}
