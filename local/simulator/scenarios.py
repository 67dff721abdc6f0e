"""The scenarios by name, as ``--scenario`` and the tests use them; :class:`Scenario` says what each field means."""

import difflib
from dataclasses import replace

from local.simulator.scenario import Scenario, Stages

_DEFAULT = Scenario()

# Every number that section 6 calls running and that a job without a scenario does not report.
_EVERY_RUNNING_STATUS: Stages = tuple((0.2, n) for n in (0, 4, 22, 13, 14, 15, 16, 9, 10, 7, 24, 19, 26))

SCENARIOS: dict[str, Scenario] = {
    "default": _DEFAULT,
    # sessions (2, 9)
    "logout-ends-all-sessions": replace(_DEFAULT, logout_ends_all=True),
    "session-cap-1": replace(_DEFAULT, session_cap=1),
    "session-cap-hex-code": replace(_DEFAULT, session_cap=1, session_cap_code="8004cb0a", flat_errors=True),
    "small-working-set": replace(_DEFAULT, working_set=3),
    "only-keep-alive-counts": replace(_DEFAULT, only_keep_alive_counts=True),
    "sticky-balancer": replace(_DEFAULT, sticky_balancer=True),
    "password-expired": replace(_DEFAULT, login_refusal="password expired"),
    "account-disabled": replace(_DEFAULT, login_refusal="account disabled"),
    "account-locked": replace(_DEFAULT, login_refusal="account locked"),
    "no-licence": replace(_DEFAULT, login_refusal="no licence"),
    "too-many-users": replace(_DEFAULT, login_refusal="too many users"),
    "old-server": replace(_DEFAULT, server_version="11.3.0900.0027"),
    "stale-search-index": replace(_DEFAULT, stale_index=True),
    # creating and executing (5, 11.4 to 11.7, 11.13)
    "create-body-id-only": replace(_DEFAULT, create_header=False),
    "create-body-id": replace(_DEFAULT, create_body="id"),
    "create-body-empty": replace(_DEFAULT, create_body="empty"),
    "get-before-post-404": replace(_DEFAULT, before_post="404"),
    "get-before-post-0": replace(_DEFAULT, before_post=0),
    "get-before-post-13": replace(_DEFAULT, before_post=13),
    "get-before-post-500": replace(_DEFAULT, before_post="500"),
    "late-accept": replace(_DEFAULT, late_accept=20.0),
    "second-post-same-job": replace(_DEFAULT, second_post="same job"),
    "second-post-refused": replace(_DEFAULT, second_post="refused"),
    "instance-id-changes-on-execute": replace(_DEFAULT, new_instance_on_execute=True),
    "no-privilege-to-execute": replace(_DEFAULT, execute_forbidden="privilege"),
    "no-access-to-execute": replace(_DEFAULT, execute_forbidden="access"),
    # the statuses of a job (6, 11.1 to 11.3)
    "queued-13": replace(_DEFAULT, queue=((30.0, 13),)),
    "queued-14": replace(_DEFAULT, queue=((30.0, 14),)),
    "queued-15": replace(_DEFAULT, queue=((30.0, 15),)),
    "queued-13-14-15": replace(_DEFAULT, queue=((10.0, 13), (10.0, 14), (10.0, 15))),
    "unknown-status-11": replace(_DEFAULT, while_running=((5.0, 11),)),
    "unknown-status-25": replace(_DEFAULT, while_running=((5.0, 25),)),
    "unknown-status-99": replace(_DEFAULT, while_running=((5.0, 99),)),
    "every-running-status": replace(_DEFAULT, while_running=_EVERY_RUNNING_STATUS),
    "succeeds-as-20": replace(_DEFAULT, success_status=20),
    "succeeds-as-21": replace(_DEFAULT, success_status=21),
    "fails-as-18": replace(_DEFAULT, failure_status=18),
    "failure-in-errorMessage": replace(_DEFAULT, failure="errorMessage"),
    "failure-without-text": replace(_DEFAULT, failure="bare"),
    "failure-as-error": replace(_DEFAULT, failure="error"),
    "accepted-202": replace(_DEFAULT, accepted_202=True),
    "rate-limited": replace(_DEFAULT, poll_gap=0.8),
    # prompts (7, 11.5, 11.15)
    "prompts-still-reported-open": replace(_DEFAULT, still_open=2.0),
    "answered-prompts-still-listed": replace(_DEFAULT, still_listed=2.0),
    "prompts-appear-late": replace(_DEFAULT, late_prompts=3.0),
    "huge-prompts": replace(_DEFAULT, prompt_padding=2_500_000),
    "elements-by-id-only": replace(_DEFAULT, names_answer_elements=False),
    "element-search-ignored": replace(_DEFAULT, element_search="ignored"),
    "elements-forbidden": replace(_DEFAULT, element_search="refused"),
    "prompts-only-after-execute": replace(_DEFAULT, answers_before_post=False),
    "job-waits-after-answers": replace(_DEFAULT, continues_after_answers=False),
    "prompt-times-out": replace(_DEFAULT, prompt_patience=5.0),
    "closed-filter-inverted": replace(_DEFAULT, closed_filter="inverted"),
    "closed-filter-ignored": replace(_DEFAULT, closed_filter="ignored"),
    "old-prompt-shapes": replace(_DEFAULT, old_prompt_shapes=True),
    "only-simple-prompts": replace(_DEFAULT, structured_answers=False),
    "nested-ten-deep": replace(_DEFAULT, nesting=10),
    # saving and cleaning up (5, 11.8, 11.9, 11.12, 11.16)
    "job-survives-delete": replace(_DEFAULT, delete_ends_job=False),
    "job-survives-logout": replace(_DEFAULT, delete_ends_job=False, logout_ends_job=False),
    "only-modelling-delete": replace(_DEFAULT, working_delete="modelling"),
    "only-execution-delete": replace(_DEFAULT, working_delete="execution"),
    "save-as-clash-400": replace(_DEFAULT, save_as_clash=(400, 15)),
    "save-as-clash-500": replace(_DEFAULT, save_as_clash=(500, 1)),
    # The hexadecimal code is ours: no list of the Modeling service's codes is public.
    "unknown-instance-400": replace(_DEFAULT, unknown_ms_instance=(400, "8004cb20")),
    # events and cubes (12.2)
    "cube-fails-in-monitor": replace(_DEFAULT, cube_failure="monitor"),
    "cube-fails-unseen": replace(_DEFAULT, cube_failure="old"),
    "cube-shows-old-bits": replace(_DEFAULT, cube_bits="old"),
    "second-publication-queued": replace(_DEFAULT, second_publication="queued"),
    "second-publication-refused": replace(_DEFAULT, second_publication="refused"),
    "publish-names-number": replace(_DEFAULT, publish_body="number"),
    "publish-names-nothing": replace(_DEFAULT, publish_body="nothing"),
    "publish-accepted-200": replace(_DEFAULT, publish_status=200),
    "no-privilege-to-see-events": replace(_DEFAULT, forbidden_follow_up="events"),
    "no-privilege-to-trigger": replace(_DEFAULT, forbidden_follow_up="trigger"),
    "no-privilege-to-publish": replace(_DEFAULT, forbidden_follow_up="publish"),
    "events-without-envelope": replace(_DEFAULT, bare_events=True),
    # errors and extras (8, 11.12, 11.17, 11.19)
    "refusals-400": replace(_DEFAULT, refusal_status=400),
    "refusals-403": replace(_DEFAULT, refusal_status=403),
    "refusals-503": replace(_DEFAULT, refusal_status=503),
    "flat-errors": replace(_DEFAULT, flat_errors=True),
    "long-err-codes": replace(_DEFAULT, long_err_codes=True),
    "foreign-texts": replace(_DEFAULT, foreign_texts=True),
    "wrong-method-405": replace(_DEFAULT, wrong_method_405=True),
    "unknown-properties": replace(_DEFAULT, unknown_properties=True),
    "monitor-forbidden": replace(_DEFAULT, monitor_forbidden=True),
    "ended-job-500": replace(_DEFAULT, ended_job_500=True),
    "definition-forbidden": replace(_DEFAULT, definition_forbidden=True),
    "no-sql-view": replace(_DEFAULT, sql_view=False),
}


def scenario_named(name: str) -> Scenario:
    """The scenario of that name. Raises ValueError naming the nearest."""
    if name in SCENARIOS:
        return SCENARIOS[name]
    near = difflib.get_close_matches(name, SCENARIOS, 1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    raise ValueError(f'there is no scenario "{name}"{hint}; there are: {", ".join(SCENARIOS)}')
