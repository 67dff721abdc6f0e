"""Synthesize the stack of a stage: ``python -m infra.app --stage dev``; the CDK command line calls it the same way."""

import argparse
import os
import sys
from pathlib import Path

from infra.build.bundle import BundleFailed
from infra.build.bundle import bundle as build
from infra.build.synthesize import synthesize
from infra.constructs.asl import DefinitionError
from infra.settings.settings import FOLDER, BadConfiguration, settings_of


def main() -> None:
    """Read the arguments and synthesize."""
    parser = argparse.ArgumentParser(prog="python -m infra.app", description=__doc__)
    parser.add_argument("--stage", default="dev")
    parser.add_argument("--settings", type=Path, default=FOLDER, help="folder of the stages' settings")
    parser.add_argument("--output", type=Path, default=Path(os.environ.get("CDK_OUTDIR", "cdk.out")))
    parser.add_argument("--without-checks", action="store_true", help="skip the policy checkers")
    parser.add_argument("--without-bundle", action="store_true", help="our own code alone: for the emulator")
    parser.add_argument("--with-samples", action="store_true", help="add infra/jobs/samples: for the emulator")
    arguments = parser.parse_args()
    try:
        settings = settings_of(arguments.stage, arguments.settings)
        bundle = None if arguments.without_bundle else build()
        synthesize(
            [settings],
            arguments.output.resolve(),
            checks=not arguments.without_checks,
            bundle=bundle,
            with_samples=arguments.with_samples,
        )
    except (BadConfiguration, BundleFailed, DefinitionError) as problem:
        sys.exit(f"synth: {problem}")


if __name__ == "__main__":
    main()
