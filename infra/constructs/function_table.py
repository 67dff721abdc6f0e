"""Every function, as data: what it may do, how long and with how much memory."""

from dataclasses import dataclass

GET = "dynamodb:GetItem"
PUT = "dynamodb:PutItem"
UPDATE = "dynamodb:UpdateItem"
SCAN = "dynamodb:Scan"


@dataclass(frozen=True)
class FunctionSpec:
    """One module of ``functions/handlers/``.

    Parameters
    ----------
    module
        Name of the module; its handler is ``functions.handlers.<module>.handler``.
    timeout_seconds
        Lambda's timeout. The state's own is longer, the client's deadline 3 s shorter (DESIGN.md "Stopping").
    table_actions
        What it does with the run table.
    calls_library
        Whether it calls the Library server, and so belongs into the VPC from which alone that may be reached.
    looks_at_executions
        Whether it asks Step Functions if the owner of a lease still runs.
    memory_mb
        CPU comes with memory; the handlers are short and wait for the network.
    """

    module: str
    timeout_seconds: int
    table_actions: tuple[str, ...] = ()
    calls_library: bool = True
    memory_mb: int = 256
    looks_at_executions: bool = False

    @property
    def name(self) -> str:
        """The resource's name: log_in is LogIn."""
        return "".join(word.capitalize() for word in self.module.split("_"))

    @property
    def token(self) -> str:
        """The placeholder in the state machine's definition."""
        return f"{self.name}FunctionArn"


STEPS = (
    FunctionSpec("prepare_run", 20, (GET, PUT), calls_library=False),
    FunctionSpec("log_in", 60, (GET, UPDATE), looks_at_executions=True),
    FunctionSpec("describe_datamart", 60, (GET, UPDATE)),
    FunctionSpec("create_instance", 60, (GET, UPDATE), looks_at_executions=True),
    FunctionSpec("execute_datamart", 60, (GET, UPDATE)),
    FunctionSpec("get_status", 60, (GET, UPDATE)),
    FunctionSpec("get_prompts", 60, (GET, UPDATE), memory_mb=512),
    FunctionSpec("answer_prompts", 60, (GET, UPDATE)),
    FunctionSpec("save_datamart", 60, (GET, UPDATE)),
    FunctionSpec("delete_instance", 60, (GET, UPDATE)),
    FunctionSpec("log_out", 60, (GET, UPDATE)),
    FunctionSpec("conclude_attempt", 20, (GET, UPDATE), calls_library=False),
    FunctionSpec("ask_person", 20, (GET, UPDATE), calls_library=False),
    FunctionSpec("take_answers", 20, (GET, UPDATE), calls_library=False),
)
"""The functions that the state machine calls."""

START_RUN = FunctionSpec("start_run", 30, calls_library=False)
"""Called by every trigger; it has no access to the run table."""

END_RUN = FunctionSpec("end_run", 120, (GET, PUT, UPDATE))
"""Called by the queue behind the rule on the end of an execution."""

EXPECT_LOAD = FunctionSpec("expect_load", 20, (GET, PUT, UPDATE), calls_library=False)
"""Called at the expectBy of jobs."""

SWEEP = FunctionSpec("sweep", 300, (GET, UPDATE, SCAN), looks_at_executions=True)
"""Called once a day."""

EVERY = (*STEPS, START_RUN, END_RUN, EXPECT_LOAD, SWEEP)
