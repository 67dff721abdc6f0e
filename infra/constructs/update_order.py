"""The order in which CloudFormation updates functions: readers of a stored value before writers of its new form.

The functions of a stage are one release, and are updated one after another. In the seconds between, a run may pass from
a function that is new to one that is old; an old function reads everything but the values that
functions/runs/store/packing.py packs.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # to import it starts the CDK's engine, which who only reads the table does not need
    from aws_cdk import aws_lambda as lambda_

UPDATED_AFTER: dict[str, tuple[str, ...]] = {
    "ask_person": ("take_answers",),  # question.prompts
    "get_prompts": ("conclude_attempt", "ask_person", "take_answers", "end_run", "sweep"),  # unanswered.prompts
    "log_in": ("conclude_attempt", "end_run", "sweep"),  # slots in the queue of a connection
    # slots, and follow-ups
    "prepare_run": (
        *("describe_datamart", "create_instance", "execute_datamart", "get_status"),
        *("conclude_attempt", "end_run", "sweep"),
    ),
    "prepare_batch": ("prepare_run", "end_run", "sweep"),  # runs that belong to a batch
}
"""From a function that writes a packed value, begins a run with follow-ups, takes a slot or starts items of a batch to
those that read, do or free it.

take_answers writes the people's answers, which get_prompts reads: both cannot be first, and a person's reply in just
those seconds is the rarer case.

start_run writes the execution's input, which prepare_run reads: it is updated after the state machine, which it refers
to, and so after every function that the state machine calls.
"""


def order_updates(functions: "dict[str, lambda_.Function]") -> None:
    """Let each function of the table, by its module, wait for its readers."""
    for writer, readers in UPDATED_AFTER.items():
        for reader in readers:
            _resource(functions[writer]).add_resource_dependency(_resource(functions[reader]))


def _resource(function: "lambda_.Function") -> Any:
    """The function alone: what belongs to it refers to the state machine, which refers to the functions."""
    return function.node.default_child
