"""The CDK's command line without a Node on the machine: ``python -m infra.build.cdk_cli deploy --stage dev``.

The npm package is one of infra/build/node_tools.py. What is deployed was synthesized before (infra/app.py): ``--app``
names the finished assembly, so nothing is synthesized twice and nothing needs Docker.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from infra.build.node_tools import NODE, NotInstalled, installed
from infra.jobs.regions import undeliverable
from infra.names import stack_name

ROOT = Path(__file__).parents[2]
ASSEMBLY = ROOT / "cdk.out"

OF_A_STACK = {"diff": True, "deploy": True, "destroy": True, "bootstrap": False}
"""The CDK's commands that can be given here, and whether they are about a stack or about the whole account."""

ENVIRONMENT = {"CDK_DISABLE_VERSION_CHECK": "1", "CDK_DISABLE_CLI_TELEMETRY": "true"}
"""Keeps the CDK from looking for a newer version than the pinned one, and from reporting its use."""


def command(program: Path, word: str, stack: str, assembly: Path, more: list[str]) -> list[str]:
    """The whole command line of one of the CDK's commands.

    Parameters
    ----------
    program
        The CDK's program.
    word
        The command: a key of OF_A_STACK.
    stack
        Name of the stack.
    assembly
        Folder of the synthesized assembly.
    more
        Further options, as the CDK documents them.
    """
    about = [stack] if OF_A_STACK[word] else []
    return [str(NODE), str(program), word, *about, "--app", str(assembly), *more]


def run(line: list[str]) -> int:
    """Run the command line to its end and return its exit code (130 after Ctrl-C)."""
    # Ctrl-C reaches the CDK, too, which knows best how to stop; we only wait until it has. A function and not SIG_IGN,
    # which the CDK would inherit.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        ended = subprocess.run(line, cwd=ROOT, env={**os.environ, **ENVIRONMENT}, check=False)  # noqa: S603 - ours
    finally:
        signal.signal(signal.SIGINT, before)
    return ended.returncode if ended.returncode >= 0 else 128 - ended.returncode


def missing() -> str | None:
    """What the AWS configuration lacks, as a sentence; the CDK's own message does not say what to do."""
    import boto3  # takes a while, and only a failure needs it
    from botocore.exceptions import BotoCoreError

    from infra.build.aws_refusals import NO_CREDENTIALS, NO_REGION, sentence

    try:
        session = boto3.Session()
        if session.get_credentials() is None:
            return NO_CREDENTIALS
    except BotoCoreError as problem:
        return sentence(problem)
    return None if session.region_name else NO_REGION


def region() -> str:
    """The region that is deployed to, or an empty text where none is set."""
    import boto3
    from botocore.exceptions import BotoCoreError

    try:
        return str(boto3.Session().region_name or "")
    except BotoCoreError:
        return ""


def main() -> None:
    """Read the arguments, run the command, exit with its code."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.build.cdk_cli",
        description=__doc__,
        epilog="Options that are not ours go to the CDK as they are.",
    )
    parser.add_argument("command", choices=list(OF_A_STACK))
    parser.add_argument("--stage", default="dev")
    parser.add_argument("--assembly", type=Path, default=ASSEMBLY, help="folder that the stack was synthesized into")
    ours, more = parser.parse_known_args()
    try:
        sys.exit(_cdk(ours, more))
    except NotInstalled as problem:
        sys.exit(f"{ours.command}: {problem}")


def _cdk(ours: argparse.Namespace, more: list[str]) -> int:
    if ours.command == "deploy" and (problems := undeliverable(_template(ours), region())):
        sys.stderr.write("".join(f"deploy: {problem}\n" for problem in problems))
        return 1
    program = installed() / "aws-cdk" / "bin" / "cdk"
    code = run(command(program, ours.command, stack_name(ours.stage), ours.assembly.resolve(), more))
    if code not in (0, 130) and (sentence := missing()):
        sys.stderr.write(f"{ours.command}: {sentence}\n")
    return code


def _template(ours: argparse.Namespace) -> dict[str, Any]:
    path = ours.assembly / f"{stack_name(ours.stage)}.template.json"
    content: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return content


if __name__ == "__main__":
    main()
