"""The table of generated blocks: what makes each, by the name that stands in its markers."""

from functools import partial
from pathlib import Path

from infra.constructs.definition import BATCHES
from infra.costs.run_counts import formula
from infra.documents.blocks import ROOT, Blocks
from infra.documents.command_tables import argument_table, commands
from infra.documents.cost_table import batch_table, cost_in_short, cost_table, history_table, monthly_costs
from infra.documents.error_table import error_table, pause_table
from infra.documents.fact_tables import (
    login_mode_table,
    output_table,
    prompt_type_table,
    query_table,
    record_table,
    secret_table,
)
from infra.documents.machine_picture import machine_picture, state_table
from infra.documents.option_table import option_table
from infra.documents.resource_picture import resource_picture
from infra.documents.room_tables import room_table
from infra.documents.schema_tables import schema_table

REQUESTS = ROOT / "functions" / "requests"
INFRA = ROOT / "infra"


def blocks_of(template: Path) -> Blocks:
    """All generated blocks.

    Parameters
    ----------
    template
        The synthesized template that the emulator runs: it has every kind of trigger.
    """
    arguments: Blocks = {f"datamart {name}": partial(argument_table, name) for name in commands()}
    return arguments | {
        "request keys": partial(schema_table, REQUESTS / "request.schema.json"),
        "execution input keys": partial(schema_table, REQUESTS / "execution_input.schema.json"),
        "batch input keys": partial(schema_table, REQUESTS / "batches" / "batch_input.schema.json"),
        "job keys": partial(schema_table, INFRA / "jobs" / "job.schema.json"),
        "batch keys": partial(schema_table, INFRA / "batches" / "batch.schema.json"),
        "settings keys": partial(schema_table, INFRA / "settings" / "settings.schema.json"),
        "errors": error_table,
        "pauses between attempts": pause_table,
        "prompt types": prompt_type_table,
        "fields of the secret": secret_table,
        "login modes": login_mode_table,
        "output": output_table,
        "saved queries": query_table,
        "fields of a record": record_table,
        "rooms of functions": partial(room_table, ROOT / "functions"),
        "rooms of infra": partial(room_table, INFRA),
        "rooms of local": partial(room_table, ROOT / "local"),
        "AWS resources": partial(resource_picture, template),
        "state machine": machine_picture,
        "states": state_table,
        "state machine of batches": partial(machine_picture, BATCHES),
        "states of batches": partial(state_table, BATCHES),
        "transitions of a run": formula,
        "cost of a run": cost_table,
        "cost of a batch": batch_table,
        "cost of the history": history_table,
        "cost in short": cost_in_short,
        "monthly costs": partial(monthly_costs, template),
        "costs of options": partial(option_table, template),
    }
