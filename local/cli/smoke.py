"""After a deployment: does it work in this account? ``python -m local.cli.smoke --stage dev --job sales-nightly``.

Looks for the stack, the content of its secrets, a run of the job from start to end, and what the end of that run must
leave in the run table. The run is a real one: it loads the job's table.
"""

import argparse

from infra.jobs.job_files import names_of, no_jobs
from infra.settings.settings import BadConfiguration, settings_of
from local.aws import CannotGoOn
from local.aws.smoke_test import smoke
from local.cli.process import exits_with
from local.cli.terminal import say


def main() -> None:
    """Read the arguments, try the deployment, exit with 0 only if everything held."""
    parser = argparse.ArgumentParser(prog="python -m local.cli.smoke", description=__doc__)
    parser.add_argument("--stage", default="dev")
    parser.add_argument("--job", default="", help="the job to run once, for real")
    arguments = parser.parse_args()
    exits_with(lambda: _tried(arguments))


def _tried(arguments: argparse.Namespace) -> int:
    try:
        if not arguments.job:
            raise CannotGoOn(_no_job(arguments.stage))
        return smoke(arguments.stage, arguments.job)
    except CannotGoOn as problem:
        say(f"smoke: {problem}")
        return 2


def _no_job(stage: str) -> str:
    """That no job was named, and which there are."""
    try:
        settings = settings_of(stage)
    except BadConfiguration as problem:
        return str(problem)
    names = names_of(settings)
    there = f"Jobs of the stage: {', '.join(names)}." if names else no_jobs(settings)
    return f"no job is named. Name the job to run: make smoke STAGE={stage} JOB=NAME. {there}"


if __name__ == "__main__":
    main()
