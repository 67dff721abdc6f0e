"""``make lint`` for what AWS will read: every stage's template by cfn-lint, the state machine by asl-validator.

cfn-lint knows the schemas of CloudFormation's resources, region by region; asl-validator finds what neither cfn-lint
nor moto sees in a definition (a missing Next, an unreachable state, JSONata that does not parse).
"""

import subprocess
import sys
from pathlib import Path

from infra.app import stack_name, synthesize
from infra.build.node_tools import NODE, ROOT, NotInstalled, installed
from infra.constructs.definition import PATH
from infra.jobs.job_files import sample_paths
from infra.settings.settings import FOLDER, BadConfiguration, Settings, settings_of

REGIONS = ("us-east-1", "eu-central-1", "ap-southeast-2", "us-gov-west-1", "cn-north-1")
"""One or two of each partition, and one on each continent with a different set of services."""

OUTPUT = ROOT / "build" / "lint"


def main() -> None:
    """Lint everything; exit with 1 after the findings of both linters if there are any."""
    try:
        failures = [*findings_in_definition(PATH), *findings_in_templates(_synthesized())]
    except (BadConfiguration, NotInstalled) as problem:
        sys.exit(f"lint: {problem}")
    if failures:
        sys.exit("\n".join(failures))


def _synthesized() -> list[Path]:
    """The templates of every stage of infra/settings and of one with the samples, without the bundle.

    The bundle is not part of a template.
    """
    stages = [settings_of(path.stem) for path in sorted(FOLDER.glob("*.toml"))]
    stages.append(Settings(stage="samples", jobs=tuple(path.stem for path in sample_paths())))
    synthesize(stages, OUTPUT, checks=False, bundle=None)
    return [OUTPUT / f"{stack_name(settings.stage)}.template.json" for settings in stages]


def findings_in_templates(paths: list[Path]) -> list[str]:
    """What cfn-lint says about the templates; empty if nothing."""
    linter = Path(sys.executable).with_name("cfn-lint")
    return _said([str(linter), "--regions", *REGIONS, "--", *map(str, paths)])


def findings_in_definition(path: Path) -> list[str]:
    """What asl-validator says about the definition; empty if nothing. Raises NotInstalled."""
    validator = installed() / "asl-validator" / "dist" / "bin" / "asl-validator.js"
    return _said([str(NODE), str(validator), "--json-path", str(path)])


def _said(line: list[str]) -> list[str]:
    ended = subprocess.run(line, capture_output=True, text=True, check=False)  # noqa: S603 - pinned tools
    return [] if ended.returncode == 0 else [(ended.stdout + ended.stderr).strip()]


if __name__ == "__main__":
    main()
