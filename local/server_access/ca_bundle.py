"""Trusted certificates of the commands on a laptop: those that the usual environment variables name.

The deployed functions read none of them; a proxy or a .netrc of the environment is never used (``trust_env`` is off).
"""

import contextlib
from collections.abc import Generator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from functions.microstrategy.http.tls import trusting
from local.errors import CannotGoOn

VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")
"""In the order in which they count: those of requests first, as it reads them, then those of OpenSSL."""


def authorities_of(environment: Mapping[str, str]) -> AbstractContextManager[None]:
    """Trust, while the context lasts, the file or folder that the first variable that is set names.

    Raises CannotGoOn on entering: it does not exist, or has no certificates in it.
    """
    name = next((name for name in VARIABLES if environment.get(name)), None)
    return contextlib.nullcontext() if name is None else _trusted(name, environment[name])


@contextlib.contextmanager
def _trusted(name: str, path: str) -> Generator[None]:
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(trusting(Path(path).expanduser()))
        except FileNotFoundError:
            raise CannotGoOn(f'{name} names no file: "{path}". Correct the path, or unset {name}.') from None
        except OSError:
            raise CannotGoOn(
                f'{name}: "{path}" has no certificates in PEM. Correct the path, or unset {name}.'
            ) from None
        yield
