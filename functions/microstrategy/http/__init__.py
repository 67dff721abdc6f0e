"""One HTTP call to a Library server: connections, cookies, limits, redaction of secrets."""

import warnings

# The bundle is without charset_normalizer, which requests imports only to guess encodings (infra/build/bundle.py).
warnings.filterwarnings("ignore", "Unable to find acceptable character detection dependency")
