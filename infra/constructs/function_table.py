"""The table of functions: permissions, calls, memory.

Its timeout is in functions/limits.py, which the functions read, too.
"""

from dataclasses import dataclass

from functions.limits import TIMEOUTS, USUAL_MEMORY_MB
from functions.microstrategy import endpoints as at
from functions.microstrategy.endpoints import Endpoint

GET = "dynamodb:GetItem"
PUT = "dynamodb:PutItem"
UPDATE = "dynamodb:UpdateItem"
SCAN = "dynamodb:Scan"
GET_ALL = "dynamodb:BatchGetItem"
PUT_ALL = "dynamodb:BatchWriteItem"


@dataclass(frozen=True)
class FunctionSpec:
    """One module of ``functions/handlers/``.

    Parameters
    ----------
    module
        Name of the module; its handler is ``functions.handlers.<module>.handler``.
    table_actions
        What it does with the run table.
    calls
        The calls to the Library server whose failure fails the function.
    looks_at_executions
        Whether it calls DescribeExecution to find out if the owner of a lease or a slot still runs.
    ends_waits
        Whether it hands slots over: it sends the task tokens of runs that wait in a queue.
    looks_at_batches
        Whether it calls DescribeExecution to find out if a batch still runs.
    starts_items
        Whether it starts the runs of a batch's items.
    ends_batches_waits
        Whether it sends the task token of a batch whose items have ended.
    stops_runs
        Whether it stops the runs of a batch that was stopped.
    looks_at_jobs
        Whether it chooses when the next look at a job follows.
    memory_mb
        CPU grows with memory; the handlers are short and wait for the network.
    """

    module: str
    table_actions: tuple[str, ...] = ()
    calls: tuple[Endpoint, ...] = ()
    memory_mb: int = USUAL_MEMORY_MB
    looks_at_executions: bool = False
    looks_at_jobs: bool = False
    ends_waits: bool = False
    looks_at_batches: bool = False
    starts_items: bool = False
    ends_batches_waits: bool = False
    stops_runs: bool = False

    @property
    def name(self) -> str:
        """The resource's name: log_in is LogIn."""
        return "".join(word.capitalize() for word in self.module.split("_"))

    @property
    def token(self) -> str:
        """The placeholder in the state machine's definition."""
        return f"{self.name}FunctionArn"

    @property
    def timeout_seconds(self) -> int:
        """Lambda's timeout."""
        return TIMEOUTS[self.module]

    @property
    def retries(self) -> int:
        """How often its state is retried while the Library server is unavailable: the least that its calls allow."""
        return min(call.step_retries for call in self.calls)

    @property
    def calls_library(self) -> bool:
        """Whether it belongs into the VPC from which alone the Library server may be reached."""
        return bool(self.calls)


_DEFINITION = (
    *(at.FIND_PROJECT, at.FIND_DATAMART, at.GET_OBJECT, at.FIND_FOLDER, at.GET_FOLDER, at.GET_DEFINITION),
    *(at.LIST_EVENTS, at.GET_EVENT, at.FIND_CUBE, at.GET_CUBE_OBJECT),
)
_PROMPTS = (at.GET_PROMPTS, at.SEARCH_ELEMENTS, at.SEARCH_OBJECTS, at.FIND_OBJECTS)
_CUBE = (at.PUBLISH_CUBE, at.CUBE_STATUS, at.CUBE_INFO)
_CLEAN_UP = (at.GET_EXECUTION, at.DELETE_INSTANCE, at.DELETE_RUN_INSTANCE, at.LOG_OUT)

STEPS = (
    FunctionSpec("prepare_run", (GET, PUT, UPDATE), looks_at_executions=True),
    FunctionSpec("wait_in_queue", (GET, UPDATE), looks_at_executions=True, ends_waits=True),
    FunctionSpec("log_in", (GET, PUT, UPDATE), (at.LOG_IN,), looks_at_executions=True),
    FunctionSpec("describe_datamart", (GET, UPDATE), _DEFINITION),
    FunctionSpec("create_instance", (GET, UPDATE), (at.CREATE_INSTANCE,), looks_at_executions=True),
    FunctionSpec("execute_datamart", (GET, UPDATE), (at.EXECUTE,), looks_at_jobs=True),
    FunctionSpec("get_status", (GET, UPDATE), (at.GET_EXECUTION,), looks_at_jobs=True),
    FunctionSpec("get_prompts", (GET, UPDATE), _PROMPTS, memory_mb=512),
    FunctionSpec("answer_prompts", (GET, UPDATE), (at.ANSWER_PROMPTS,)),
    FunctionSpec("save_datamart", (GET, UPDATE), (at.SAVE, at.SAVE_AS)),
    FunctionSpec("trigger_event", (GET, UPDATE), (at.TRIGGER_EVENT,)),
    FunctionSpec("publish_cube", (GET, UPDATE), _CUBE, looks_at_jobs=True),
    FunctionSpec("get_cube_status", (GET, UPDATE), _CUBE, looks_at_jobs=True),
    FunctionSpec("delete_instance", (GET, UPDATE), (at.DELETE_INSTANCE, at.DELETE_RUN_INSTANCE)),
    FunctionSpec("log_out", (GET, UPDATE), (at.LOG_OUT,)),
    FunctionSpec("conclude_attempt", (GET, UPDATE), looks_at_executions=True, ends_waits=True),
    FunctionSpec("ask_person", (GET, UPDATE)),
    FunctionSpec("take_answers", (GET, UPDATE)),
)
"""The functions that the state machine of runs calls."""

BATCH_STEPS = (
    FunctionSpec(
        "prepare_batch",
        (GET, GET_ALL, PUT, PUT_ALL, UPDATE),
        memory_mb=1024,
        looks_at_batches=True,
        starts_items=True,
    ),
    FunctionSpec("wait_for_items", (GET, GET_ALL, UPDATE), memory_mb=512, starts_items=True, ends_batches_waits=True),
    FunctionSpec("conclude_batch", (GET, GET_ALL, PUT, UPDATE), memory_mb=512),
)
"""The functions that the state machine of batches calls."""

START_RUN = FunctionSpec("start_run")
"""Called by every trigger; it has no access to the run table."""

END_RUN = FunctionSpec(
    "end_run",
    (GET, GET_ALL, PUT, UPDATE),
    _CLEAN_UP,
    looks_at_executions=True,
    looks_at_batches=True,
    ends_waits=True,
    starts_items=True,
    ends_batches_waits=True,
    stops_runs=True,
)
"""Called by the queue behind the rule on the end of an execution."""

EXPECT_LOAD = FunctionSpec("expect_load", (GET, PUT, UPDATE))
"""Called at the ``expectBy`` of jobs."""

SWEEP = FunctionSpec(
    "sweep",
    (GET, GET_ALL, UPDATE, SCAN),
    _CLEAN_UP,
    looks_at_executions=True,
    looks_at_batches=True,
    ends_waits=True,
    starts_items=True,
    ends_batches_waits=True,
    stops_runs=True,
)
"""Called every hour, and every five minutes to look after the queues."""

EVERY = (*STEPS, *BATCH_STEPS, START_RUN, END_RUN, EXPECT_LOAD, SWEEP)
