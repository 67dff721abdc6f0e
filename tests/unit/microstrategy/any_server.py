"""A server that responds to every request with the same bytes, and a client in a session with it."""

import socket
import threading

from functions.microstrategy import Client, Cookie, Server, Session

TOKEN, COOKIE, PASSWORD = "csgf8rns3orn8pnd1addkf01bk", "COOKIE-SECRET-1", "pass-wörd-secret-2"


class AnyServer:
    """Responds to every request with the same bytes and closes the connection."""

    def __init__(self) -> None:
        self.answer = b""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/MicroStrategyLibrary"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                try:
                    if read_request(connection):
                        connection.sendall(self.answer)
                        connection.shutdown(socket.SHUT_WR)
                except OSError:
                    continue

    def close(self) -> None:
        self._listener.close()


def read_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = connection.recv(65536)
        if not chunk:
            return data
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(h.split(b":")[1]) for h in head.split(b"\r\n") if h.lower().startswith(b"content-length")), 0)
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def http(status: int, headers: list[str], body: bytes) -> bytes:
    """An answer; without a length of its own, its end is that of the connection."""
    return "\r\n".join([f"HTTP/1.1 {status} X", *headers, "", ""]).encode("latin-1", "replace") + body


def client_of(server: AnyServer) -> Client:
    """A client in a session."""
    cookie = Cookie("JSESSIONID", COOKIE, "127.0.0.1", "/MicroStrategyLibrary")
    return Client(Server(server.url), Session(TOKEN, (cookie,)), budget=5)
