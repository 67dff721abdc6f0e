"""Lines with which ``datamart``, curl and mstrio-py talk to a simulator, ready to paste into another terminal."""

import json
import shlex

PROJECT = "MicroStrategy Tutorial"


def lines_to_paste(base_url: str, username: str, password: str) -> list[str]:
    """Paragraphs of lines: a heading, and below it what to paste; an empty line before each.

    The last line of curl logs out: sessions are limited.
    """
    login = json.dumps({"username": username, "password": password, "loginMode": 1})
    signed = 'curl -s -b cookies.txt -H "X-MSTR-AuthToken: $TOKEN"'
    paragraphs = {
        "datamart, in another terminal": [
            f"export MSTR_USERNAME={shlex.quote(username)} MSTR_PASSWORD={shlex.quote(password)}",
            f".venv/bin/datamart list --library-url {base_url}",
        ],
        "curl": [
            "TOKEN=$(curl -s -o /dev/null -D - -c cookies.txt -H 'Content-Type: application/json' "
            f"-d {shlex.quote(login)} {base_url}/api/auth/login "
            "| tr -d '\\r' | sed -n 's/^X-MSTR-AuthToken: //p')",
            f"{signed} {base_url}/api/projects",
            f"{signed} -X POST {base_url}/api/auth/logout",
        ],
        "mstrio-py": [
            "from mstrio.connection import Connection",
            f"connection = Connection({base_url!r}, {username!r}, {password!r}, project_name={PROJECT!r})",
        ],
    }
    return [line for heading, lines in paragraphs.items() for line in ("", f"{heading}:", *lines)]
