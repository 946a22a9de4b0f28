"""What lies around the two chats: accounts, spending, readiness; asked of the bot's command."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from typing import Protocol

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from playground.bot.child import Child
from playground.bot.program import REFUSED, Answer, Program
from playground.kit.answers import Json, asked, fresh, refused
from playground.kit.live import Live
from playground.page.inside import Inside

_QUIET_SECONDS = 0.8
_PATIENCE_SECONDS = 3.0
_TEXT_MAX = 100
_SEED_TRIES = 3
_SENTENCE_MAX = 500

_ACCOUNTS = {
    "acme-cloud": ("--title", "Acme Cloud", "--currency", "USD", "--alert-below", "20"),
    "acme-tokyo": ("--title", "Acme Tokyo", "--currency", "JPY", "--alert-below", "3000"),
}
_LINKS = ("--slack-team", "T0ACME", "--slack-channel", "T0ACME/C0BILLING")


class Commands(Protocol):
    """The bot's own commands, each run to its end."""

    async def run(self, *arguments: str) -> Answer:
        """Run one."""


async def seed(program: Commands) -> str:
    """Make the accounts of a first start, empty: a balance comes from payments only.

    Answers what went wrong, in a sentence, or "". What is there already is left as it is, so
    what a busy machine did not get done is tried again.
    """
    problem = ""
    for _ in range(_SEED_TRIES):
        problem = await _seed_once(program)
        if not problem:
            break
    return problem


async def _seed_once(program: Commands) -> str:
    listed = await program.run("accounts", "list", "--json")
    if listed.code:
        return listed.error
    known = {account["id"] for account in json.loads(listed.out)}
    made = await asyncio.gather(
        *(_make(program, account, account in known) for account in _ACCOUNTS)
    )
    return next((answer.error for answer in made if answer.code), "")


async def _make(program: Commands, account: str, known: bool) -> Answer:
    if not known:
        added = await program.run("accounts", "add", account, *_ACCOUNTS[account])
        if added.code:
            return added
    return await program.run("accounts", "link", account, *_LINKS)


class World:
    """The page's `/world`: is the bot ready, what do the accounts hold, spend from one."""

    def __init__(self, program: Program, child: Child, live: Live, inside: Inside) -> None:
        self._program, self._child = program, child
        self._live, self._inside = live, inside
        self._waiting_since = 0.0
        self._timer: asyncio.TimerHandle | None = None
        inside.listeners.append(self._tell)

    def routes(self) -> list[BaseRoute]:
        """`/world`, `/world/accounts`, `/world/spend`."""
        return [
            Route("/world", self._state, methods=["GET"]),
            Route("/world/accounts", self._accounts, methods=["GET"]),
            Route("/world/spend", self._spend, methods=["POST"]),
        ]

    def touched(self) -> None:
        """A chat changed, so a balance may have: tell the pages when it is quiet again."""
        self._inside.touched()
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
        self._inside.touched()
        self._inside.look()
        self._tell()

    def _tell(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._live.publish("world")

    async def _state(self, _: Request) -> JSONResponse:
        child = self._child
        return fresh({"ready": child.ready, "bot_url": child.url, "bot_pid": child.pid})

    async def _accounts(self, _: Request) -> JSONResponse:
        known = self._inside.look() or {"accounts": []}
        shown = [_shown(account) for account in known["accounts"]]
        return fresh({"ready": self._child.ready, "accounts": shown})

    async def _spend(self, request: Request) -> JSONResponse:
        wanted = _wanted(await asked(request))
        if wanted is None:
            return refused('Send JSON: {"account": "acme-cloud", "amount": "5.00"}.')
        # After "--" an amount such as -5 is an amount, and not an option. Accounts begin empty
        # here, and their alerts are to be seen.
        options = ("--key", secrets.token_hex(8), "--reason", "spent in the demo", "--overdraw")
        answer = await self._program.run("charge", *options, "--", *wanted)
        if answer.code == REFUSED:
            return refused(answer.error[:_SENTENCE_MAX])
        if answer.code:
            return refused(f"That did not work; see {self._program.log.name} in the folder.")
        self._inside.touched(at_once=True)
        self._inside.look()
        return fresh({"ok": True, "balance": answer.out})


def _wanted(body: Json) -> tuple[str, str] | None:
    """The account and the amount, as typed; None for anything else."""
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
