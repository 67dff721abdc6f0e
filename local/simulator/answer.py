"""An HTTP answer of the simulated server, and the errors among them (contract section 8)."""

import json
import uuid
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Answer:
    """Status, JSON body (None: empty) and headers."""

    status: int
    body: Any = None
    headers: list[tuple[str, str]] = field(default_factory=list)
    raw: bytes | None = None

    def content(self) -> bytes:
        """The body's bytes."""
        if self.raw is not None:
            return self.raw
        return b"" if self.body is None else json.dumps(self.body, ensure_ascii=False).encode()


class Refusal(Exception):
    """An error answer, raised where it is found."""

    def __init__(self, status: int, err: int | str, message: str, i_server_code: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.err = err
        self.message = message
        self.i_server_code = i_server_code

    def answer(self, modelling: bool, long_codes: bool) -> Answer:
        """As the endpoint's family writes it: the Modeling service has an envelope of its own (contract 8.1)."""
        spelling = "ERR00{}" if long_codes else "ERR{:03}"  # both of 8.2
        code = self.err if isinstance(self.err, str) else spelling.format(self.err)
        body: dict[str, Any] = {"code": code, "message": self.message, "ticketId": uuid.uuid4().hex}
        if self.i_server_code is not None:
            body["iServerCode"] = self.i_server_code
        return Answer(self.status, {"errors": [body]} if modelling else body)
