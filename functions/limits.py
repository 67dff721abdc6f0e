"""Limits that several rooms must agree on: each function's timeout, and what follows from it; and usual memory.

A timeout is written here and nowhere else. From it derive Lambda's configuration (infra/constructs/function_table.py),
the state's TimeoutSeconds (statemachine/run_datamart.asl.yaml), how long a call to the server may take, how long a
login may be under way, when the second clean-up comes, how often the queue of ends repeats, and how long a claim on a
notification lasts.
"""

import math

STEP_TIMEOUTS = {
    "prepare_run": 30,
    "wait_in_queue": 60,
    "log_in": 60,
    "describe_datamart": 60,
    "create_instance": 60,
    "execute_datamart": 60,
    "get_status": 60,
    "get_prompts": 60,
    "answer_prompts": 60,
    "save_datamart": 60,
    "trigger_event": 60,
    "publish_cube": 60,
    "get_cube_status": 60,
    "delete_instance": 60,
    "log_out": 60,
    "conclude_attempt": 60,
    "ask_person": 20,
    "take_answers": 20,
    "prepare_batch": 60,
    "wait_for_items": 60,
    "conclude_batch": 60,
}
"""Seconds after which Lambda ends a function that a state machine calls, by its module."""

TIMEOUTS = STEP_TIMEOUTS | {"start_run": 30, "end_run": 120, "expect_load": 20, "sweep": 300}
"""The same of every function."""


USUAL_MEMORY_MB = 256
"""Memory of a function that needs no more, because it waits for the network: of most."""


def state_timeout(function: str) -> int:
    """Seconds after which a state gives an invocation up: Lambda's timeout, and what the start of one may take."""
    return TIMEOUTS[function] + max(10, TIMEOUTS[function] // 4)


SPARE_SECONDS = 3.0
"""A call to the server ends this long before Lambda would end the function, so that its failure is still reported."""

CALL_SECONDS = max(STEP_TIMEOUTS.values()) - SPARE_SECONDS
"""The most that a step has for a call to the server."""

LONGEST_STEP = max(map(state_timeout, STEP_TIMEOUTS))
"""Seconds after which a step that was at work when its execution was stopped has ended."""

LONGEST_LOG_IN = state_timeout("log_in")
"""Seconds after which the function that was about to log in has ended."""

LONGEST_SESSION = 10_800
"""Seconds after which a session that could not be logged out is taken to have ended by its idle timeout."""

END_VISIBILITY = max(2 * TIMEOUTS["end_run"], LONGEST_STEP + TIMEOUTS["end_run"])
"""Seconds until the end of a run is delivered again: ``end_run``, and every step of the run, have ended by then."""

END_REPEATED_FOR = LONGEST_SESSION + 3_600
"""Seconds for which the end of a run is delivered again: a session that cannot be ended has expired by then."""

END_DELIVERIES = math.ceil(END_REPEATED_FOR / END_VISIBILITY)
"""How often the end of a run is delivered before it goes to the dead letters."""

SWEEP_GRACE = 2 * END_VISIBILITY + TIMEOUTS["end_run"]
"""Seconds after its end for which the sweep leaves a run to ``end_run``: three deliveries of the end."""

CLAIM_SPARE = 25
"""Seconds that the claim on a notification outlives the function that made it."""

CLAIM_SECONDS = max(TIMEOUTS["end_run"], TIMEOUTS["sweep"]) + CLAIM_SPARE
"""Seconds for which a claim keeps other invocations from notifying of an end: ``end_run`` and ``sweep`` do it."""

OUTAGE_GATHERED_FOR = END_VISIBILITY - 30
"""Seconds for which the first failures of an outage are gathered: the end of the first is delivered again by then."""

OUTAGE_MESSAGE_EVERY = 3_600
"""Seconds between two notifications of one outage of a connection."""

LATE_CLAIM_SECONDS = TIMEOUTS["expect_load"] + CLAIM_SPARE
"""The same for notifications of late tables, sent by ``expect_load``."""

FIRST_ASYNC_RETRY = 60
"""Seconds after which Lambda first repeats an asynchronous invocation that failed. A claim has to be stale by then:
``expect_load`` is invoked so, and only two more times."""

FIRST_IN_QUEUE_SECONDS = 600
"""Seconds after which the first in a queue asks again whether a slot is free: what it waits for may have been lost."""

BATCH_LOOK_SECONDS = 21_600
"""Seconds after which a batch that waits for its items looks after them: its task token may have been lost."""

LONGEST_BATCH = 30 * 86_400
"""Seconds of the longest batch: several times the longest run, and less than Step Functions keeps a name."""
