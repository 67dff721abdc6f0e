"""Names that the stack gives and other rooms read back: of resources, of executions, and of our own events."""

import re

PRODUCT = "datamart-runner"
"""The source of our end events, and how the names of resources begin."""

SCHEDULE_INPUT = {"scheduleArn": "<aws.scheduler.schedule-arn>", "scheduledTime": "<aws.scheduler.scheduled-time>"}
"""What the stack lets each schedule send; EventBridge Scheduler puts its context attributes into it."""

LOOK_HOURLY, LOOK_AT_QUEUES = "hourly", "queues"
"""What schedules let ``sweep`` do (``look``): sweep; or look after the queues. The sweep once a day has neither, and
notifies people also of what was found before and is still left."""

LONGEST_JOB_NAME = 40
"""Characters of a job's name: the names of its executions begin with all of them."""


def machine_name(stage: str) -> str:
    """Name of the stage's state machine, and how the names of its schedules' group and topics begin."""
    return f"{PRODUCT}-{stage}"


BATCHES = "_batches"
"""How the name of the machine of batches ends: no stage has an underscore, so it is the name of no other stage."""


def batch_machine_name(stage: str) -> str:
    """Name of the stage's state machine that runs batches."""
    return f"{machine_name(stage)}{BATCHES}"


def is_batch(execution_arn: str) -> bool:
    """Whether an execution is a batch: of the machine that runs batches, in any stage."""
    return execution_arn.split(":")[-2].endswith(BATCHES)


def secret_name(stage: str, connection: str) -> str:
    """Name of the secret of a connection."""
    return f"{machine_name(stage)}/{connection}"


def stage_of(execution_arn: str) -> str:
    """The stage, from the state machine's name in the ARN of a run or a batch."""
    return execution_arn.split(":")[-2].removeprefix(machine_name("")).removesuffix(BATCHES)


def execution_arn(machine_arn: str, name: str) -> str:
    """The ARN that an execution of that name has, or will have."""
    return f"{machine_arn.replace(':stateMachine:', ':execution:')}:{name}"


def name_of_execution(execution_arn: str) -> str:
    """The name of an execution, from its ARN."""
    return execution_arn.rpartition(":")[2]


EXECUTION_ARN = re.compile(
    rf"arn:aws[a-z-]*:states:(?P<region>[a-z0-9-]+):[0-9]{{12}}:execution:{machine_name('(?P<stage>[a-z0-9-]+)')}"
    ":(?P<name>[^:]+)"
)
"""ARN of a run in any stage: its region, stage and name."""


def execution_name(kind: str, digits: str) -> str:
    """Name of an execution, within Step Functions' 80 characters: a job's name or ``request``, and 32 hex digits."""
    return f"{kind[:LONGEST_JOB_NAME]}-{digits}"


EXECUTION_NAME = re.compile(f"[A-Za-z0-9_-]{{1,{LONGEST_JOB_NAME}}}-[0-9a-f]{{32}}")
"""What :func:`execution_name` makes."""
