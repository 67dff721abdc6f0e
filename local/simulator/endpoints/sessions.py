"""Logging in and out, and what there is to know about a session (API.md 2.1, 2.2, 2.5)."""

from typing import Any
from urllib.parse import parse_qs

from local.simulator.iserver.session import WebSession
from local.simulator.request import CONTEXT, Request
from local.simulator.response import Refusal, Response

USER_ID = "54F3D26011D2896560009A8E67019608"

OLDEST_FOR_MSTRIO = (11, 5, 600)
"""Version from which applicationType 76, the vendor's Python SDK, is known (API.md 2.1)."""

PUBLISH = "Web publish Intelligent Cube"

PRIVILEGES = [
    {"id": "299", "name": "Web execute datamart report", "isUserLevelAllowed": True, "projects": []},
    {"id": "260", "name": PUBLISH, "isUserLevelAllowed": True, "projects": []},
    {"id": "180", "name": "Monitor Jobs", "isUserLevelAllowed": True, "projects": []},
]

LOCALES = {"en_us": 1033, "de_de": 1031, "fr_fr": 1036, "es_es": 3082, "it_it": 1040, "ja_jp": 1041}


def log_in(request: Request) -> Response:
    """POST /auth/login, as JSON or as a form (API.md 1.5)."""
    body = _login_body(request)
    version = tuple(int(part) for part in request.server.scenario.server_version.split(".")[:3])
    if _number(body, "applicationType", 35) == 76 and version < OLDEST_FOR_MSTRIO:
        raise Refusal(400, 1, "applicationType: constraint violations", None)
    working_set = _number(body, "workingSet", request.server.scenario.working_set)
    if working_set < 3:
        raise Refusal(400, 6, "workingSet must be 3 or more.")
    web = request.server.sessions.log_in(
        _number(body, "loginMode", 1),
        str(body.get("username", "")),
        str(body.get("password", "")),
        working_set,
        _number(body, "maxSearch", 3),
    )
    web.session.locale = LOCALES.get(str(body.get("displayLocale", "")).lower(), web.session.locale)
    if str(body.get("changePassword", "")).lower() == "true":
        request.server.credentials.change_password(body.get("newPassword"))
        request.server.sessions.issued.append(request.server.credentials.password)
    return entered(request, web)


def _login_body(request: Request) -> dict[str, Any]:
    if "form-urlencoded" not in request.headers.get("Content-Type", ""):
        return request.object()
    form = parse_qs(request.content.decode("utf-8", "replace"), keep_blank_values=True)
    return {key: values[0] for key, values in form.items()}


def _number(body: dict[str, Any], field: str, otherwise: int) -> int:
    try:
        return int(body.get(field, otherwise))
    except (TypeError, ValueError):
        raise Refusal(400, 6, f"{field} is not a number.") from None


def entered(request: Request, web: WebSession) -> Response:
    """What a login and a delegation answer: 204, the token in a header, and cookies (API.md 2.1)."""
    request.web = web
    cookies = [
        ("Set-Cookie", f"JSESSIONID={web.cookie}; Path={CONTEXT}; HttpOnly"),
        ("Set-Cookie", f"iSession={web.token}; Path={CONTEXT}"),
    ]
    return Response(204, None, [("X-MSTR-AuthToken", web.token), *cookies])


def log_out(request: Request) -> Response:
    """POST /auth/logout."""
    request.server.sessions.log_out(request.mine)
    return Response(204)


def token_again(request: Request) -> Response:
    """GET /auth/token: the helper cookie iSession turned back into a header (API.md 1.4)."""
    return Response(200, None, [("X-MSTR-AuthToken", request.server.sessions.token_of(request.cookies))])


def probe(request: Request) -> Response:
    """GET /sessions: whether the session lives, and with which settings."""
    session = request.mine
    timeout = int(request.server.scenario.idle_timeout)
    settings = {"locale": session.locale, "maxSearch": session.max_search, "workingSet": session.working_set}
    return Response(200, settings | {"timeout": timeout})


def probe_in_project(request: Request) -> Response:
    """GET /sessions/{project}: the same, who it is, and the idle timers are reset."""
    request.server.sessions.keep_alive(request.mine)
    return Response(200, probe(request).body | _who(request))


def keep_alive(request: Request) -> Response:
    """PUT /sessions: the idle timers are reset."""
    request.server.sessions.keep_alive(request.mine)
    return Response(204)


def user_info(request: Request) -> Response:
    """GET /sessions/userInfo."""
    return Response(200, _who(request))


def _who(request: Request) -> dict[str, str]:
    user = request.mine.user
    return {"id": USER_ID, "fullName": user, "initials": user[:1].upper()}


def privileges(request: Request) -> Response:
    """GET /sessions/privileges."""
    return Response(200, _held(request))


def privilege(request: Request) -> Response:
    """GET /sessions/privileges/{id}."""
    for one in _held(request):
        if one["id"] == request.ids["privilege"]:
            return Response(200, one)
    raise Refusal(404, 4, "There is no such privilege.")


def _held(request: Request) -> list[dict[str, Any]]:
    """The privileges that the account holds."""
    missing = {PUBLISH} if request.server.scenario.forbidden_follow_up == "publish" else set()
    return [one for one in PRIVILEGES if one["name"] not in missing]


def server_status(request: Request) -> Response:
    """GET /status."""
    version = request.server.scenario.server_version
    return Response(200, {"iServerVersion": version, "webVersion": version, "deploymentType": "OTHER"})


def auth_modes(request: Request) -> Response:
    """GET /config/authModes."""
    return Response(200, {"modes": request.server.credentials.modes})
