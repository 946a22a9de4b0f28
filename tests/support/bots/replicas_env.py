"""People, a chat platform and a gateway around two bot processes, which hear of everything twice.

It has hands for tests and asserts nothing.
"""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from adapters.gateways import standard_webhooks
from tests.support.bots.bot_place import callback_key
from tests.support.bots.paying import PAID, forms, pay_by_card
from tests.support.chats.pocket_chat import chat_of

REPLICAS = 2
CALLBACKS_EACH = 3
_LOOK_SECONDS = 0.01
_START_SECONDS = 60
_ROOT = Path(__file__).parents[3]

Shown = dict[str, Any]


@dataclass(slots=True)
class Town:
    """Everything outside of the bots. `answers` has for each act what each bot replied to it."""

    doors: tuple[str, ...]
    web: httpx.AsyncClient
    messages: dict[str, Shown] = field(default_factory=dict)
    posts: Counter[str] = field(default_factory=Counter)
    answers: list[list[Any]] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    names: count[int] = field(default_factory=count)

    async def tops_up(self, person: str) -> None:
        """Ask, confirm twice, pay, have it told by six callbacks, and see the credit."""
        await self.does(person, text="/topup 50 USD card")
        confirm = await self.sees(person, lambda shown: _button(shown, "Confirm"))
        await self.does(person, press=confirm["token"])
        pay = await self.sees(person, lambda shown: _button(shown, "Pay"))
        await self.does(person, press=confirm["token"])
        door = self.doors[next(self.names) % len(self.doors)]
        answer = await self.web.post(door + httpx.URL(pay["url"]).path)
        page = door + httpx.URL(answer.headers["location"]).path
        if forms(await self.web.get(page)):
            await pay_by_card(self.web, page, PAID)
        await self.is_told(page.rsplit("/", 1)[1])
        await self.sees(person, lambda shown: shown["title"].startswith("✅ Credited"))

    async def does(self, person: str, **did: str) -> None:
        """The platform brings it to both bots at once, as one and the same delivery."""
        sent = {"name": f"{person}-{next(self.names)}", "person": person, "did": did}
        answers = await asyncio.gather(
            *(self.web.post(f"{door}/pocket", json=sent) for door in self.doors)
        )
        self.statuses.update(answer.status_code for answer in answers)
        self.answers.append([answer.json() for answer in answers])

    async def is_told(self, checkout: str) -> None:
        """The gateway calls both bots back, each time by an event of its own."""
        calls = [self._call(door, checkout) for door in self.doors for _ in range(CALLBACKS_EACH)]
        self.statuses.update(await asyncio.gather(*calls))

    async def sees(self, person: str, look: Callable[[Shown], Any]) -> Any:
        """What a look at one of the person's messages gives, once it gives something."""
        here = chat_of(person).id
        while True:
            for shown in self.messages.values():
                if shown["chat"] == here and (found := look(shown)):
                    return found
            await asyncio.sleep(_LOOK_SECONDS)

    async def watch(self, bot: Process) -> None:
        """Read what a bot shows, until it ends."""
        while bot.stdout is not None and (line := await bot.stdout.readline()):
            shown = json.loads(line)
            self.messages[f"{shown['chat']}/{shown['message']}"] = shown
            self.posts[shown["card"]] += shown["post"]

    async def _call(self, door: str, checkout: str) -> int:
        data = {"checkout": checkout, "event": next(self.names)}
        body = json.dumps({"type": "payment.paid", "data": data}).encode()
        name = f"msg_{next(self.names)}"
        headers = standard_webhooks.sign(callback_key(), name, datetime.now(UTC), body)
        answer = await self.web.post(f"{door}/webhooks/sandbox", content=body, headers=headers)
        return answer.status_code


@asynccontextmanager
async def replica_town(address: str) -> AsyncIterator[Town]:
    """Two bots on that database, each a process; asked to stop at the end, and waited for."""
    async with AsyncExitStack() as stack:
        sockets = [
            stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(REPLICAS)
        ]
        doors = tuple(f"http://127.0.0.1:{each.getsockname()[1]}" for each in sockets)
        web = await stack.enter_async_context(httpx.AsyncClient(trust_env=False, timeout=30))
        town = Town(doors, web)
        for listening in sockets:
            bot = await _started(address, doors[0], listening)
            watching = asyncio.create_task(town.watch(bot))
            stack.push_async_callback(_stopped, bot, watching)
        async with asyncio.timeout(_START_SECONDS):
            for door in doors:
                await _until_ready(web, door)
        yield town


async def _started(address: str, public_url: str, door: socket.socket) -> Process:
    fd = door.fileno()
    command = [
        sys.executable,
        "-m",
        "tests.support.bots.bot_replica",
        address,
        public_url,
        str(fd),
    ]
    return await asyncio.create_subprocess_exec(
        *command, cwd=_ROOT, stdout=PIPE, pass_fds=[fd], limit=2**20
    )


async def _stopped(bot: Process, watching: asyncio.Task[None]) -> None:
    if bot.returncode is None:
        bot.send_signal(signal.SIGTERM)
    await bot.wait()
    await watching


async def _until_ready(web: httpx.AsyncClient, door: str) -> None:
    # The socket listens from the start: who calls early waits until somebody accepts.
    while (await web.get(f"{door}/readyz")).status_code != 200:
        await asyncio.sleep(_LOOK_SECONDS)


def _button(shown: Shown, label: str) -> dict[str, str] | None:
    return next((each for each in shown["buttons"] if each["label"].startswith(label)), None)
