"""Writes the cloud assembly of one stage or many, with the checks of quotas and policies."""

import json
from dataclasses import replace
from pathlib import Path

import aws_cdk as cdk

from infra.batches.batch_files import FOLDER as BATCHES
from infra.batches.batch_files import batches_of
from infra.batches.named_batch import NamedBatch
from infra.build.cdk_refusals import in_one_sentence
from infra.build.checker_record import remove_record, write_record
from infra.build.checkers import add_checkers
from infra.build.code import staged_code
from infra.build.quotas import code_over_quota, over_quota
from infra.jobs.job_files import FOLDER as JOBS
from infra.jobs.job_files import jobs_of
from infra.jobs.named_job import NamedJob
from infra.names import stack_name
from infra.settings.settings import BadConfiguration, Settings
from infra.stack import DatamartRunner

FEATURE_FLAGS = {
    "@aws-cdk/aws-lambda:recognizeLayerVersion": True,
    "@aws-cdk/aws-lambda:createNewPoliciesWithAddToRolePolicy": False,
    "@aws-cdk/core:target-partitions": ["aws", "aws-cn", "aws-us-gov"],
    "@aws-cdk/aws-iam:minimizePolicies": True,
}
"""Here and not in cdk.json, which only the command line reads: both agree (infra/PLATFORM.md "CDK without Docker or
Node")."""

ENGINE_OPTIONS = {"@aws-cdk/core:stackResourceLimit": 0}
"""Disables the CDK's own limit, which would end a synth with a stack trace before our check of the quotas."""


OfStage = tuple[Settings, list[NamedJob], list[NamedBatch]]
"""A stage, its jobs and its batches."""


def synthesize(
    stages: list[Settings],
    output: Path,
    *,
    checks: bool,
    bundle: Path | None,
    jobs_folder: Path = JOBS,
    batches_folder: Path = BATCHES,
    with_samples: bool = False,
) -> None:
    """Write the cloud assembly, with a stack for each of ``stages``, into ``output``.

    Parameters
    ----------
    checks
        Whether quotas are checked (infra/build/quotas.py) and the policy checkers run (infra/build/checkers.py). The
        CDK writes validation-report.json from the checkers, and this the record of what they have checked.
    bundle
        What goes to Lambda, or None for our own code alone.
    jobs_folder
        Where the jobs' files are.
    batches_folder
        Where the batches' files are.
    with_samples
        Whether every stage gets the samples besides its jobs, and their connection.

    Raises
    ------
    BadConfiguration
        A job file cannot be deployed, what all of them make together is over a quota of AWS, or the CDK refuses
        something in a file that our own checks accept.
    """
    output.mkdir(parents=True, exist_ok=True)
    if with_samples:
        stages = [replace(one, connections=tuple(dict.fromkeys((*one.connections, "default")))) for one in stages]
    with in_one_sentence():
        of_stages = []
        for settings in stages:
            jobs = jobs_of(settings, jobs_folder, with_samples=with_samples)
            batches = batches_of(settings, jobs, batches_folder, with_samples=with_samples)
            of_stages.append((settings, jobs, batches))
        _synthesize(of_stages, output, checks=checks, bundle=bundle)


def _synthesize(of_stages: list[OfStage], output: Path, *, checks: bool, bundle: Path | None) -> None:
    app = cdk.App(
        outdir=str(output),
        context=FEATURE_FLAGS | ENGINE_OPTIONS,
        analytics_reporting=False,
        builtin_cloud_formation_validation=False,  # it runs among the checkers
    )
    remove_record(output)
    checked = add_checkers(app) if checks else {}
    for settings, jobs, batches in of_stages:
        name = stack_name(settings.stage)
        code = staged_code(output / f"code-{settings.stage}", jobs, batches, bundle)
        described = f"Runs MicroStrategy datamarts ({settings.stage})"
        DatamartRunner(app, name, code=code, settings=settings, jobs=jobs, batches=batches, description=described)
    app.synth()
    if checks:
        _check_quotas(output, [settings for settings, _, _ in of_stages])
        write_record(output, checked)


def _check_quotas(output: Path, stages: list[Settings]) -> None:
    """Raise BadConfiguration, with a line for each quota that a stack is over."""
    problems = []
    for settings in stages:
        template = output / f"{stack_name(settings.stage)}.template.json"
        problems += over_quota(json.loads(template.read_text("utf-8")))
        problems += code_over_quota(output / f"code-{settings.stage}")
    if problems:
        raise BadConfiguration("\n".join(problems))
