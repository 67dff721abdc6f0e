"""A scripted server: real sockets, and just the bytes that a test wants."""

import datetime
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from functions.library import Client, Cookie, Server, Session

Script = Callable[[socket.socket], object]
TOKEN = "csgf8rns3orn8pnd1addkf01bk"


@dataclass
class ScriptedServer:
    """Answers each connection with the next script and remembers the requests."""

    scripts: list[Script] = field(default_factory=list)
    requests: list[bytes] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/MicroStrategyLibrary"

    def answer(self, status: int = 200, body: bytes = b"", *headers: str) -> None:
        """Answer the next request so."""
        lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Connection: close", *headers, "", ""]
        self.scripts.append(lambda connection: connection.sendall("\r\n".join(lines).encode() + body))

    def drip(self, text: bytes, seconds: float) -> None:
        """Answer the next request a byte at a time."""

        def script(connection: socket.socket) -> None:
            for byte in text:
                connection.sendall(bytes([byte]))
                time.sleep(seconds)

        self.scripts.append(script)

    def cut(self) -> None:
        """Close the connection without an answer."""
        self.scripts.append(lambda connection: None)


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    scripted = ScriptedServer()
    listener = socket.create_server(("127.0.0.1", 0))
    scripted.port = listener.getsockname()[1]

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                request = read_request(connection)
                scripted.requests.append(request)
                if scripted.scripts:
                    try:
                        scripted.scripts.pop(0)(connection)
                    except OSError:
                        continue

    threading.Thread(target=serve, daemon=True).start()
    yield scripted
    listener.close()


def read_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = connection.recv(65536)
        if not chunk:
            return data
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(h.split(b":")[1]) for h in head.split(b"\r\n") if h.lower().startswith(b"content-length")), 0)
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


@pytest.fixture
def client(server: ScriptedServer) -> Client:
    """A client in a session."""
    cookie = Cookie("JSESSIONID", "COOKIE-SECRET-1", "127.0.0.1", "/MicroStrategyLibrary")
    return Client(Server(server.url), Session(TOKEN, (cookie,)), budget=5)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A certificate of its own authority for localhost: the file with its key, and the PEM text to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + pem)
    return file, pem.decode()


@pytest.fixture
def tls_port(certificate: tuple[Path, str]) -> Iterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate[0])
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                raw, _ = listener.accept()
            except OSError:
                return
            try:
                with context.wrap_socket(raw, server_side=True) as connection:
                    connection.recv(65536)
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
            except OSError:
                continue

    threading.Thread(target=serve, daemon=True).start()
    yield int(listener.getsockname()[1])
    listener.close()
