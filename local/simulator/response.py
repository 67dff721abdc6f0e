"""The HTTP responses of the simulated server, and its error responses (API.md 8)."""

import json
import uuid
from dataclasses import dataclass, field
from typing import Any, Literal

from local.simulator.scenario import Scenario

HeadPoint = Literal["half the start line", "the start line", "half a name", "half a value", "all but the blank line"]
"""How much of a response's head is written if it breaks off there; name and value are the first header's."""

Written = Literal["whole", "twice", "half the body"] | HeadPoint


@dataclass
class Response:
    """Status, JSON body (None: empty) and headers; ``written``: how much of it reaches the client."""

    status: int
    body: Any = None
    headers: list[tuple[str, str]] = field(default_factory=list)
    raw: bytes | None = None
    written: Written = "whole"

    def content(self) -> bytes:
        """The body's bytes."""
        if self.raw is not None:
            return self.raw
        return b"" if self.body is None else json.dumps(self.body, ensure_ascii=False).encode()


class Refusal(Exception):
    """An error response, raised where it is found."""

    def __init__(
        self,
        status: int,
        err: int | str,
        message: str,
        i_server_code: int | None = None,
        headers: list[tuple[str, str]] | None = None,
    ) -> None:
        super().__init__(message)
        self.headers = headers or []
        self.status = status
        self.err = err
        self.message = message
        self.i_server_code = i_server_code

    def response(self, modelling: bool, scenario: Scenario) -> Response:
        """As the endpoint's family writes it: the Modeling service has an envelope of its own (API.md 8.1)."""
        spelling = "ERR00{}" if scenario.long_err_codes else "ERR{:03}"  # both of 8.2
        code = self.err if isinstance(self.err, str) else spelling.format(self.err)
        message = FOREIGN if scenario.foreign_texts else self.message
        body: dict[str, Any] = {"code": code, "message": message, "ticketId": uuid.uuid4().hex}
        if self.i_server_code is not None:
            body["iServerCode"] = self.i_server_code
        wrapped = modelling and not scenario.flat_errors
        return Response(self.status, {"errors": [body]} if wrapped else body, list(self.headers))


FOREIGN = "Die Anforderung konnte nicht ausgeführt werden."
"""Every error's text in the scenario of another language: a text is for people (API.md 2.1)."""
