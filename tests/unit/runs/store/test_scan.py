"""What the sweep reads of the run table."""

from functions.runs.lease import Lease
from functions.runs.store.scan import scan
from functions.runs.store.table import RunTable
from functions.runs.store.tickets import Waiter, set_waiter
from tests.unit.runs.tables import new_table


def test_a_ticket_is_neither_a_lease_nor_a_slot_although_it_has_an_owner() -> None:
    with new_table() as name:
        table = RunTable(name)
        set_waiter(table, "1", Waiter("run", "default", "token"), until=0)
        for key in ("lease/default/1/2", "slot/default/0"):
            table.create({"executionArn": key, "owner": "run", "since": 1})
        assert list(scan(table)) == [Lease("lease/default/1/2", "run", 1), Lease("slot/default/0", "run", 1)]
