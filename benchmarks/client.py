"""A cheap HTTP client: one thread, connections that stay open, requests prepared beforehand as bytes."""

import selectors
import socket
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from urllib.parse import urlencode

END_OF_HEADERS = b"\r\n\r\n"
LENGTH = b"content-length:"
IN_CHUNKS = b"transfer-encoding: chunked"
END_OF_CHUNKS = b"\r\n0\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for a request, and after how many seconds all of it was there."""

    status: int
    seconds: float
    body: bytes


@dataclass(frozen=True, slots=True)
class Played:
    """The answers in the order of the requests, and how long all took together."""

    answers: list[Answer]
    seconds: float


def get(path: str, cookie: str) -> bytes:
    """A page asked for with a session."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode()


def post(path: str, cookie: str, form: Mapping[str, str]) -> bytes:
    """A form sent with a session."""
    body = urlencode(form)
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def ask(port: int, request: bytes) -> Answer:
    """One request."""
    return play(port, [request], 1).answers[0]


def play(port: int, requests: Sequence[bytes], at_once: int) -> Played:
    """Send all requests over so many connections, each asking anew as soon as it is answered."""
    answers: dict[int, Answer] = {}
    waiting = iter(enumerate(requests))
    with selectors.DefaultSelector() as selector:
        connections = [_Connection(port) for _ in range(min(at_once, len(requests)))]
        began = perf_counter()
        for connection in connections:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.send_next(waiting)
        while len(answers) < len(requests):
            for key, _ in selector.select():
                connection = key.data
                if (answer := connection.receive()) is not None:
                    answers[connection.number] = answer
                    connection.send_next(waiting)
        seconds = perf_counter() - began
        for connection in connections:
            connection.socket.close()
    return Played([answers[number] for number in range(len(requests))], seconds)


class _Connection:
    """One connection and the request on it."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.number = -1
        self.sent_at = 0.0
        self.arrived = bytearray()
        self.body_at = 0
        self.wanted: int | None = None

    def send_next(self, waiting: Iterable[tuple[int, bytes]]) -> None:
        """Send the next request, if there is one."""
        for number, request in waiting:
            self.number, self.body_at = number, 0
            self.arrived.clear()
            self.sent_at = perf_counter()
            self.socket.sendall(request)
            return

    def receive(self) -> Answer | None:
        """Take in what came; the answer once it is whole. Raises ConnectionError where the server hung up."""
        came = self.socket.recv(262_144)
        if not came:
            raise ConnectionError("the server hung up")
        self.arrived += came
        if not self.body_at and (end := self.arrived.find(END_OF_HEADERS)) >= 0:
            head = bytes(self.arrived[:end]).lower()
            self.body_at = end + len(END_OF_HEADERS)
            self.wanted = None if IN_CHUNKS in head else self.body_at + int(head.partition(LENGTH)[2].split()[0])
        if not self._is_whole():
            return None
        seconds = perf_counter() - self.sent_at
        body = bytes(self.arrived[self.body_at :])
        return Answer(int(self.arrived[9:12]), seconds, body if self.wanted else _joined(body))

    def _is_whole(self) -> bool:
        if not self.body_at:
            return False
        return self.arrived.endswith(END_OF_CHUNKS) if self.wanted is None else len(self.arrived) >= self.wanted


def _joined(chunks: bytes) -> bytes:
    """An answer that came in chunks, each behind its length."""
    parts: list[bytes] = []
    at = 0
    while True:
        start = chunks.index(b"\r\n", at) + 2
        size = int(chunks[at:start], 16)
        if not size:
            return b"".join(parts)
        parts.append(chunks[start : start + size])
        at = start + size + 2
