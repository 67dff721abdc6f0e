"""How the simulated server behaves where API.md 11 leaves it open."""

from dataclasses import dataclass
from typing import Literal

Stages = tuple[tuple[float, int], ...]
"""Seconds, and the status reported meanwhile (API.md 6), one after the other."""

ErrorCode = tuple[int, int | str]
"""HTTP status, and the number of an ERR code or a hexadecimal code."""


@dataclass(frozen=True)
class Scenario:
    """One way to behave; the defaults are what is documented, or else most plausible.

    Parameters
    ----------
    before_post
        What GET execution returns before POST execution/jobs (API.md 11.6): a status, or an HTTP error.
    answers_before_post
        Whether prompts can be read and answered before POST execution/jobs (API.md 11.5).
    continues_after_answers
        Whether a job goes on by itself once its prompts are answered (API.md 11.5); else it takes another POST.
    second_post
        What a POST does while a job runs on the instance (API.md 11.7): starts a ``new job``, returns the ``same job``,
        or is ``refused``.
    queue
        What a job reports before it begins: 13, 14 and 15 are the queues of section 6.
    while_running
        What it reports between 5 and 6; 11, 12 and 25 have no documented meaning.
    success_status, failure_status
        1, or the other finals of section 6: 20 and 21; 3, or 18.
    failure
        Where the text of a failure is (API.md 11.2): in ``message`` or ``errorMessage`` beside the status, nowhere
        (``bare``), or in an ``error`` envelope in place of the status.
    prompt_patience
        Seconds that a job waits for answers before it fails with -2147203529 (API.md 7.4), or None.
    delete_ends_job, logout_ends_job
        Whether the job ends with its instance (API.md 11.8) or its session (API.md 11.9).
    logout_ends_all
        Whether logout ends every session of the user (API.md 2.5, 11.11).
    late_accept
        Seconds after which a job starts whose POST was cut off, or None.
    accepted_202
        Whether the response for a running job is 202 with Retry-After and X-MSTR-IStatus (6, 11.3).
    poll_gap
        Seconds that must lie between two GET execution of an instance; a sooner one is 429 (API.md 11.17).
    new_instance_on_execute
        Whether execution goes on under another instance id (API.md 5.2).
    still_open
        Seconds for which status 2 is reported although every prompt was answered (API.md 7.3).
    still_listed
        Seconds for which an answered prompt is listed as open as before, and status 2 reported (API.md 7.3); another
        answer to it is refused.
    late_prompts
        Seconds for which status 2 is reported and no prompt is listed yet (API.md 7.1, 7.3).
    prompt_padding
        Bytes of text that the instructions of one list of prompts have together (API.md 7.2).
    names_answer_elements
        Whether an element may be answered by its name alone (API.md 5.2, 7.3).
    element_search
        What ``searchPattern`` does on the elements of a prompt (API.md 7.1): finds those that ``contains`` it, is
        ``ignored``, or the elements are ``refused`` to the account altogether.
    closed_filter
        What ``closed=`` does on GET prompts (API.md 7.1, 11.15): keeps the ``equal`` ones; ``inverted``: true leaves
        the answered ones out and false filters nothing; ``ignored``.
    old_prompt_shapes
        Prompts as the older samples show them (API.md 7.2, 11.15): no ``id``, numbers as ``dataType`` and object type,
        a single object as the default of OBJECTS, DIMENSION for LEVEL.
    structured_answers
        Whether EXPRESSION and LEVEL can be answered (7.3: older pages say no).
    monitor_forbidden, definition_forbidden
        Whether the monitors (API.md 6.1, 3) and the definition (API.md 5.1) are closed to the account.
    execute_forbidden
        What the account lacks to execute (API.md 11.13): the ``privilege`` (ERR014), ``access`` to the object (ERR017).
    create_header, create_body
        Whether the new instance's id is in the header (5, note a), and what is in the body: ``{}`` in gzip, the
        ``id``, or nothing at all (``empty``). Without the header it is always the id.
    working_delete
        Which of the two DELETE endpoints does anything (API.md 11.16): ``both``, or the other responds with 404.
    sql_view
        Whether GET sqlView exists (5, row 14).
    cube_failure
        Where a failed publication is seen (API.md 12.2): in the ``bits``, which end as 0; in the job ``monitor``, which
        keeps the job as an error; or only in that the cube's data are as ``old`` as before. In the last two the bits
        are those of the earlier data.
    cube_bits
        What HEAD cubes shows while a cube with data is published again (API.md 12.1): those ``with processing``, or
        the ``old`` ones alone.
    second_publication
        What a second publication does while one is under way (API.md 12.2): it is ``joined`` to the first, ``queued``
        behind it, or ``refused``.
    publish_body
        What the response to a publication names (API.md 12): the ``job``, its ``number`` alone, or ``nothing``.
    publish_status
        Its HTTP status.
    forbidden_follow_up
        What the account may not do (API.md 12.2): see ``events`` at all, ``trigger`` them, or ``publish`` cubes.
    bare_events
        Whether the list of events has no envelope (API.md 12.2).
    save_as_clash
        The error when saveAs meets a taken name (API.md 11.12).
    unknown_ms_instance
        The error of the Modeling service for an instance that is gone (API.md 11.12).
    refusal_status
        HTTP status with which an idle or unloaded project and a full server are refused (API.md 11.12).
    session_cap_code
        ``code`` beside -2147072486 (API.md 2.2).
    flat_errors
        The Modeling service's errors in the flat envelope of the others (API.md 8.1).
    long_err_codes
        ERR0014 in place of ERR014 (API.md 8.2).
    foreign_texts
        Error texts in another language (2.1, messagesLocale).
    wrong_method_405
        A wrong method is 405 ERR001 and not 404 ERR004 (API.md 8.3).
    ended_job_500
        The monitor responds with 500 and not 404 for a job that has ended (API.md 6.1).
    unknown_properties
        Every response carries a property and a cookie that nobody knows (API.md 11.19).
    sticky_balancer
        A balancer's cookie is issued with every response and required with every call (API.md 1.4).
    login_refusal
        A reason to refuse right credentials: a key of ``LOGIN_REFUSALS`` (API.md 2.2), or None.
    session_cap
        Sessions of one user in one project (API.md 2.2).
    idle_timeout
        Seconds of idleness that end a session (API.md 2.5).
    only_keep_alive_counts
        Whether only the two documented calls reset the idle timer (API.md 2.5).
    working_set
        Instances of a session before the oldest is dropped (9), unless its login says otherwise.
    stale_index
        Whether the quick search misses what was saved since the start (API.md 4.2).
    server_version
        What GET status reports; before 11.5.6 applicationType 76 is unknown (API.md 2.1).
    nesting
        How many prompts open one after the other in the nested datamart.
    slow_seconds
        How long the SQL of the slow datamart and of the slow cube takes.
    more_loads
        How long the SQL of further datamarts takes, "Load 1" and so on: for many runs at once.
    appending_loads
        Numbers of those that append to their tables.
    """

    before_post: int | Literal["404", "500"] = 0
    answers_before_post: bool = True
    continues_after_answers: bool = True
    second_post: Literal["new job", "same job", "refused"] = "new job"
    queue: Stages = ()
    while_running: Stages = ()
    success_status: int = 1
    failure_status: int = 3
    failure: Literal["message", "errorMessage", "bare", "error"] = "message"
    prompt_patience: float | None = None
    delete_ends_job: bool = True
    logout_ends_job: bool = True
    logout_ends_all: bool = False
    late_accept: float | None = None
    accepted_202: bool = False
    poll_gap: float = 0.0
    new_instance_on_execute: bool = False
    still_open: float = 0.0
    still_listed: float = 0.0
    late_prompts: float = 0.0
    prompt_padding: int = 0
    names_answer_elements: bool = True
    element_search: Literal["contains", "ignored", "refused"] = "contains"
    closed_filter: Literal["equal", "inverted", "ignored"] = "equal"
    old_prompt_shapes: bool = False
    structured_answers: bool = True
    monitor_forbidden: bool = False
    definition_forbidden: bool = False
    execute_forbidden: Literal["privilege", "access"] | None = None
    create_header: bool = True
    create_body: Literal["{}", "id", "empty"] = "{}"
    working_delete: Literal["both", "modelling", "execution"] = "both"
    sql_view: bool = True
    cube_failure: Literal["bits", "monitor", "old"] = "bits"
    cube_bits: Literal["with processing", "old"] = "with processing"
    second_publication: Literal["joined", "queued", "refused"] = "joined"
    publish_body: Literal["job", "number", "nothing"] = "job"
    publish_status: int = 202
    forbidden_follow_up: Literal["events", "trigger", "publish"] | None = None
    bare_events: bool = False
    save_as_clash: ErrorCode = (409, 15)
    unknown_ms_instance: ErrorCode = (404, 4)
    refusal_status: int = 500
    session_cap_code: int | str = 1
    flat_errors: bool = False
    long_err_codes: bool = False
    foreign_texts: bool = False
    wrong_method_405: bool = False
    ended_job_500: bool = False
    unknown_properties: bool = False
    sticky_balancer: bool = False
    login_refusal: str | None = None
    session_cap: int = 20
    idle_timeout: float = 1800.0
    only_keep_alive_counts: bool = False
    working_set: int = 10
    stale_index: bool = False
    server_version: str = "11.6.1000.0101"
    nesting: int = 3
    slow_seconds: float = 600.0
    more_loads: tuple[float, ...] = ()
    appending_loads: tuple[int, ...] = ()
