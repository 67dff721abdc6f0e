"""Ten questions about runs, as queries that CloudWatch Logs Insights keeps: people find them in its console.

They read the log lines of the functions (DESIGN.md "Logs") and of the state machines (infra/PLATFORM.md "Logs"); a test
runs each over the lines of real runs. A query costs by the bytes that it scans: each names only the log groups that it
needs.
"""

from dataclasses import dataclass

from infra.costs.prices import price

MACHINES = "machines"
"""Stands for the log groups of both state machines."""

STEPS = "steps"
"""Stands for the log groups of every function that the state machine of runs calls, of ``end_run`` and ``sweep``."""

PLACE_OF_ID = "ID-OF-THE-RUN"
"""What a person replaces in a query by the ``id`` of a run, as ``datamart runs`` shows it."""

ENDED = 'filter message = "run ended"'
ENDS = ("end_run", "sweep")
"""Whose logs have that line: the sweep finishes what ``end_run`` has not."""


@dataclass(frozen=True)
class Query:
    """A question: its name in the console, the commands that answer it, and whose logs they read.

    ``logs`` are names of functions' modules, or :data:`MACHINES` or :data:`STEPS`.
    """

    name: str
    logs: tuple[str, ...]
    commands: tuple[str, ...]

    @property
    def text(self) -> str:
        """As Logs Insights takes it."""
        return "\n| ".join(self.commands)


NOT_LOADED = Query(
    "What was not loaded",
    ENDS,
    (
        f'{ENDED} and loaded != "yes"',
        "fields finishedAt, kind, job, batch, item, datamart, status, loaded, skipped, error, cause, id",
        "sort finishedAt desc",
        "limit 200",
    ),
)
LONGER = Query(
    "What took longer than usual",
    ENDS,
    (
        f"{ENDED} and jobSeconds > 1.5 * usualSeconds",
        "fields finishedAt, job, item, datamart, jobSeconds, usualSeconds, jobSeconds / usualSeconds as times, id",
        "sort times desc",
        "limit 100",
    ),
)
DURATIONS = Query(
    "How long each datamart takes",
    ENDS,
    (
        f'{ENDED} and kind = "run" and loaded = "yes"',
        "stats count(*) as runs, pct(jobSeconds, 50) as median, pct(jobSeconds, 95) as high, "
        "max(jobSeconds) as longest, avg(queueSeconds) as queued, avg(polls) as looks by datamart, job",
        "sort median desc",
        "limit 300",
    ),
)
ERRORS = Query(
    "Which errors there are, and how often",
    ENDS,
    (
        f'{ENDED} and status != "SUCCEEDED"',
        "stats count(*) as runs, max(finishedAt) as last, latest(datamart) as lastDatamart, latest(cause) as lastCause "
        "by error, status, connection",
        "sort runs desc",
    ),
)
STARTED = Query(
    "Who or what started runs, and why",
    ENDS,
    (
        ENDED,
        "fields startedAt, trigger, startedBy, reason, kind, job, batch, datamart, status, id",
        "sort startedAt desc",
        "limit 500",
    ),
)
STEPS_OF_A_RUN = Query(
    "What a run did, step by step",
    (STEPS,),
    (
        f"filter correlation_id like /{PLACE_OF_ID}/",
        "fields @timestamp, message, step, attempt, phase, status, end, error, reason, @message",
        "sort @timestamp asc",
        "limit 1000",
    ),
)
HTTP_REQUESTS = Query(
    "Which HTTP requests are slow or fail",
    (STEPS,),
    (
        'filter @message like /"calls":/',
        "fields jsonParse(@message) as line",
        "unnest line.calls into call",
        "stats count(*) as requests, avg(call.ms) as mean, pct(call.ms, 95) as high, max(call.ms) as longest "
        "by call.method, call.path, call.status",
        "sort longest desc",
    ),
)
QUEUE = Query(
    "What runs wait for in the queue",
    ("wait_in_queue",),
    (
        "filter ispresent(queue.position)",
        "fields @timestamp, queue.position, queue.of, queue.seconds, queue.hasSlot, queue.hasDatamart, "
        "queue.pausedUntil, correlation_id",
        "sort @timestamp desc",
        "limit 200",
    ),
)
LEFT_BEHIND = Query(
    "What could not be cleaned up",
    (STEPS,),
    (
        "filter message like /session could not be ended|instance was not deleted|job was not cancelled|left behind/",
        "fields @timestamp, message, reason, found, now, left, jobId, correlation_id",
        "sort @timestamp desc",
        "limit 200",
    ),
)
COST = Query(
    "What state transitions cost a day",
    (MACHINES,),
    (
        "filter type like /StateEntered$/",
        f"stats count(*) as transitions, count(*) * {price('transition'):f} as dollars by bin(1d)",
        "sort dollars desc",
    ),
)

DELAYS = Query(
    "How often jobs are looked at, and how late their end is seen",
    ("get_status",),
    (
        'filter step = "get_status"',
        "stats count(*) as looks, count(lateSeconds) as loads, avg(lateSeconds) as meanDelay, "
        "max(lateSeconds) as longestDelay by bin(1d)",
        "sort looks desc",
    ),
)
"""On the dashboard alone. The delay is half of the time since the look before, which is right on average."""

QUERIES = (
    NOT_LOADED,
    LONGER,
    DURATIONS,
    ERRORS,
    STARTED,
    STEPS_OF_A_RUN,
    HTTP_REQUESTS,
    QUEUE,
    LEFT_BEHIND,
    COST,
)
