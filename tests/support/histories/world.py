"""A whole bot on a database in memory, with an outside that may do anything; hands, no rules.

Lanes are worked off one at a time and only when asked, so that a history is the same every time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

import httpx
from starlette.applications import Starlette

from adapters.storage.store import SqliteStore
from billing.topups import Mode
from bot.web.app import WebSite
from bot.wiring.traits import TRAITS
from service.audit.trail import TrailSealer
from service.cards.delivery import Deliverer
from service.cards.homes import HomeRefresher
from service.chat.answers import AwaitedReplies
from service.chat.inbox import Inbox
from service.chat.turn_worker import TurnWorker
from service.common.fail_points import FailPoint
from service.common.ids import Sources
from service.common.services import Merchant, Services
from service.lanes.keys import LaneKind, show_kind
from service.lanes.lanes import LEASE, Work, back_off
from service.money import accounts, reconciliation
from service.money.checkout import Checkouts
from service.money.recovery import RecoveryWorker
from service.money.refunds import RefundWorker
from service.people.membership import MembershipChecker
from service.ports.store import Claim, Tx
from tests.support.bots.bot_place import PUBLIC_URL, Clock, Dice
from tests.support.chats import pocket_chat
from tests.support.histories.chat_platform import WildChat
from tests.support.histories.gateway import Record, WildGateway
from tests.support.histories.rows import Here, driver, dump, emptied, let_in
from tests.support.histories.seen import Seen, Tables
from tests.support.house.log_capture import Heard

PEOPLE = {"ana": "team-a", "ben": "team-a", "cat": "team-live"}
ACCOUNTS = {"team-a": Mode.SANDBOX, "team-live": Mode.LIVE}
PLANTED = "xoxb-planted-and-never-to-be-kept"
CARD_NUMBER = "4242 4242 4242 4242"
DUE_MAX = 50
ROUNDS_MAX = 200
SHOW = show_kind(pocket_chat.PLATFORM)
KINDS = (
    *(LaneKind.TURNS, LaneKind.PAYMENTS, LaneKind.RECONCILE, LaneKind.EXPIRE, LaneKind.HAND_OVER),
    *(LaneKind.REFUND, SHOW, LaneKind.HOME, LaneKind.SEAL, LaneKind.RECOVER),
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Result = TypeVar("Result")


class Killed(BaseException):
    """The process stopped dead at a labelled point; nothing that follows it happened."""


class World:
    """One history's bot, people, gateways, chat and clock."""

    def __init__(self, seed: str = "history") -> None:
        self.clock, self.chat = Clock(), WildChat()
        self.gateways = {
            each.name: each
            for each in (
                WildGateway("wild", Mode.SANDBOX, self.clock),
                WildGateway("real", Mode.LIVE, self.clock),
            )
        }
        self.fuse: tuple[FailPoint, int] | None = None
        self.names = count(1)
        self.sent: dict[str, tuple[str, dict[str, Any]]] = {}
        self.accepted: set[str] = set()
        self.visited: list[str] = []
        self.led_to: dict[str, str] = {}
        self.before: Tables = {}
        self._log = Heard()
        self._sources = Sources(self.clock, Dice(seed))
        self._connection = emptied()
        self.store = SqliteStore(self._connection, Here(max_workers=1))
        self._runner = asyncio.Runner()
        self._start()
        self.run(self.store.transact(lambda tx: let_in(tx, PEOPLE, ACCOUNTS)))

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Let something happen."""
        return self._runner.run(work)

    @property
    def stored_now(self) -> int:
        """The time, as rows have it."""
        return (self.clock() - _EPOCH) // timedelta(microseconds=1)

    @contextmanager
    def mortal(self) -> Iterator[None]:
        """Here the process may be killed; then another one starts."""
        try:
            yield
        except Killed:
            self._start()

    def close(self) -> None:
        """Forget it all."""
        self._runner.close()
        logging.getLogger().removeHandler(self._log)

    def tables(self) -> Tables:
        """Every row there is."""
        return dump(self._connection)

    def seen(self, tables: Tables) -> Seen:
        """Everything that promises are about, compared with the last look."""
        outside = self.gateways.values()
        pay_tokens = [link.rsplit("/", 1)[1] for link in self.chat.links]
        return Seen(
            tables=tables,
            before=self.before,
            taken={key: taken for each in outside for key, taken in each.taken().items()},
            led_to=self.led_to,
            said_over=frozenset(page for each in outside for page in each.said_over),
            orders=tuple(order for each in outside for order in each.orders),
            accepted=frozenset(self.accepted),
            posts=self.chat.posts,
            excused=self.chat.excused,
            titles=self.chat.titles(),
            secrets=(PLANTED, CARD_NUMBER, *pay_tokens),
            log=self._log.text,
            now=self.stored_now,
        )

    def watched(self) -> dict[str, datetime]:
        """Until when a payment of each checkout is looked for."""
        tables = self.tables()
        until = {each["id"]: each["watched_until"] for each in tables["top_ups"]}
        return {
            each["checkout_ref"]: _EPOCH + timedelta(microseconds=until[each["top_up"]])
            for each in tables["attempts"]
            if each["checkout_ref"]
        }

    # --- what people and platforms do --------------------------------------------------------

    def does(self, person: str, **body: Any) -> str:
        """A person does something; the platform delivers it and notes whether it was taken."""
        name = f"d{next(self.names)}"
        self.sent[name] = person, {"token": PLANTED, **body}
        self.delivers(name)
        return name

    def delivers(self, name: str) -> None:
        """The platform brings a delivery, perhaps again."""
        person, body = self.sent[name]
        with self.mortal():
            self.run(self.inbox.accept(pocket_chat.delivery(name, person, **body)))
            self.accepted.add(name)

    def posts(self, path: str, body: str = "") -> httpx.Response | None:
        """A browser or a gateway posts to the bot; None when the bot died over it."""
        with self.mortal():
            answer = self.run(self.browser.post(path, content=body))
            page = answer.headers.get("location", "").rsplit("/", 1)[-1]
            if page and page not in self.visited:
                self.visited.append(page)
                gateway = self.gateways[page.split("_", 1)[0]]
                self.led_to[page] = gateway.asked[page].reference
            return answer
        return None

    def records(self) -> list[Record]:
        """Every payment in the books of the gateways."""
        return [each for gateway in self.gateways.values() for each in gateway.records]

    def told(self, checkout: str) -> None:
        """A gateway calls back, and the bot does what is due."""
        self.posts(f"/webhooks/{checkout.split('_', 1)[0]}", checkout)
        self.works()

    def decides(self, work: Callable[[Tx], object]) -> None:
        """An operator types a command; a refusal is an answer too."""
        with self.mortal(), suppress(accounts.OperatorError):
            self.run(self.store.transact(work))

    # --- what the bot does -------------------------------------------------------------------

    def works(self, *kinds: str) -> None:
        """Work off what is due now, of these kinds or of all, until nothing is or it dies."""
        with self.mortal():
            self.run(self._works(kinds or KINDS))

    def at_once(self, checkout: str, workers: int) -> None:
        """Several workers fetch one checkout at the same time, as after a lapsed lease."""
        gateway = checkout.split("_", 1)[0]
        claim = Claim(LaneKind.PAYMENTS, f"{gateway}|{checkout}", 0, 0, self.clock() + LEASE)

        async def fetch() -> None:
            for ended in await asyncio.gather(
                *(self.checkouts.settle(claim) for _ in range(workers)), return_exceptions=True
            ):
                if isinstance(ended, Killed):
                    raise ended

        with self.mortal():
            self.run(fetch())

    async def _works(self, kinds: Iterable[str]) -> None:
        for _ in range(ROUNDS_MAX):
            due = [kind for kind in kinds if kind in self._due()]
            if not due:
                return
            for kind in due:
                await self._lanes(kind)
        raise AssertionError("there is no end to what is due")

    def _due(self) -> set[str]:
        """The kinds of which a lane is due: asked past the store, since it is asked so often."""
        asked = "SELECT DISTINCT kind FROM lanes WHERE claimable_at <= ?"
        return {kind for (kind,) in driver(self._connection).execute(asked, (self.stored_now,))}

    async def _lanes(self, kind: str) -> None:
        """As service.lanes.lanes.Runner does, one lane after the other."""
        now = self.clock()
        claims = await self.store.transact(
            lambda tx: tx.lanes.claim(kind, now, owner="w", until=now + LEASE, limit=DUE_MAX)
        )
        for claim in claims:
            await self._take(claim)

    async def _take(self, claim: Claim) -> None:
        try:
            due, tries = await self._work[claim.kind](claim), 0
            if due is not None:
                tries = claim.tries + 1
        except Exception:
            logging.getLogger(__name__).exception("lane_failed kind=%s", claim.kind)
            tries = claim.tries + 1
            due = self.clock() + back_off(tries)
        await self.store.transact(lambda tx: tx.lanes.release(claim, next_due=due, tries=tries))

    def _start(self) -> None:
        """A process begins: it knows what is in the database, and nothing else."""
        self.services = self._services()
        chats = {self.chat.platform: self.chat}
        self.checkouts = Checkouts(self.store, self.gateways, self.services, PUBLIC_URL)
        answers, members = AwaitedReplies(), MembershipChecker(self.store, chats, self.services)
        self.inbox = Inbox(self.store, chats, self.services, answers)
        self._work: dict[str, Work] = {
            LaneKind.TURNS: TurnWorker(self.store, chats, self.services, members, answers).work,
            SHOW: Deliverer(self.store, chats, self.services, PUBLIC_URL).work,
            LaneKind.PAYMENTS: self.checkouts.settle,
            LaneKind.RECONCILE: self.checkouts.reconcile,
            LaneKind.EXPIRE: self.checkouts.expire_pay_link,
            LaneKind.HAND_OVER: self.checkouts.escalate,
            LaneKind.REFUND: RefundWorker(self.store, self.gateways, self.services).work,
            LaneKind.HOME: HomeRefresher(self.store, members, self.services).work,
            LaneKind.SEAL: TrailSealer(self.store, self.services).work,
            LaneKind.RECOVER: RecoveryWorker(self.store, self.gateways, self.services).work,
        }
        now, seal = self.clock(), LaneKind.SEAL
        self.run(self.store.transact(lambda tx: tx.lanes.schedule(seal, "audit", now)))
        self.run(reconciliation.ask_watched(self.store, now))
        site = WebSite(self.store, self.gateways, self.checkouts, self.services, PUBLIC_URL)
        web = httpx.ASGITransport(Starlette(routes=list(site.routes())))
        self.browser = httpx.AsyncClient(transport=web, base_url=PUBLIC_URL, trust_env=False)
        logging.getLogger().addHandler(self._log)

    def _services(self) -> Services:
        known, now = self.gateways.values(), self.clock()
        recovers = self.run(self.store.transact(lambda tx: tx.lanes.next_due_at(LaneKind.RECOVER)))
        return Services(
            sources=self._sources,
            secret=b"for histories",
            support="billing@example.com",
            zone="UTC",
            methods=tuple(method for one in known for method in one.methods),
            merchants=tuple(Merchant(one.name, one.merchant_account, one.mode) for one in known),
            traits=TRAITS,
            reach_fail_point=self._reached,
            recovering_since=now if recovers else None,
        )

    def _reached(self, point: FailPoint) -> None:
        if self.fuse is None or self.fuse[0] is not point:
            return
        left = self.fuse[1] - 1
        self.fuse = (point, left) if left else None
        if not left:
            if point is FailPoint.CARD_SENT:
                self.chat.excuse()
            raise Killed(point)
