"""One HTTP call to a Library server: connections, cookies, limits, redaction of secrets."""
