"""Synthesize the stack: ``python -m infra.app --output cdk.out``; the CDK command line calls it the same way."""

import argparse
import os
from pathlib import Path

import aws_cdk as cdk

from infra.stack import DatamartRunner

STACK = "DatamartRunner"

FEATURE_FLAGS = {
    "@aws-cdk/aws-lambda:recognizeLayerVersion": True,
    "@aws-cdk/aws-lambda:createNewPoliciesWithAddToRolePolicy": False,
    "@aws-cdk/core:target-partitions": ["aws", "aws-cn", "aws-us-gov"],
    "@aws-cdk/aws-iam:minimizePolicies": True,
}
"""Here and not in cdk.json, which only the command line reads: both agree (platform notes, section 2)."""


def synthesize(output: Path) -> Path:
    """Write the cloud assembly into ``output`` and return the path of the stack's template."""
    output.mkdir(parents=True, exist_ok=True)
    app = cdk.App(
        outdir=str(output), context=FEATURE_FLAGS, analytics_reporting=False, builtin_cloud_formation_validation=False
    )
    build = output.parent / "build" if output.name == "cdk.out" else output / "build"
    DatamartRunner(app, STACK, build=build, connections=("default",), description="Runs MicroStrategy datamarts")
    app.synth()
    return output / f"{STACK}.template.json"


def main() -> None:
    """Read the arguments and synthesize."""
    parser = argparse.ArgumentParser(prog="python -m infra.app", description=__doc__)
    parser.add_argument("--output", type=Path, default=Path(os.environ.get("CDK_OUTDIR", "cdk.out")))
    synthesize(parser.parse_args().output.resolve())


if __name__ == "__main__":
    main()
