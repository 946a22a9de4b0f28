"""The state machine of histories: people, gateways, the chat, the clock and SIGKILL in any order.

Its rules are what may happen. None of them knows what should come of it: the promises of
tests/support/histories/invariants.py do, and they are checked after every step.
"""

from __future__ import annotations

import sys
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from billing.topups import PaymentStatus
from service.common.context import context_of
from service.common.fail_points import FailPoint
from service.common.signed_tokens import read_press
from service.lanes.keys import LaneKind
from service.money import held
from tests.support.chats import pocket_chat
from tests.support.histories.chat_platform import Trouble
from tests.support.histories.end import ends
from tests.support.histories.gateway import odd
from tests.support.histories.invariants import broken
from tests.support.histories.world import ACCOUNTS, CARD_NUMBER, KINDS, PEOPLE, World

_LINES = (
    "/topup", "/topup 50 USD card", "/topup 20 USD bank_transfer", "/topup cancel",
    "/topup status", "/topup balance", "/topup history", "/topup 999999", "25", "card", "hello",
    f"my card is {CARD_NUMBER}",
)  # fmt: skip
_SECONDS = (1, 31, 90, 150, 3_700, 90_000, 4 * 86_400)
_LATER = [PaymentStatus.PAID] * 6 + list(PaymentStatus)
_ODD = ["fits"] * 9 + [
    "less", "more", "currency", "sandbox", "live", "merchant", "reference", "nameless",
]  # fmt: skip
_MONEY = ("top_ups", "attempts", "payments", "transactions", "postings")
_CHANGES = (
    *("refunded_minor", "refunded_minor", "refund_failed_minor"),
    *("disputed_minor", "dispute_won_minor", "dispute_lost_minor"),
)
_MINOR = st.sampled_from([1, 33, 1_000, 2_537, 99_999])
_ANY = st.integers(min_value=0, max_value=999)
_PERSON = st.sampled_from(sorted(PEOPLE))
_METHOD = st.sampled_from(["card", "bank_transfer"])


class Histories(RuleBasedStateMachine):
    """The rules are what may happen; none of them knows what should come of it."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()

    @initialize(person=_PERSON, method=_METHOD)
    def begins(self, person: str, method: str) -> None:
        """Most of what can go wrong needs a top-up."""
        self._tops_up(person, method)

    # --- people ------------------------------------------------------------------------------

    @rule(person=_PERSON, method=_METHOD)
    def tops_up(self, person: str, method: str) -> None:
        """Somebody asks and confirms, as far as the bot goes along."""
        self._tops_up(person, method)

    @rule(person=_PERSON, line=st.sampled_from(_LINES))
    def says(self, person: str, line: str) -> None:
        """Somebody types."""
        self.world.does(person, text=line)

    @precondition(lambda self: self.world.chat.tokens)
    @rule(person=_PERSON, which=_ANY)
    def presses(self, person: str, which: int) -> None:
        """Somebody presses a button that stands somewhere, or stood there once."""
        chat, token = _pick(self.world.chat.tokens, which)
        self.world.works(LaneKind.TURNS)
        before = self.world.tables()
        theirs = pocket_chat.chat_of(person).id == chat
        press = read_press(token, self.world.services.secret)
        now = {each["id"]: each["wanted_rev"] for each in before["cards"]}
        good = press is not None and theirs and now.get(press.card) == press.revision
        waiting = any(
            each["done_at"] is None and each["quarantined_at"] is None
            for each in before["deliveries"]
        )
        self.world.does(person, press=token)
        self.world.works(LaneKind.TURNS)
        if not good and not waiting:
            after = self.world.tables()
            assert {name: after[name] for name in _MONEY} == {
                name: before[name] for name in _MONEY
            }, f"{person} pressed what was not theirs, or not any more, and it did something"

    @precondition(lambda self: self.world.sent)
    @rule(which=_ANY)
    def delivered_again(self, which: int) -> None:
        """The platform repeats a delivery."""
        self.world.delivers(_pick(list(self.world.sent), which))

    @precondition(lambda self: self.world.chat.links)
    @rule(which=_ANY)
    def continues(self, which: int) -> None:
        """Somebody follows a pay link, however old, and goes on to the gateway."""
        self.world.posts(_path(_pick(self.world.chat.links, which)))

    @precondition(lambda self: self.world.chat.links)
    @rule(
        which=_ANY,
        what=st.sampled_from(_ODD),
        status=st.sampled_from(_LATER),
        told=st.booleans(),
    )
    def pays(self, which: int, what: str, status: PaymentStatus, *, told: bool) -> None:
        """Somebody goes to the gateway's page and pays, as they should or not, or twice."""
        answer = self.world.posts(_path(_pick(self.world.chat.links, which)))
        if answer is None or answer.status_code != 303:
            return
        checkout = answer.headers["location"].rsplit("/", 1)[1]
        self._gateway_pays(checkout, what, status)
        if told:
            self.world.told(checkout)

    # --- gateways ----------------------------------------------------------------------------

    @precondition(lambda self: self.world.visited)
    @rule(
        which=_ANY, what=st.sampled_from(_ODD), status=st.sampled_from(_LATER), told=st.booleans()
    )
    def pays_later(self, which: int, what: str, status: PaymentStatus, *, told: bool) -> None:
        """A page that was left open is paid, whatever became of the top-up meanwhile."""
        checkout = _pick(self.world.visited, which)
        self._gateway_pays(checkout, what, status)
        if told:
            self.world.told(checkout)

    @precondition(lambda self: bool(self.world.records()))
    @rule(which=_ANY, status=st.sampled_from(_LATER), told=st.booleans())
    def moves_on(self, which: int, status: PaymentStatus, *, told: bool) -> None:
        """A payment becomes something else at its gateway; what is paid stays paid there."""
        record = _pick(self.world.records(), which)
        record.becomes(status, self.world.clock())
        if told:
            self.world.told(record.checkout)

    @precondition(lambda self: bool(self.world.records()))
    @rule(which=_ANY, change=st.sampled_from(_CHANGES), minor=_MINOR, told=st.booleans())
    def goes_back(self, which: int, change: str, minor: int, *, told: bool) -> None:
        """A refund or a dispute at the gateway, or what becomes of one."""
        record = _pick(self.world.records(), which)
        record.goes_back(change, minor)
        if told:
            self.world.told(record.checkout)

    @precondition(lambda self: self.world.visited)
    @rule(which=_ANY, times=st.integers(min_value=1, max_value=3))
    def calls_back(self, which: int, times: int) -> None:
        """A callback arrives, perhaps repeatedly, perhaps for nothing."""
        checkout = _pick(self.world.visited, which)
        for _ in range(times):
            self.world.posts(f"/webhooks/{checkout.split('_', 1)[0]}", checkout)

    @precondition(lambda self: self.world.visited)
    @rule(which=_ANY, workers=st.integers(min_value=2, max_value=4))
    def fetched_at_once(self, which: int, workers: int) -> None:
        """Several workers look at one checkout at the same time."""
        self.world.at_once(_pick(self.world.visited, which), workers)

    # --- operators ---------------------------------------------------------------------------

    @precondition(lambda self: bool(self.world.records()))
    @rule(which=_ANY, amount=st.sampled_from(["", "1.00", "20.00", "9999"]), again=st.booleans())
    def refunds(self, which: int, amount: str, *, again: bool) -> None:
        """An operator orders a refund, perhaps by a key that ordered one before."""
        name, key = _pick(self.world.records(), which).key, "k" if again else ""
        services, why = self.world.services, held.Decision("asked for")
        self.world.decides(
            lambda tx: held.send_back(context_of(tx, services), name, amount, key, why)
        )

    @precondition(lambda self: bool(self.world.records()))
    @rule(which=_ANY, account=st.sampled_from(sorted(ACCOUNTS)))
    def credits_held(self, which: int, account: str) -> None:
        """An operator credits what is held, as far as that may be."""
        name = _pick(self.world.records(), which).key
        services, why = self.world.services, held.Decision("it is theirs")
        self.world.decides(
            lambda tx: held.credit_held(context_of(tx, services), name, account, why)
        )

    # --- trouble -----------------------------------------------------------------------------

    @rule(who=st.sampled_from(["chat", "chat", "wild", "real"]), trouble=st.sampled_from(Trouble))
    def trouble(self, who: str, trouble: Trouble) -> None:
        """The platform or a gateway will not do its best next time; a gateway may also lag."""
        if who == "chat":
            self.world.chat.trouble = trouble
        elif trouble is Trouble.LIMITED:
            self.world.gateways[who].stale = True
        else:
            self.world.gateways[who].trouble = trouble

    @rule(person=_PERSON, which=_ANY, blocks=st.booleans())
    def turns_away(self, person: str, which: int, *, blocks: bool) -> None:
        """Somebody deletes a message, or blocks the bot, or lets it in again."""
        if blocks:
            self.world.chat.blocks(pocket_chat.chat_of(person).id)
        else:
            self.world.chat.delete(_pick(list(self.world.chat.messages), which))

    @rule(point=st.sampled_from(FailPoint), hit=st.integers(min_value=1, max_value=2))
    def will_be_killed(self, point: FailPoint, hit: int) -> None:
        """The process will be killed when it passes a point."""
        self.world.fuse = point, hit

    @rule(seconds=st.sampled_from(_SECONDS))
    def time_passes(self, seconds: int) -> None:
        """The clock jumps."""
        self.world.clock.advance(seconds=seconds)

    # --- the bot -----------------------------------------------------------------------------

    @rule()
    def works(self) -> None:
        """Everything that is due is worked off."""
        self.world.works()

    @rule(kind=st.sampled_from(KINDS))
    def works_one_kind(self, kind: str) -> None:
        """One kind of work is done before the others."""
        self.world.works(kind)

    @invariant()
    def holds(self) -> None:
        """Every promise, after every step."""
        tables = self.world.tables()
        wrong = broken(self.world.seen(tables))
        assert not wrong, "\n".join(wrong)
        self.world.before = tables

    def teardown(self) -> None:
        """Everybody recovers, time passes, and what was promised for the end must hold."""
        if sys.exc_info()[0] is None:
            ends(self.world)
        self.world.close()

    # --- hands -------------------------------------------------------------------------------

    def _tops_up(self, person: str, method: str) -> None:
        for words in ("cancel",) * bool(self.world.sent) + (f"50 USD {method}",):
            self.world.does(person, text=f"/topup {words}")
            self.world.works()
        chat = pocket_chat.chat_of(person).id
        for ref, message in reversed(list(self.world.chat.messages.items())):
            labels = [each for line in message.buttons for each in line if each.token]
            found = [each for each in labels if each.label.startswith("Confirm")]
            if ref.chat == chat and found:
                self.world.does(person, press=found[0].token)
                self.world.works()
                return

    def _gateway_pays(self, checkout: str, what: str, status: PaymentStatus) -> None:
        gateway = self.world.gateways[checkout.split("_", 1)[0]]
        told = odd(gateway.asked[checkout], what)
        gateway.pay(checkout, status, **told)
        known = {each["checkout_ref"] for each in self.world.tables()["attempts"]}
        if "reference" in told and checkout not in known:
            # A restore lost its row, and its gateway names no top-up or another: whose is it?
            self.world.led_to.pop(checkout, None)


def _pick(these: Any, which: int) -> Any:
    return these[which % len(these)]


def _path(link: str) -> str:
    return link[link.index("/pay/") :]
