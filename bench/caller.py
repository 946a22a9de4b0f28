"""Posts signed callbacks over kept connections, with next to no work of its own."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from adapters.gateways import standard_webhooks
from bench.rows import GATEWAY

# As long as a real one, and signs nothing but this.
SECRET = "whsec_YSBzZWNyZXQgdGhhdCBvbmx5IGJlbmNoZXMgaGF2ZQ=="  # noqa: S105 (made up for a bench)
KEY = standard_webhooks.signing_key(SECRET)
_TAKEN, _BUSY = 204, 503
_PAUSE_SECONDS = 0.01
_LENGTH = re.compile(rb"content-length: ([0-9]+)", re.IGNORECASE)
_STATUS = slice(9, 12)


@dataclass(frozen=True, slots=True)
class Caller:
    """One connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def tell(self, request: bytes) -> None:
        """Send a request until it is taken, as gateways do. Raises RuntimeError for a refusal."""
        while (status := await self._post(request)) != _TAKEN:
            if status != _BUSY:
                raise RuntimeError(f"a callback was answered {status}")
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _post(self, request: bytes) -> int:
        """The status of the answer, which is read to its end."""
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if length is not None:
            await self.reader.readexactly(int(length[1]))
        return int(head[_STATUS])


@asynccontextmanager
async def calling(address: str, number: int) -> AsyncIterator[list[Caller]]:
    """So many connections to `http://host:port`."""
    url = urlsplit(address)
    callers = [
        Caller(*await asyncio.open_connection(url.hostname, url.port)) for _ in range(number)
    ]
    yield callers
    for each in callers:
        each.writer.close()
        await each.writer.wait_closed()


def callback(number: int, path: str = f"/webhooks/{GATEWAY}") -> bytes:
    """A request that says, signed now, that the top-up of that number was paid."""
    told = {"type": "payment.paid", "data": {"checkout": str(number), "amount_minor": 5075}}
    body = json.dumps(told).encode()
    signed = standard_webhooks.sign(KEY, f"msg_{number}", datetime.now(UTC), body)
    headers = {"host": "bot", "content-type": "application/json", "content-length": len(body)}
    lines = [f"{name}: {value}" for name, value in {**headers, **signed}.items()]
    return "\r\n".join([f"POST {path} HTTP/1.1", *lines, "", ""]).encode() + body


async def tell_all(callers: list[Caller], requests: list[bytes]) -> None:
    """Each request once, by whichever connection is free."""

    async def call(caller: Caller) -> None:
        while requests:
            await caller.tell(requests.pop())

    await asyncio.gather(*(call(each) for each in callers))
