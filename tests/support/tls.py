"""A private certificate authority, and servers with certificates of it: real TLS on real sockets."""

import contextlib
import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = datetime.timedelta(days=1)
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


class Authority:
    """A certificate authority; one without an issuer is a root.

    Parameters
    ----------
    issuer
        Who signs its own certificate.
    """

    def __init__(self, issuer: "Authority | None" = None, name: str = "Authority of a test") -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.issuer = issuer
        signer = issuer or self
        self._certificate = (
            _builder(self.name, signer.name, self._key.public_key(), -DAY, DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(signer._key, hashes.SHA256())
        )

    @property
    def pem(self) -> str:
        """Its certificate."""
        return self._certificate.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def der(self) -> bytes:
        """Its certificate, in binary."""
        return self._certificate.public_bytes(serialization.Encoding.DER)

    @property
    def key_pem(self) -> str:
        """Its private key, which nobody should ever give away."""
        return _pem_of(self._key)

    def issue(
        self,
        *names: str,
        begins: datetime.timedelta = -DAY,
        ends: datetime.timedelta = DAY,
        self_signed: bool = False,
    ) -> str:
        """The key and the certificate, as PEM, of a server of those names (localhost by default)."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "server of a test")])
        builder = _builder(subject, subject if self_signed else self.name, key.public_key(), begins, ends)
        builder = builder.add_extension(
            x509.SubjectAlternativeName([_name(name) for name in names or ("localhost", "127.0.0.1")]), critical=False
        )
        certificate = builder.sign(key if self_signed else self._key, hashes.SHA256())
        return _pem_of(key) + certificate.public_bytes(serialization.Encoding.PEM).decode()


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    begins: datetime.timedelta,
    ends: datetime.timedelta,
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder(issuer, subject, key, x509.random_serial_number())
    return builder.not_valid_before(now + begins).not_valid_after(now + ends)


def _name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _pem_of(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def server_context(key_and_certificates: str) -> ssl.SSLContext:
    """A server's context with that key and chain."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "server.pem"
        file.write_text(key_and_certificates)
        context.load_cert_chain(file)
    return context


@contextlib.contextmanager
def listening(serve: Callable[[socket.socket], object]) -> Iterator[int]:
    """The port of a server that gives every connection to ``serve``, in a thread of its own."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve_one(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            serve(connection)

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve_one, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        listener.close()


@contextlib.contextmanager
def tls_server(context: ssl.SSLContext) -> Iterator[int]:
    """The port of a TLS server that answers every request with ``{}``."""

    def serve(raw: socket.socket) -> None:
        with context.wrap_socket(raw, server_side=True) as connection:
            connection.recv(65536)
            connection.sendall(ANSWER)

    with listening(serve) as port:
        yield port


@contextlib.contextmanager
def tls_in_front_of(port: int, context: ssl.SSLContext) -> Iterator[int]:
    """The port of a TLS server that passes everything on to ``port`` of this machine, and its answers back."""

    def serve(raw: socket.socket) -> None:
        with (
            context.wrap_socket(raw, server_side=True) as connection,
            socket.create_connection(("127.0.0.1", port)) as behind,
        ):
            back = threading.Thread(target=copy, args=(behind, connection), daemon=True)
            back.start()
            copy(connection, behind)
            back.join(1)

    with listening(serve) as front:
        yield front


def copy(source: socket.socket, target: socket.socket) -> None:
    """Pass on what comes, to its end."""
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
