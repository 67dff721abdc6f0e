"""``make smoke``: tests a deployment. ``python -m local.cli.smoke --stage dev --job sales-nightly``.

Looks for the stack, the content of its secrets, the addresses that are notified, a run of the job from start to end,
and what the end of that run must leave in the run table. The run is a real one: it loads the job's table.
"""

import argparse
import sys
import time

from functions.requests.started import Started
from infra.jobs.job_files import names_of, no_jobs
from infra.settings.settings import BadConfiguration, Settings, settings_of
from local.aws import in_plain_words, stack_of
from local.aws.addresses import addresses_of
from local.aws.caller import caller
from local.aws.deployment_checks import filled_secrets, traces_of_the_end
from local.aws.execution import Wait
from local.cli.console import console_for
from local.cli.deployed_run import run_deployed
from local.cli.endings import Ending, code_of, finish, of_followed_run
from local.cli.process import exits_with
from local.errors import CannotGoOn


def main() -> None:
    """Read the arguments, try the deployment, exit with 0 only if everything held."""
    parser = argparse.ArgumentParser(prog="python -m local.cli.smoke", description=__doc__)
    parser.add_argument("--stage", default="dev")
    parser.add_argument("--job", default="", help="the job to run once, for real")
    arguments = parser.parse_args()
    exits_with(lambda: smoke(arguments.stage, arguments.job))


def smoke(stage: str, job: str, wait: Wait = time.sleep) -> int:
    """Try the deployment and return the exit code: 0 all is well, else as ``datamart start``.

    Parameters
    ----------
    stage
        Whose stack.
    job
        What to run.
    wait
        Lets so many seconds pass.
    """
    try:
        if not job:
            raise CannotGoOn(_no_job(stage))
        ending = _smoke(stage, job, wait)
    except CannotGoOn as problem:
        ending = Ending(code_of(problem), said=(f"smoke: {problem}",))
    return finish(ending)


def _smoke(stage: str, job: str, wait: Wait) -> Ending:
    console = console_for(sys.stdout)

    def well(text: str) -> None:
        console.print(f"ok: {text}", soft_wrap=True)

    with in_plain_words():
        stack = stack_of(stage)
        well(f"the stack {stack.name} is there ({stack.status})")
        for secret in filled_secrets(stack):
            well(f"the secret {secret} is filled")
        for each in addresses_of(stack, _settings(stage)):
            if each.flaw:
                console.print(f"warning: {each.setting}: {each.address}: {each.flaw}", soft_wrap=True)
            else:
                well(f"{each.address} of {each.setting} is confirmed")
    outcome = run_deployed(stack, {"job": job}, Started(caller(), "person", "smoke test"), sys.stdout, wait)
    if outcome.status != "RUNNING":
        with in_plain_words():
            for text in traces_of_the_end(stack, outcome.execution_arn, wait):
                well(text)
    if outcome.status == "SUCCEEDED":
        well(f"the job {job} loaded its table")
    return of_followed_run(outcome)


def _settings(stage: str) -> Settings:
    """The settings of a stage. Raises CannotGoOn."""
    try:
        return settings_of(stage)
    except BadConfiguration as problem:
        raise CannotGoOn(str(problem)) from None


def _no_job(stage: str) -> str:
    """That no job was named, and which there are."""
    settings = _settings(stage)
    names = names_of(settings)
    there = f"Jobs of the stage: {', '.join(names)}." if names else no_jobs(settings)
    return f"no job is named. Name the job to run: make smoke STAGE={stage} JOB=NAME. {there}"


if __name__ == "__main__":
    main()
