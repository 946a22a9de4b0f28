"""Whole requests as readers: a text wherever a request has room for one, at each route served."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import count
from random import Random
from typing import Any
from urllib.parse import parse_qsl, quote_from_bytes

from bot.web.server import HEADER_BYTES_MAX, PIPELINED_MAX
from tests.support.fuzz.bounded_work import Read, Reader
from tests.support.fuzz.door import NAMES, Door, Headers, signed
from tests.support.fuzz.routes import Served, served
from tests.support.fuzz.sayings import TYPES, encoded, sayings
from tests.support.fuzz.wire import sends

# No door takes as much in one body.
BODY_MAX = 2 * 1024 * 1024
NOBODY_THERE = "/x"
# What a text is broken into, as the values of many headers, and as chunks of a body.
HEADER_PART, CHUNK = 8, 16
STATE_COOKIE = b"slack-app-oauth-state"
_numbers = count(1)

Leaf = tuple[str | int, ...]
Most = Callable[[Door, str], int]


def largest_body(opened: Door, path: str) -> int:
    """The most bytes that the door there takes for a body; all where it reads none."""
    taken, refused = 0, BODY_MAX
    while refused - taken > 1:
        size = (taken + refused) // 2
        body = b"a" * size
        headers = [*signed(TYPES[0], body, path), (b"idempotency-key", _new_key())]
        if opened.status("POST", path, headers, [body]) == 413:
            refused = size
        else:
            taken = size
    return taken


def web_readers(opened: Door, most: Most = largest_body) -> Mapping[str, Reader]:
    """A text in the address, in any header, in any body and any field of it, and on the wire."""
    found = dict(_nowhere(opened))
    for route in served(opened.place.app.web):
        for path in route.paths(opened.paths):
            at = _At(opened, route, path, partial(most, opened, path))
            for way, reader in at.readers():
                found[f"{route.method} {path}: {way}"] = reader
    return found


def _nowhere(opened: Door) -> Iterator[tuple[str, Reader]]:
    """Where nobody serves, and what is no request at all."""

    def asks(text: str) -> None:
        _ask(opened, "GET", f"{NOBODY_THERE}/{text}", [])

    def talks(text: str) -> None:
        sends(opened.run, opened.web, raw(text), whole=False)

    def installs(text: str) -> None:
        begun = opened.run(opened.place.web.get("/slack/install"))
        state = dict(parse_qsl(begun.headers["location"].partition("?")[2]))["state"]
        path = f"/slack/oauth_redirect?code={_quoted(text)}&state={state}"
        _ask(opened, "GET", path, [(b"cookie", STATE_COOKIE + b"=" + state.encode())])

    yield "nowhere: address", Reader(asks, HEADER_BYTES_MAX)
    yield "nowhere: wire", Reader(talks, HEADER_BYTES_MAX)
    yield "an installation: code", Reader(_fitting(installs, _quoted), HEADER_BYTES_MAX)


@dataclass(frozen=True, slots=True)
class _At:
    """One address of a route. `most` says how large a body may be there."""

    opened: Door
    route: Served
    path: str
    most: Callable[[], int]

    def readers(self) -> Iterator[tuple[str, Reader]]:
        """Each way in, by what it is."""
        short = {**self._addresses(), **self._queries(), **self._headers(), **self._wires()}
        for way, read in short.items():
            yield way, Reader(read, HEADER_BYTES_MAX)
        if self.route.method == "POST":
            long = {**self._bodies(), **self._fields()}
            size = self.most()
            for way, read in long.items():
                yield way, Reader(read, size)

    def _addresses(self) -> dict[str, Read]:
        address = self.path.partition("?")[0]
        _, _, last = address.rpartition("/")
        return {
            "address": lambda text: self._ask(f"{address.removesuffix(last)}{text}"),
            "longer address": lambda text: self._ask(f"{address}/{text}"),
        }

    def _queries(self) -> dict[str, Read]:
        """As the whole query, and as each value of the one that belongs there."""
        address, _, query = self.path.partition("?")
        given = dict(parse_qsl(query))

        def as_value(name: str) -> Read:
            def read(text: str) -> None:
                values = {**given, name: text}
                pairs = "&".join(f"{each}={_quoted(value)}" for each, value in values.items())
                self._ask(f"{address}?{pairs}")

            return _fitting(read, _quoted)

        ways = {f"query {name}": as_value(name) for name in given}
        return {"query": lambda text: self._ask(f"{address}?{text}"), **ways}

    def _headers(self) -> dict[str, Read]:
        """In each header that anybody reads, beside those that prove who it is."""

        def as_header(name: bytes) -> Read:
            return lambda text: self._ask(self.path, {name: raw(text)}, self._said())

        return {f"header {name}": as_header(name.encode()) for name in NAMES}

    def _bodies(self) -> dict[str, Read]:
        """As the whole body, of each type, at once and in chunks."""

        def as_body(kind: bytes) -> Read:
            return lambda text: self._ask(self.path, {}, (kind, raw(text)))

        ways = {f"body {kind.decode()}": as_body(kind) for kind in TYPES[:2]}
        return {**ways, "chunks": self._chunks}

    def _fields(self) -> dict[str, Read]:
        """As each text or number in what is said there."""

        def as_field(at: int, leaf: Leaf) -> Read:
            def written(text: str) -> bytes:
                _, said, kind = _sayings(self.opened)[at]
                return encoded(put(said, leaf, text), kind)

            def read(text: str) -> None:
                kind = _sayings(self.opened)[at][2]
                self._ask(self.path, {}, (kind, written(text)))
                self.opened.run(self.opened.place.quiet())

            return _fitting(read, written)

        return {
            f"field {at} {'.'.join(map(str, leaf))}": as_field(at, leaf)
            for at, (path, said, _) in enumerate(_sayings(self.opened))
            if path == self.path
            for leaf in leaves(said)
        }

    def _wires(self) -> dict[str, Read]:
        """On the wire: as many small headers, and as one in each of several requests."""

        def many(text: str) -> None:
            parts = _parts(_line(text), HEADER_PART)
            self._send([(b"a", each) for each in parts], times=1)

        def ahead(text: str) -> None:
            size = max(len(text) // PIPELINED_MAX, 1)
            self._send([(b"accept-language", _line(text)[:size])], times=PIPELINED_MAX)

        return {"many headers": many, "requests ahead": ahead}

    def _chunks(self, text: str) -> None:
        body = raw(text)
        parts = [b"%x\r\n%s\r\n" % (len(each), each) for each in _parts(body, CHUNK)]
        kind, _ = self._said()
        headers = [*signed(kind, body, self.path), (b"transfer-encoding", b"chunked")]
        self._send(headers, times=1, body=b"".join([*parts, b"0\r\n\r\n"]))

    def _said(self) -> tuple[bytes, bytes]:
        """A body that belongs here, with its type; an empty one where none does."""
        for path, said, kind in _sayings(self.opened):
            if path == self.path:
                return kind, encoded(said, kind)
        return TYPES[0], b""

    def _ask(
        self,
        path: str,
        more: Mapping[bytes, bytes] | None = None,
        said: tuple[bytes, bytes] = (TYPES[0], b""),
    ) -> None:
        kind, body = said
        headers = dict([*signed(kind, body, self.path), (b"idempotency-key", _new_key())])
        given = list((headers | dict(more or {})).items())
        _ask(self.opened, self.route.method, path, given, body)

    def _send(self, headers: Headers, times: int, body: bytes = b"") -> None:
        line = f"{self.route.method} {self.path} HTTP/1.1\r\nhost: bot.test\r\n".encode()
        lines = b"".join(b"%s: %s\r\n" % each for each in headers)
        if self.route.method == "POST" and not body:
            lines += b"content-length: 0\r\n"
        whole = (line + lines + b"\r\n" + body) * times
        sends(self.opened.run, self.opened.web, whole, whole=True)


def raw(text: str) -> bytes:
    """As many bytes as the text has characters, which is what doors count."""
    return text.encode("utf-8", "surrogatepass")[: len(text)]


def leaves(said: object) -> Iterator[Leaf]:
    """Where in it a text or a number stands."""
    match said:
        case str() | int():
            yield ()
        case dict():
            for name, inner in said.items():
                yield from ((name, *leaf) for leaf in leaves(inner))
        case list():
            for at, inner in enumerate(said):
                yield from ((at, *leaf) for leaf in leaves(inner))


def put(said: Any, leaf: Leaf, text: str) -> Any:
    """The same with a text at that place."""
    if not leaf:
        return text
    first, *rest = leaf
    inner = put(said[first], tuple(rest), text)
    if isinstance(said, list):
        return [inner if at == first else each for at, each in enumerate(said)]
    return {**said, first: inner}


def _sayings(opened: Door) -> list[tuple[str, dict[str, Any], bytes]]:
    """Said for the first time, so that nobody takes it for what they have already."""
    dice = Random(next(_numbers))
    return sayings(dice, opened.paths)


def _fitting(read: Read, written: Callable[[str], str | bytes]) -> Read:
    """Reads as much of a text as takes, as it is written, no more than the text is long."""

    def fits(text: str) -> None:
        size, empty = len(text), len(written(""))
        while (taken := len(written(text)) - empty) > max(size - empty, 0):
            text = text[: len(text) * max(size - empty, 0) // taken]
        read(text)

    return fits


def _ask(opened: Door, method: str, path: str, headers: Headers, body: bytes = b"") -> None:
    status = opened.status(method, path, headers, [body])
    # A store or a chat that is busy says so; nothing else is a fault of the sender.
    assert status < 500 or status == 503, (status, method, path[:80])


def _quoted(text: str) -> str:
    return quote_from_bytes(text.encode("utf-8", "surrogatepass"))


def _line(text: str) -> bytes:
    """As a header's value may be written: no line ends within it."""
    return raw(text).translate(None, b"\r\n\0")


def _parts(whole: bytes, size: int) -> list[bytes]:
    return [whole[at : at + size] for at in range(0, len(whole), size)]


def _new_key() -> bytes:
    return b"%d" % next(_numbers)
