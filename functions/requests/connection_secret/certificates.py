"""Reads ``caBundle``: certificates as clean PEM, also from damaged pastes."""

import base64
import binascii
import re
import ssl

from functions.requests.connection_secret.problem import INVISIBLE, InvalidSecret, bare, string

_DASH = "[-\u2010-\u2015\u2212]"
_BLOCK = re.compile(  # from the first of a row of dashes, so that the others are not tried one by one
    f"(?<!{_DASH}){_DASH}+ *BEGIN (?:X509 )?CERTIFICATE *{_DASH}++([^-\u2010-\u2015\u2212]*)"
    f"{_DASH}+ *END (?:X509 )?CERTIFICATE"
)
_OTHER = re.compile(f"{_DASH} *BEGIN ([A-Z0-9 ]{{1,40}}){_DASH}")
_PASTE = "paste the certificates themselves, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----"


def ca_bundle(written: object) -> str:
    r"""The certificates as PEM, each once, one after another.

    Accepted: line breaks that are lost, or written as ``\n`` or CR LF; quotation marks and other text around the
    certificates; long dashes; several certificates, also as a list; base64 without the BEGIN and END lines, or of a
    whole file; the bytes of a file, PEM or DER. Any certificate is taken: an authority's, one between, a server's own.

    Raises InvalidSecret.
    """
    if isinstance(written, bytes):
        written = ssl.DER_cert_to_PEM_cert(written) if written[:1] == b"\x30" else written.decode("utf-8", "replace")
    if isinstance(written, list) and all(isinstance(one, str) for one in written):
        written = "\n".join(written)
    text = re.sub(r"\\r\\n|\\n|\\r", "\n", bare(string(written)))
    if "PRIVATE KEY" in text:
        raise InvalidSecret("has a private key in it, which must stay where it was made; " + _PASTE)
    certificates = [_der(block, number) for number, block in enumerate(_blocks(text), 1)]
    return "".join(map(ssl.DER_cert_to_PEM_cert, dict.fromkeys(certificates)))


def _blocks(text: str) -> list[str]:
    """The base64 text of each certificate."""
    if found := _BLOCK.findall(text):
        if len(found) < len(re.findall("BEGIN (?:X509 )?CERTIFICATE *" + _DASH, text)):
            raise InvalidSecret("has a certificate in it whose end is missing; " + _PASTE)
        return [str(block) for block in found]
    if other := _OTHER.search(text):
        if "CERTIFICATE" in other[1] and "REQUEST" not in other[1]:
            raise InvalidSecret("has a certificate in it that is cut off, or of another kind; " + _PASTE)
        raise InvalidSecret(f"is a {other[1].strip().lower()} and not a certificate; " + _PASTE)
    if _is_name_of_file(text):
        raise InvalidSecret("is the name of a file or its address, and only the content counts; " + _PASTE)
    decoded = _decoded(text)
    if decoded is not None and b"BEGIN CERTIFICATE" in decoded and b"PRIVATE KEY" not in decoded:
        return _blocks(decoded.decode("ascii", "replace"))
    if decoded is None or decoded[:1] != b"\x30":
        raise InvalidSecret("has no certificate in it; " + _PASTE)
    return [text]


def _is_name_of_file(text: str) -> bool:
    if "\n" in text or len(text) > 1_000:
        return False
    return re.match(r"(~|\.{1,2})?/[^=]*$|[A-Za-z]:\\|\w+://", text) is not None or text.lower().endswith(
        (".pem", ".crt", ".cer", ".der", ".p7b", ".pfx", ".p12", ".jks")
    )


def _decoded(text: str) -> bytes | None:
    """The bytes of a base64 text; None for any other text."""
    try:
        return base64.b64decode(re.sub(f"[\\s{INVISIBLE}]", "", text), validate=True)
    except (binascii.Error, ValueError):
        return None


def _der(block: str, number: int) -> bytes:
    """One certificate in binary, which the TLS library can read."""
    found = _decoded(block)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=found or b"")
    except (ssl.SSLError, ValueError):
        raise InvalidSecret(f"has a certificate in it that cannot be read, the {_ordinal(number)}; {_PASTE}") from None
    return found or b""


def _ordinal(number: int) -> str:
    endings = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{'th' if number % 100 in (11, 12, 13) else endings.get(number % 10, 'th')}"
