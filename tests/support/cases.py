"""Cases of a parametrized test that ``make test`` may leave out."""

from typing import Any

import pytest


def one_of(first: Any, *others: Any) -> list[Any]:
    """Cases whose first is run by ``make test``, and all by ``make test-all``: they guard the same decision."""
    return [first, *(exhaustive(other) for other in others)]


def exhaustive(case: Any) -> Any:
    """A case, or a tuple of a case's values, for ``make test-all`` alone."""
    values = case if isinstance(case, tuple) else (case,)
    return pytest.param(*values, marks=pytest.mark.exhaustive)
