"""API tokens, identity tokens and the sharing of a session (API.md 2.3, 2.4)."""

from datetime import UTC, datetime

from local.simulator.endpoints.sessions import USER_ID, entered
from local.simulator.request import Request
from local.simulator.response import Refusal, Response

YEAR = 365 * 24 * 60  # minutes
LONGEST = 10 * YEAR
DELEGATED = "-1"


def new_api_token(request: Request) -> Response:
    """POST /auth/apiTokens: the new token replaces the old one, which logs in no more."""
    body = request.object()
    if str(body.get("userId", USER_ID)).upper() != USER_ID:
        raise Refusal(403, 14, "The user may not make tokens for others.", -2147213784)
    minutes = body.get("lifeTimeInMinutes", YEAR)
    if not isinstance(minutes, int) or not 0 < minutes <= LONGEST:
        raise Refusal(400, 6, "lifeTimeInMinutes is not a number of minutes.")
    token = request.server.sessions.new_api_token(60.0 * minutes)
    now = request.server.clock()
    return Response(201, {"apiToken": token, "createTime": _written(now), "expireTime": _written(now + 60 * minutes)})


def revoke_api_token(request: Request) -> Response:
    """DELETE /auth/apiTokens: the sessions that it opened end as well."""
    request.server.sessions.revoke_api_token()
    return Response(204)


def new_identity_token(request: Request) -> Response:
    """POST /auth/identityToken."""
    return Response(201, None, [("X-MSTR-IdentityToken", request.server.sessions.identity_token(request.mine))])


def check_identity_token(request: Request) -> Response:
    """GET /auth/identityToken: 200 while its session lives."""
    request.server.sessions.identified(request.headers.get("X-MSTR-IdentityToken"))
    return Response(200)


def delegate(request: Request) -> Response:
    """POST /auth/delegate: another web session that shares the session of the token."""
    body = request.object()
    if str(body.get("loginMode")) != DELEGATED:
        raise Refusal(400, 6, "loginMode must be -1.")
    return entered(request, request.server.sessions.delegate(str(body.get("identityToken"))))


def _written(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
