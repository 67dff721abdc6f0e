"""``make lint`` for what AWS will read: every stage's template by cfn-lint, the state machines by asl-validator.

cfn-lint knows the schemas of CloudFormation's resources, region by region.
"""

import subprocess
import sys
from pathlib import Path

from infra.batches.batch_files import sample_paths as batch_samples
from infra.build import asl_validator
from infra.build.node_tools import ROOT, NotInstalled
from infra.build.synthesize import synthesize
from infra.constructs.asl import DefinitionError
from infra.constructs.definition import MACHINES, machine
from infra.jobs.job_files import sample_paths
from infra.names import stack_name
from infra.settings.settings import FOLDER, BadConfiguration, Settings, settings_of

REGIONS = ("us-east-1", "eu-central-1", "ap-southeast-2", "us-gov-west-1", "cn-north-1")
"""One or two of each partition, and one on each continent with a different set of services."""

OUTPUT = ROOT / "build" / "lint"


def main() -> None:
    """Lint everything; exit with 1 after the findings of both linters if there are any."""
    try:
        failures = [
            line
            for source in MACHINES
            for line in asl_validator.findings(machine(source), OUTPUT / Path(source.file).with_suffix(".json"))
        ]
        failures += findings_in_templates(_synthesized())
    except (BadConfiguration, DefinitionError, NotInstalled) as problem:
        sys.exit(f"lint: {problem}")
    if failures:
        sys.exit("\n".join(failures))


def _synthesized() -> list[Path]:
    """The templates of every stage of infra/settings and of one with the samples, without the bundle.

    The bundle is not part of a template.
    """
    stages = [settings_of(path.stem) for path in sorted(FOLDER.glob("*.toml"))]
    jobs, batches = (tuple(path.stem for path in paths) for paths in (sample_paths(), batch_samples()))
    stages.append(Settings(stage="samples", jobs=jobs, batches=batches))
    synthesize(stages, OUTPUT, checks=False, bundle=None)
    return [OUTPUT / f"{stack_name(settings.stage)}.template.json" for settings in stages]


def findings_in_templates(paths: list[Path]) -> list[str]:
    """The findings of cfn-lint in the templates; empty if it has no findings."""
    linter = Path(sys.executable).with_name("cfn-lint")
    line = [str(linter), "--regions", *REGIONS, "--", *map(str, paths)]
    ended = subprocess.run(line, capture_output=True, text=True, check=False)  # noqa: S603 - a pinned tool
    return [] if ended.returncode == 0 else [(ended.stdout + ended.stderr).strip()]


if __name__ == "__main__":
    main()
