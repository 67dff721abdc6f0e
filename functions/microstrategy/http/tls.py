"""TLS contexts: whose certificates a connection trusts. Made in memory, once for each process and bundle.

There is no context without verification, and none that reads the environment: ``trusting`` is for commands on a
laptop, which say themselves what they trust; the deployed functions never call it.
"""

import contextlib
import ssl
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

from certifi import where
from urllib3.util.ssl_ import create_urllib3_context

_BUNDLES_KEPT = 8
"""Contexts of bundles; a process sees one for each connection whose secret has a ``caBundle``."""

_authorities: Path | None = None


def context_for(ca_bundle: str | None) -> ssl.SSLContext:
    """The context that trusts the certificates of ``ca_bundle``, or the public authorities where it is None.

    Parameters
    ----------
    ca_bundle
        PEM text. What is not ASCII in it (comments) is left out.

    Raises ssl.SSLError: the text holds no certificate.
    """
    if ca_bundle:
        return _of_bundle(ca_bundle)
    return public_authorities() if _authorities is None else _of_path(_authorities)


@contextlib.contextmanager
def trusting(authorities: Path | None) -> Iterator[None]:
    """Trust the certificates in a file or folder in place of the public authorities; with None nothing changes.

    For the commands of a laptop. A connection with a bundle of its own trusts that bundle alone, as before.
    Raises OSError (ssl.SSLError is one) at once where nothing can be read there.
    """
    global _authorities
    before = _authorities
    if authorities is not None:
        _of_path(authorities)
        _authorities = authorities
    try:
        yield
    finally:
        _authorities = before


@cache
def public_authorities() -> ssl.SSLContext:
    """The context that trusts the public authorities."""
    context = create_urllib3_context()
    context.load_verify_locations(cafile=where())
    return context


@lru_cache(_BUNDLES_KEPT)
def _of_bundle(ca_bundle: str) -> ssl.SSLContext:
    context = _lenient()
    context.load_verify_locations(cadata=ca_bundle.encode("ascii", "ignore").decode())
    return context


@lru_cache(_BUNDLES_KEPT)
def _of_path(authorities: Path) -> ssl.SSLContext:
    context = _lenient()
    if authorities.is_dir():
        context.load_verify_locations(capath=str(authorities))
    else:
        context.load_verify_locations(cafile=str(authorities))
    return context


def _lenient() -> ssl.SSLContext:
    """For certificates that a person named: they count without their root, and without the formal rules of RFC 5280.

    Python 3.13 began to enforce these (VERIFY_X509_STRICT), and many private authorities miss one of them: a bundle
    that works on a laptop must work on Lambda, whose Python is newer.
    """
    return create_urllib3_context(verify_flags=ssl.VERIFY_X509_PARTIAL_CHAIN)
