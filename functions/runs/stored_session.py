"""What a later Lambda needs to go on in a session: the one secret of the run item, in its ``session`` field."""

import json
from dataclasses import asdict, dataclass
from typing import Self

from functions.microstrategy import Server, Session


@dataclass(frozen=True)
class StoredSession:
    """A session and the server that it is on.

    The server's CA bundle and proxy travel with it (a proxy's address may hold a password), so that only log_in
    ever reads the connection's secret.
    """

    server: Server
    session: Session

    def to_json(self) -> str:
        """As one string for the run item, without what is missing: it is written with most of what a run records."""
        server = {name: value for name, value in asdict(self.server).items() if value is not None}
        return json.dumps({"server": server, "session": self.session.to_json()}, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Back from :meth:`to_json`."""
        stored = json.loads(text)
        return cls(Server(**stored["server"]), Session.from_json(stored["session"]))
