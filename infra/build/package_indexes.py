"""Shares the configured package indexes and certificates between pip, uv and npm.

``make`` installs uv by pip, everything else by uv, and the CDK's tools by npm. People behind a mirror have configured
one of them, in the environment or in its configuration file (pip.conf, uv.toml). The configuration of a tool is never
overwritten; the other tools get it by their own variables. So no file of this repository names an index.

``python -P infra/build/package_indexes.py COMMAND…`` runs a command that way. It needs nothing but Python,
because it runs before anything is installed; -P keeps the modules beside it from standing in for Python's own.
"""

import ast
import os
import re
import ssl
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Settings = Mapping[str, str]

UV_OF_PIP = {
    "index-url": ("UV_DEFAULT_INDEX", "UV_INDEX_URL"),
    "extra-index-url": ("UV_EXTRA_INDEX_URL", "UV_INDEX"),
    "find-links": ("UV_FIND_LINKS",),
    "trusted-host": ("UV_INSECURE_HOST",),
    "timeout": ("UV_HTTP_TIMEOUT",),
}
"""pip's options, and the variables by which uv takes the same: the first is set, unless one of them is."""

CERTIFICATES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Variables that name a file of trusted certificates; uv reads the first, pip the second."""

PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")


def shared(environ: Settings, pip: Settings, uv: Settings) -> dict[str, str]:
    """The variables to add to ``environ``, so that pip, uv and npm use the same indexes.

    Parameters
    ----------
    environ
        The environment as it is.
    pip
        pip's options by their names, whatever file or variable they come from.
    uv
        The same options as uv's configuration files have them.
    """
    added: dict[str, str] = {}
    for option, names in UV_OF_PIP.items():
        of_uv = next((environ[name] for name in names if environ.get(name)), "")
        if pip.get(option) and not of_uv and not uv.get(option):
            added[names[0]] = ",".join(pip[option].split()) if option == "find-links" else pip[option]
        elif not pip.get(option) and (of_uv or uv.get(option)):
            added[f"PIP_{option.upper().replace('-', '_')}"] = _for_pip(of_uv or uv[option])
    if "UV_EXTRA_INDEX_URL" in added and not environ.get("UV_INDEX_STRATEGY"):
        # pip looks into all indexes and uv into the first that knows a name. The hashes of the locks decide.
        added["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    if pip.get("proxy") and not any(environ.get(name) or environ.get(name.lower()) for name in PROXIES):
        added |= {"HTTPS_PROXY": pip["proxy"], "HTTP_PROXY": pip["proxy"]}
    return added | _certificates(environ, pip)


def _for_pip(value: str) -> str:
    """Without the names that uv gives to indexes (``ours=https://…``), and with blanks for commas."""
    return " ".join(re.sub(r"^[\w.-]+=(?=\w+:)", "", one) for one in re.split(r"[\s,]+", value) if one)


def _certificates(environ: Settings, pip: Settings) -> dict[str, str]:
    named = pip.get("cert") or next((environ[name] for name in CERTIFICATES if environ.get(name)), "")
    if named:
        found = {"SSL_CERT_FILE": named, "PIP_CERT": named, "NODE_EXTRA_CA_CERTS": named}
        return {name: value for name, value in found.items() if not environ.get(name)}
    # pip trusts the machine's certificates, uv a list of its own unless configured otherwise.
    return {} if environ.get("UV_SYSTEM_CERTS") or not _machine_has_certificates() else {"UV_SYSTEM_CERTS": "true"}


def _machine_has_certificates() -> bool:
    paths = ssl.get_default_verify_paths()
    return sys.platform in ("darwin", "win32") or paths.cafile is not None


def pip_settings(python: str = sys.executable) -> dict[str, str]:
    """The options as ``pip config list`` shows them: of its files and of the environment. Empty without a pip."""
    listed = subprocess.run(  # noqa: S603 - the interpreter that runs this
        [python, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    by_section: dict[str, dict[str, str]] = {"global": {}, "install": {}, ":env:": {}}  # the later ones count
    for line in listed.stdout.splitlines():
        if found := re.fullmatch(r"(global|install|:env:)\.([\w-]+)=(.+)", line.strip()):
            by_section[found[1]][found[2].replace("default-timeout", "timeout")] = str(ast.literal_eval(found[3]))
    return {option: value for section in by_section.values() for option, value in section.items()}


def uv_settings(environ: Settings) -> dict[str, str]:
    """The same options as uv's configuration files have them, the user's before the machine's."""
    if environ.get("UV_NO_CONFIG"):
        return {}
    home = Path(environ.get("XDG_CONFIG_HOME") or Path(environ.get("HOME") or "/") / ".config")
    named = environ.get("UV_CONFIG_FILE")
    files = [Path(named)] if named else [home / "uv" / "uv.toml", Path("/etc/uv/uv.toml")]
    found: dict[str, str] = {}
    for file in files:
        try:
            written = tomllib.loads(file.read_text("utf-8"))
        except (OSError, ValueError):  # uv itself reports a file that it cannot read
            continue
        found = {option: value for option, value in _uv_options(written).items() if value} | found
    return found


def _uv_options(written: Mapping[str, Any]) -> dict[str, str]:
    of_pip = written.get("pip", {})
    indexes = [index for index in written.get("index", []) if isinstance(index, dict) and "url" in index]

    def texts(name: str) -> list[str]:
        value = of_pip.get(name) or written.get(name) or []
        return [value] if isinstance(value, str) else [str(one) for one in value]

    return {
        "index-url": next((str(i["url"]) for i in indexes if i.get("default")), "".join(texts("index-url"))),
        "extra-index-url": " ".join(
            [*(str(i["url"]) for i in indexes if not i.get("default")), *texts("extra-index-url")]
        ),
        "find-links": " ".join(texts("find-links")),
        "trusted-host": " ".join(texts("allow-insecure-host")),
    }


def environment() -> dict[str, str]:
    """The environment in which pip, uv and npm use the same indexes."""
    environ = dict(os.environ)
    return environ | shared(environ, pip_settings(), uv_settings(environ))


if __name__ == "__main__":
    os.execvpe(sys.argv[1], sys.argv[1:], environment())  # noqa: S606 - the command that make gives
