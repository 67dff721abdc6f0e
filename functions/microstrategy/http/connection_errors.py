"""Why a call got no response: what the HTTP and TLS libraries say, in a sentence that says what to do.

Their own texts quote addresses and headers, so they are never shown: a table maps what they contain to our sentences.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Reason:
    """Why there was no response.

    Parameters
    ----------
    sentence
        For people: what is wrong, and where it can be corrected what to do.
    may_pass
        Whether waiting may cure it. What it cannot cure ends a run at once: a person has to change something.
    timed_out
        Whether the server was too slow, so that it may still be at work on what was sent.
    """

    sentence: str
    may_pass: bool = True
    timed_out: bool = False


def reason_of(error: BaseException) -> Reason:
    """The reason for which a call failed, by the first sign that fits; an unknown one is named by its class."""
    text = f"{type(error).__name__} {error!r}"
    found = next((reason for signs, reason in _REASONS if any(s in text for s in signs)), Reason(type(error).__name__))
    if "ProxyError" in text and found.sentence.startswith("its "):
        return replace(found, sentence=f"the connection to the proxy failed: {found.sentence}")
    return found


def _final(sentence: str) -> Reason:
    return Reason(sentence, may_pass=False)


_CERTIFICATE: tuple[tuple[tuple[str, ...], Reason], ...] = (
    (
        ("certificate has expired",),
        _final(
            "its certificate has expired, or that of the authority which issued it: "
            "have a new one installed on the server (or on the proxy in front of it)"
        ),
    ),
    (
        ("certificate is not yet valid",),
        Reason("its certificate is not valid yet: compare the server's clock with that of its issuer"),
    ),
    (
        ("ostname mismatch", "IP address mismatch", "doesn't match", "UNRECOGNIZED_NAME"),
        _final(
            "its certificate is for another host name: use the name that the certificate has in baseUrl, "
            "or have one issued for the name that baseUrl has"
        ),
    ),
    (
        ("self-signed certificate in certificate chain", "self signed certificate in certificate chain"),
        _final(
            "its certificate is not trusted, because it comes from a private authority: "
            "put that authority's root certificate into caBundle, as PEM"
        ),
    ),
    (
        ("self-signed certificate", "self signed certificate"),
        _final("its certificate is not trusted, because it is self-signed: put it into caBundle itself, as PEM"),
    ),
    (
        ("certificate verify failed",),
        _final(
            "its certificate is not trusted, because its authority is not known here: put that authority's "
            "certificates into caBundle, as PEM, or have the server send its intermediate certificates along"
        ),
    ),
)
"""OpenSSL's words about a certificate that does not hold."""

_TLS: tuple[tuple[tuple[str, ...], Reason], ...] = (
    (
        ("appears to only use HTTP and not HTTPS",),
        _final("the proxy does not speak TLS: its address in proxy must begin with http://"),
    ),
    (
        ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "UNKNOWN_PROTOCOL"),
        _final("what listens on that port does not speak TLS: correct the port in baseUrl (TLS is often 443 or 8443)"),
    ),
    (
        ("UNSUPPORTED_PROTOCOL", "PROTOCOL_VERSION", "VERSION_TOO_LOW", "NO_PROTOCOLS_AVAILABLE"),
        _final("the server's version of TLS is too old: have TLS 1.2 or 1.3 enabled there"),
    ),
    (
        ("CERTIFICATE_REQUIRED",),
        _final("the server demands a client's certificate, which is not supported: use an address that does not"),
    ),
    (
        ("HANDSHAKE_FAILURE", "NO_SHARED_CIPHER", "NO_CIPHERS", "KEY_TOO_SMALL", "MD_TOO_WEAK", "LEGACY_RENEGOTIATION"),
        _final("the server's TLS settings are refused as too weak: have current ciphers and keys enabled there"),
    ),
)
"""OpenSSL's names for a handshake that does not come about."""

_REASONS: tuple[tuple[tuple[str, ...], Reason], ...] = (
    (("NameResolutionError",), _final("its name cannot be resolved")),
    (
        ("InvalidURL", "LocationParseError", "InvalidProxyURL"),
        _final("its address is not valid, or is that of the proxy: correct baseUrl or proxy"),
    ),
    *_CERTIFICATE,
    *_TLS,
    (
        ("Tunnel connection failed: 407",),
        _final("the proxy does not accept the user and password given for it"),
    ),
    (("Tunnel connection failed",), Reason("the proxy refuses to connect to it")),
    (("SSL",), Reason("TLS failed")),
    (("ProxyError",), Reason("the proxy cannot be reached")),
    (("Connection refused",), Reason("the connection was refused")),
    (("ConnectTimeout",), Reason("the connection could not be made in time")),
    (("Read timed out",), Reason("it sent nothing for too long", timed_out=True)),
    (("did not end in time",), Reason("it was too slow", timed_out=True)),
    (("reset",), Reason("the connection was reset")),
    (("without response",), Reason("the connection was closed")),
    (("IncompleteRead",), Reason("the response was cut off")),
    (("decod",), Reason("the response cannot be decompressed")),
)
"""Signs and what they mean, the more particular ones first."""
