"""Behind a mirror: whatever pip or uv was set up with counts for both, with a real index and the real tools."""

import hashlib
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from infra.build.package_indexes import shared, uv_settings
from tests.support.cases import one_of
from tests.support.tls import Authority, server_context

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "infra" / "build" / "package_indexes.py"
WHEEL = "planted_package-1.0-py3-none-any.whl"


@dataclass
class Index:
    """A mirror with one package, and what it was asked for."""

    url: str
    lock: Path
    authority: Path
    asked: list[str] = field(default_factory=list)


def wheel(folder: Path) -> Path:
    path = folder / WHEEL
    about = "planted_package-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("planted_package.py", "")
        archive.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: planted-package\nVersion: 1.0\n")
        archive.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{about}/RECORD", "")
    return path


@pytest.fixture(params=["http"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Index]:
    content = wheel(tmp_path).read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    page = f'<a href="/{WHEEL}#sha256={digest}">{WHEEL}</a>'.encode()
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            body = content if self.path.endswith(".whl") else page if "planted-package" in self.path else b""
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html" if body is page else "application/octet-stream")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_HEAD = do_GET

        def log_message(self, *_: object) -> None:
            pass

    authority = Authority()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a refused handshake is expected
    if request.param == "https":
        server.socket = server_context(authority.issue()).wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    (tmp_path / "authority.pem").write_text(authority.pem)
    (tmp_path / "package.lock").write_text(f"planted-package==1.0 --hash=sha256:{digest}\n")
    url = f"{request.param}://localhost:{server.server_address[1]}/simple"
    yield Index(url, tmp_path / "package.lock", tmp_path / "authority.pem", asked)
    server.shutdown()
    server.server_close()


def installed_by(tool: str, index: Index, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Install the package as make does, on a machine where only ``environment`` is set up."""
    lines = {
        "uv": ["-m", "uv", "pip", "install", "--no-cache", "--python", sys.executable],
        "pip": ["-m", "pip", "install", "--no-cache-dir", "--disable-pip-version-check", "--retries", "0"],
    }
    options = ["--target", str(home / "target"), "--require-hashes", "--no-deps", "-r", str(index.lock)]
    known = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_CONFIG_DIRS": str(home),
        "PIP_CERT": str(index.authority),
    }
    return subprocess.run(
        [sys.executable, "-P", str(SCRIPT), sys.executable, *lines[tool], *options],
        env=known | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


CONFIGURATIONS = {
    "pip's variable": ("uv", {"PIP_INDEX_URL": "{url}"}),
    "pip's further index": ("uv", {"PIP_EXTRA_INDEX_URL": "{url}", "PIP_INDEX_URL": "{url}/nothing"}),
    "pip.conf": ("uv", {".config/pip/pip.conf": "[global]\nindex-url = {url}\n"}),
    "uv's named index": ("pip", {"UV_DEFAULT_INDEX": "ours={url}"}),
    "uv's old variable": ("pip", {"UV_INDEX_URL": "{url}"}),
    "uv.toml": ("pip", {".config/uv/uv.toml": '[[index]]\nurl = "{url}"\ndefault = true\n'}),
    "uv.toml for uv": ("uv", {".config/uv/uv.toml": '[pip]\nindex-url = "{url}"\n'}),
}
"""Who installs, and the variables and files that the standard settings of the other tool consist of."""


NOW = ("pip.conf", "uv.toml")
"""One a direction; ``make test-all`` takes all."""


@pytest.mark.parametrize(
    "configuration",
    [*NOW, *(pytest.param(name, marks=pytest.mark.exhaustive) for name in CONFIGURATIONS if name not in NOW)],
)
def test_a_mirror_in_the_settings_of_either_tool_serves_both(index: Index, tmp_path: Path, configuration: str) -> None:
    tool, settings = CONFIGURATIONS[configuration]
    environment: dict[str, str] = {} if configuration == "pip.conf" else {"PIP_CONFIG_FILE": os.devnull}
    for name, value in settings.items():
        written = value.format(url=index.url)
        if not name.startswith("."):
            environment[name] = written
            continue
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(written)
    done = installed_by(tool, index, tmp_path, **environment)
    assert done.returncode == 0, done.stderr
    assert any(path.endswith(WHEEL) for path in index.asked)


@pytest.mark.parametrize(
    ("tool", "name"), one_of(("uv", "REQUESTS_CA_BUNDLE"), ("pip", "SSL_CERT_FILE"), ("uv", "PIP_CERT"))
)
@pytest.mark.parametrize("index", ["https"], indirect=True)
def test_the_authority_of_a_mirror_can_be_named_by_any_of_the_usual_variables(
    index: Index, tmp_path: Path, name: str, tool: str
) -> None:
    environment = {"PIP_CERT": "", name: str(index.authority), "PIP_CONFIG_FILE": os.devnull}
    done = installed_by(tool, index, tmp_path, PIP_INDEX_URL=index.url, **environment)
    assert done.returncode == 0, done.stderr


# -- what is set up is not overwritten --------------------------------------------------------------------------------


def test_what_a_tool_was_set_up_with_itself_stays() -> None:
    environ = {
        "UV_DEFAULT_INDEX": "https://uv.example.org",
        "SSL_CERT_FILE": "/uv.pem",
        "NODE_EXTRA_CA_CERTS": "/n.pem",
    }
    assert shared(environ, {"index-url": "https://pip.example.org", "cert": "/pip.pem"}, {}) == {"PIP_CERT": "/pip.pem"}
    assert "UV_DEFAULT_INDEX" not in shared({}, {"index-url": "https://a"}, {"index-url": "https://b"})


def test_nothing_is_set_up_where_nothing_was(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(shared({}, {}, {})) <= {"UV_SYSTEM_CERTS"}
    assert uv_settings({"HOME": "/nowhere", "UV_CONFIG_FILE": "/nowhere/uv.toml"}) == {}


def test_pips_other_options_reach_uv() -> None:
    pip = {"find-links": "/one /two", "trusted-host": "a b", "timeout": "180", "proxy": "http://proxy:8080"}
    added = shared({"UV_SYSTEM_CERTS": "false"}, pip, {})
    assert added == {
        "UV_FIND_LINKS": "/one,/two",
        "UV_INSECURE_HOST": "a b",
        "UV_HTTP_TIMEOUT": "180",
        "HTTPS_PROXY": "http://proxy:8080",
        "HTTP_PROXY": "http://proxy:8080",
    }


def test_no_file_that_make_reads_names_an_index() -> None:
    files = [ROOT / "Makefile", ROOT / "pyproject.toml", *(ROOT / "requirements").iterdir()]
    assert [file.name for file in files if "://" in file.read_text("utf-8")] == []
    assert "--no-config" not in (ROOT / "Makefile").read_text("utf-8")
