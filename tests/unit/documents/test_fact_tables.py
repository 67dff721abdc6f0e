"""Tables of facts that the code states."""

import re

from functions.runs.history import KEYS
from infra.documents.fact_tables import record_table


def test_the_table_of_a_records_fields_has_each_of_them_once() -> None:
    rows = [line.split("|")[1] for line in record_table().splitlines()[2:]]
    assert sorted(name for row in rows for name in re.findall(r"`(\w+)`", row)) == sorted(KEYS.values())
