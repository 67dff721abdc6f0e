"""``datamart check``: tests a connection and its jobs without executing anything."""

import argparse
import contextlib
import os
import sys
from pathlib import Path

from functions.microstrategy.credentials import LOGIN_MODES
from infra.jobs.named_job import NamedJob
from local import signals
from local.checks.findings import Findings
from local.checks.request_file import request_in
from local.checks.sequence import ask
from local.checks.stage_batches import batch_items_for
from local.checks.stage_jobs import jobs_for
from local.cli.check_output import shown_on, summary
from local.cli.endings import FAILED, SUCCEEDED, Ending, code_of, finish
from local.cli.input_files import input_from
from local.errors import CannotGoOn
from local.server_access.ca_bundle import authorities_of
from local.server_access.connection import Source, of_environment, of_simulator
from local.server_access.secrets_manager import of_secrets_manager
from local.server_access.stage import settings_for

WITHOUT_AWS = (
    "Without AWS: --library-url URL with MSTR_USERNAME and MSTR_PASSWORD in the environment, or --simulator to try it."
)


def check(arguments: argparse.Namespace) -> int:
    """Check and return the exit code: 0 no problem, 1 some, 2 bad usage, 130, 143 or 129 stopped by a signal."""
    with contextlib.ExitStack() as stack:
        on_finding = (lambda _: None) if arguments.json else stack.enter_context(shown_on(sys.stdout))
        findings = Findings(on_finding)
        code, said = _checked(arguments, findings)
    shown = (summary(findings),) if code in (SUCCEEDED, FAILED) else ()
    return finish(Ending(code, findings.as_json(), said, shown), arguments.json)


def _checked(arguments: argparse.Namespace, findings: Findings) -> tuple[int, tuple[str, ...]]:
    """Check; returns the exit code, and the lines about a wrong command line."""
    try:
        with contextlib.ExitStack() as stack:
            _check(arguments, findings, stack)
    except CannotGoOn as problem:
        if arguments.json:
            findings.problem("usage", "command line", str(problem))
        return code_of(problem), (f"datamart: {problem}",)
    except KeyboardInterrupt as problem:
        with signals.deferred():
            closed = "" if findings.has("logout") else "; what it had opened is logged out"
            text = f"Stopped by {signals.stopped_by()} before its end{closed}."
            findings.problem("check", arguments.connection, text)
            return code_of(problem), ()
    except Exception as error:
        # The findings so far are printed; the error's own text may quote anything, so only its class is shown.
        findings.problem("check", arguments.connection, f"Ended by an error of its own: {type(error).__name__}.")
    return FAILED if findings.problems else SUCCEEDED, ()


def _check(arguments: argparse.Namespace, findings: Findings, stack: contextlib.ExitStack) -> None:
    settings = settings_for(arguments.stage, arguments.connection)
    of_file = [] if arguments.request is None else _request(arguments.request, arguments.connection, findings)
    source = _source(arguments, stack)
    findings.redactor.add(*source.secret_values)
    if source.flaw:
        findings.problem("secret", source.name, f"It {source.flaw}.")
    elif source.credentials:
        mode = source.credentials.login_mode
        findings.ok("secret", source.name, f"It is complete, for login mode {mode} ({LOGIN_MODES[mode].name}).")
    if not arguments.simulator and arguments.library_url is None:
        from local.checks.addresses import check_addresses  # boto3 takes most of a second

        check_addresses(settings, findings)
    jobs = jobs_for(settings, arguments.connection, findings, with_samples=arguments.simulator)
    jobs += batch_items_for(settings, arguments.connection, findings, with_samples=arguments.simulator)
    jobs += of_file
    for job in ask(source, jobs, settings.most_at_once[arguments.connection], findings):
        text = "Its file is valid; its names were not all checked on the server, because of the problem above."
        findings.note("job", job.name, text)


def _request(file: Path, connection: str, findings: Findings) -> list[NamedJob]:
    try:
        content = input_from(file.read_bytes(), file)
    except OSError as problem:
        raise CannotGoOn(f"{file}: cannot be read ({problem.strerror}).") from None
    return request_in(content, file, connection, findings)


def _source(arguments: argparse.Namespace, stack: contextlib.ExitStack) -> Source:
    if arguments.simulator:
        return of_simulator(stack)
    stack.enter_context(authorities_of(os.environ))
    if arguments.library_url is not None:
        return of_environment(arguments.library_url, os.environ)
    return of_secrets_manager(arguments.stage, arguments.connection, WITHOUT_AWS)
