"""What lies around the two chats: accounts, spending, readiness; asked of the bot's command."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from playground.child import Child
from playground.live import Live
from playground.program import REFUSED, Answer, Program

Json = dict[str, Any]

# Each reading starts a Python, so they are made when a page looks, and not too often.
_APART_SECONDS = 3.0
_QUIET_SECONDS = 0.8
_PATIENCE_SECONDS = 3.0
_TEXT_MAX = 100
_SENTENCE_MAX = 500
_BODY_BYTES_MAX = 10_000

_ACCOUNTS = {
    "acme-cloud": ("--title", "Acme Cloud", "--currency", "USD", "--alert-below", "20"),
    "acme-tokyo": ("--title", "Acme Tokyo", "--currency", "JPY", "--alert-below", "3000"),
}
_LINKS = ("--slack-team", "T0ACME", "--slack-channel", "T0ACME/C0BILLING")


async def seed(program: Program) -> str:
    """Make the accounts of a first start, empty: a balance comes from payments only.

    Answers what went wrong, in a sentence, or "". What is there already is left as it is.
    """
    listed = await program.run("accounts", "list", "--json")
    if listed.code:
        return listed.error
    known = {account["id"] for account in json.loads(listed.out)}
    made = await asyncio.gather(
        *(_make(program, account, account in known) for account in _ACCOUNTS)
    )
    return next((answer.error for answer in made if answer.code), "")


async def _make(program: Program, account: str, known: bool) -> Answer:
    if not known:
        added = await program.run("accounts", "add", account, *_ACCOUNTS[account])
        if added.code:
            return added
    return await program.run("accounts", "link", account, *_LINKS)


class World:
    """The page's `/world`: is the bot ready, what do the accounts hold, spend from one."""

    def __init__(self, program: Program, child: Child, live: Live) -> None:
        self._program = program
        self._child = child
        self._live = live
        self._known: list[Json] = []
        self._changes = 1
        self._changes_read = 0
        self._next_read_at = 0.0
        self._reading: asyncio.Task[None] | None = None
        self._waiting_since = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def routes(self) -> list[BaseRoute]:
        """`/world`, `/world/accounts`, `/world/spend`."""
        return [
            Route("/world", self._state, methods=["GET"]),
            Route("/world/accounts", self._accounts, methods=["GET"]),
            Route("/world/spend", self._spend, methods=["POST"]),
        ]

    def touched(self) -> None:
        """A chat changed, so a balance may have: tell the pages when it is quiet again."""
        self._changes += 1
        now = time.monotonic()
        if self._timer is None:
            self._waiting_since = now
        elif now - self._waiting_since < _PATIENCE_SECONDS:
            self._timer.cancel()
        else:
            return
        self._timer = asyncio.get_running_loop().call_later(_QUIET_SECONDS, self._tell)

    def bot_changed(self) -> None:
        """The bot became ready, or ended."""
        self._changes += 1
        self.accounts()
        self._tell()

    def accounts(self) -> list[Json]:
        """The accounts as last known; where they may have changed, the pages hear of it soon."""
        idle = self._reading is None or self._reading.done()
        if idle and self._child.ready and self._changes_read != self._changes:
            self._reading = asyncio.create_task(self._read())
        return self._known

    async def _read(self) -> None:
        while self._changes_read != self._changes:
            await asyncio.sleep(self._next_read_at - time.monotonic())
            self._next_read_at = time.monotonic() + _APART_SECONDS
            self._changes_read = self._changes
            answer = await self._program.run("accounts", "list", "--json")
            before = self._known
            if answer.code == 0:
                self._known = [_shown(account) for account in json.loads(answer.out)]
            if self._known != before:
                self._tell()

    def _tell(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._live.publish("world")

    async def _state(self, _: Request) -> JSONResponse:
        child = self._child
        return _fresh({"ready": child.ready, "bot_url": child.url, "bot_pid": child.pid})

    async def _accounts(self, _: Request) -> JSONResponse:
        return _fresh({"ready": self._child.ready, "accounts": self.accounts()})

    async def _spend(self, request: Request) -> JSONResponse:
        wanted = await _wanted(request)
        if wanted is None:
            return _refused('Send JSON: {"account": "acme-cloud", "amount": "5.00"}.')
        # After "--" an amount such as -5 is an amount, and not an option.
        key = ("--key", secrets.token_hex(8))
        answer = await self._program.run("charge", *key, "--", *wanted)
        if answer.code == REFUSED:
            return _refused(answer.error[:_SENTENCE_MAX])
        if answer.code:
            return _refused(f"That did not work; see {self._program.log.name} in the folder.")
        self._changes += 1
        self._next_read_at = 0.0
        self.accounts()
        return _fresh({"ok": True, "balance": answer.out})


async def _wanted(request: Request) -> tuple[str, str] | None:
    """The account and the amount, as typed; None for anything else."""
    if request.headers.get("content-type", "").split(";")[0] != "application/json":
        return None
    try:
        if int(request.headers.get("content-length", "")) > _BODY_BYTES_MAX:
            return None
        body = json.loads(await request.body())
    except ValueError:
        return None
    if not isinstance(body, dict):
        return None
    match body.get("account"), body.get("amount"):
        case (str(account), str(amount)) if max(len(account), len(amount)) <= _TEXT_MAX:
            return account, amount
        case _:
            return None


def _shown(account: Json) -> Json:
    below = account["alert_below_minor"]
    return {
        "id": account["id"],
        "name": account["title"],
        "currency": account["currency"],
        "balance": account["balance"],
        "balance_minor": account["balance_minor"],
        "low": below is not None and account["balance_minor"] < below,
    }


def _refused(sentence: str) -> JSONResponse:
    return _fresh({"ok": False, "error": sentence}, 400)


def _fresh(content: Json, status: int = 200) -> JSONResponse:
    return JSONResponse(content, status, headers={"Cache-Control": "no-store"})
