"""What people are told of their money: what a gateway said, and no more than that."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.claims import MoneyClaim, assess_money
from billing.money import Money
from billing.ports import GatewayError
from billing.records import Attempt
from billing.reversals import Reversals
from billing.topups import Payment, PaymentStatus
from service.lanes.keys import LaneKind
from service.ports.store import Tx
from tests.support.bots.bot_place import ANA, PUBLIC_URL, START, BotPlace, bot_place
from tests.support.bots.odd_gateway import OddGateway, site_over
from tests.support.chats.pocket_chat import button
from tests.support.histories.chat_platform import Trouble
from tests.support.histories.world import SHOW, World
from tests.support.house.source import ROOT, product_files

# Whether money was taken, or was not, in the languages that we ship.
_OF_MONEY = re.compile(
    r"money was|was (not )?(taken|charged)|nothing is taken|(seen|had) no payment"
    r"|abgebucht|keine Zahlung (gesehen|vor)|noch keine Zahlung",
    re.IGNORECASE,
)


@pytest.fixture
def world() -> Iterator[World]:
    """A world in which Ana has confirmed a top-up and has the pay page of her gateway open."""
    made = World()
    made.does("ana", text="/topup 50 USD card")
    made.works()
    made.does("ana", press=made.chat.tokens[0][1])
    made.works()
    made.posts(made.chat.links[0].removeprefix(PUBLIC_URL))
    yield made
    made.close()


@pytest.fixture
async def place(tmp_path: Path) -> Any:
    async with bot_place(tmp_path) as made:
        yield made


def card(world: World) -> str:
    """What the top-up's card is to say now."""
    (top_up,) = world.tables()["top_ups"]
    wanted = [each for each in world.tables()["cards"] if each["id"] == top_up["card"]]
    return str(json.loads(wanted[0]["wanted_view"])["fallback"])


def tasks(world: World) -> list[tuple[str, str]]:
    (top_up,) = world.tables()["top_ups"]
    return [
        (each["kind"], each["subject"].replace(top_up["id"], "TU"))
        for each in world.tables()["tasks"]
        if each["closed_at"] is None
    ]


def _close_all(tx: Tx) -> None:
    for each in tx.tasks.open():
        tx.tasks.close(each.kind, each.subject, "seen to", START)


# --- the one place ---------------------------------------------------------------------------

ATTEMPTS = st.lists(
    st.builds(
        Attempt,
        id=st.uuids().map(str),
        top_up=st.just("TU-1"),
        revision=st.integers(1, 3),
        gateway=st.just("g"),
        created_at=st.just(START),
        checkout_ref=st.none() | st.just("cs_1"),
        refused=st.none() | st.just("not for us"),
        closed_at=st.none() | st.just(START),
        unread=st.none() | st.just("odd"),
    ),
    max_size=3,
)
PAYMENTS = st.lists(
    st.builds(
        Payment,
        gateway=st.just("g"),
        merchant_account=st.just("m"),
        payment_ref=st.uuids().map(str),
        top_up=st.just("TU-1"),
        status=st.sampled_from(PaymentStatus),
        amount=st.just(Money(100, "USD")),
        reversals=st.builds(Reversals, refunded_minor=st.sampled_from([0, 40, 100])),
    ),
    max_size=2,
)


@settings(max_examples=100, deadline=None)
@given(ATTEMPTS, PAYMENTS)
def test_115_nothing_taken_is_claimed_only_where_nothing_is_open(
    attempts: list[Attempt], payments: list[Payment]
) -> None:
    """Every page that was opened is over by its gateway's word, and no payment says otherwise."""
    claimed = assess_money(attempts, payments).money
    paid = [each for each in payments if each.status is PaymentStatus.PAID]
    opened = [each for each in attempts if each.checkout_ref]
    waits = (PaymentStatus.OPEN, PaymentStatus.PROCESSING)
    quiet = all(each.closed_at and not each.unread for each in opened)
    if claimed is MoneyClaim.NOTHING_TAKEN:
        assert quiet
        assert not paid
        assert not any(each.status in waits for each in payments)
    if claimed is MoneyClaim.GONE_BACK:
        assert all(each.reversals.refunded_minor == 100 for each in paid)
    assert (claimed in (MoneyClaim.TAKEN, MoneyClaim.GONE_BACK)) == bool(paid)


def test_115_153_no_other_sentence_speaks_of_money() -> None:
    """All that says whether money was taken is in one list, which one module may say."""
    own = _sentences(ROOT / "conversations" / "words" / "money_words.py")
    catalogue = ROOT / "conversations" / "locales" / "de" / "LC_MESSAGES" / "topup_bot.po"
    with catalogue.open("rb") as file:
        both = {str(each.id): str(each.string) for each in read_po(file) if each.id}
    spoken = {said for said, german in both.items() if _OF_MONEY.search(f"{said} {german}")}
    assert spoken <= own | _OTHERS
    assert len(spoken & own) >= 10, "the pattern finds what it is for"

    for path in product_files():
        imports = ast.walk(ast.parse(path.read_text("utf-8")))
        named = {
            each.name
            for node in imports
            if isinstance(node, ast.Import | ast.ImportFrom)
            for each in node.names
        }
        if "money_words" in named:
            assert path == ROOT / "conversations" / "messages" / "claims.py"


# Of a payment that a gateway called paid what became is known; the other is a promise.
_OTHERS = {
    "Nothing is charged until you pay on the payment page.",
    "The money was taken and is being credited. There is nothing you need to do.",
}


def _sentences(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    found = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {ast.literal_eval(each.args[0]) for each in found if ast.unparse(each.func) == "N_"}


# --- cancelled and expired -------------------------------------------------------------------


def test_115_cancelled_after_paying_says_that_we_ask(world: World) -> None:
    """Paid, the callback lost, cancelled: asking, and then what the gateway answers."""
    (page,) = world.visited
    world.gateways["wild"].pay(page, PaymentStatus.PAID)

    world.does("ana", text="/topup cancel")
    world.works(LaneKind.TURNS, SHOW)

    assert "Cancelled" in card(world)
    assert "asking the payment service" in card(world)
    assert "No money was taken" not in card(world)
    world.works()
    assert "Credited" in card(world)


@pytest.mark.parametrize("how", ["cancelled", "expired"])
def test_115_153_what_was_not_paid_is_said_once_the_gateway_says_so(
    world: World, how: str
) -> None:
    """Nothing is claimed while the gateway is silent; its word is told with its time."""
    world.gateways["wild"].trouble = Trouble.DOWN
    if how == "cancelled":
        world.does("ana", text="/topup cancel")
    else:
        world.clock.advance(hours=1)
    world.works()
    silent = card(world)
    world.clock.advance(minutes=1)
    world.works()

    assert "We have seen no payment" in silent
    assert "No money was taken" not in silent
    assert "No money was taken: the payment service said so" in card(world)
    assert "If you did pay" not in card(world)


def test_115_what_nobody_opened_was_not_paid() -> None:
    """Cancelled before anybody saw a payment page: nothing can have been taken."""
    world = World()
    world.does("ana", text="/topup 50 USD card")
    world.works()
    world.does("ana", press=world.chat.tokens[0][1])
    world.does("ana", text="/topup cancel")
    world.works()

    assert "No money was taken." in card(world)
    world.close()


# --- what a gateway refuses, or says in words nobody can read --------------------------------


async def test_116_a_refusal_for_good_has_a_page_a_card_and_a_task(place: BotPlace) -> None:
    """Nobody is told to try again in a minute; the operator has a line that says why."""
    shown = await place.asks_for()
    refusing = OddGateway(
        place.app.checkouts.gateways["sandbox"], GatewayError("amount_too_small", retry=False)
    )

    async with site_over(place, refusing) as browser:
        answers = [await browser.post(button(shown, "Pay").url or "") for _ in range(2)]
    await place.quiet()

    assert [each.status_code for each in answers] == [409, 409]
    for each in answers:
        assert "refuses this payment" in each.text
        assert "No money was taken" in each.text
        assert "in a minute" not in each.text
    assert len(refusing.orders) == 1
    assert "Payment failed" in place.chat.newest(ANA).view.title
    assert "refuses this payment" in place.chat.newest(ANA).view.fallback
    (task,) = place.rows("tasks")
    assert (task["kind"], task["detail"]) == ("checkout_refused", "amount_too_small")


async def test_116_an_outage_is_no_refusal(place: BotPlace) -> None:
    """A gateway that does not answer is asked again, and nobody is told to give up."""
    shown = await place.asks_for()
    silent = OddGateway(place.app.checkouts.gateways["sandbox"], GatewayError("down", retry=True))

    async with site_over(place, silent) as browser:
        answer = await browser.post(button(shown, "Pay").url or "")

    assert answer.status_code == 503
    assert "No money was taken" in answer.text
    assert place.rows("tasks") == []
    assert place.rows("top_ups")[0]["status"] == "awaiting_payment"


def test_117_an_answer_that_cannot_be_read_is_told_at_once(world: World) -> None:
    """The operator has a line, and the card claims nothing; what can be read again ends both."""
    (page,) = world.visited
    gateway = world.gateways["wild"]
    gateway.pay(page, PaymentStatus.PAID)
    gateway.trouble = Trouble.ODD

    world.told(page)

    assert tasks(world) == [("answer_unread", "TU")]
    assert "that we cannot read" in card(world)
    assert "No money was taken" not in card(world)
    world.told(page)
    assert tasks(world) == []
    assert "Credited" in card(world)


@pytest.mark.parametrize("paid", [False, True])
def test_117_an_answer_that_says_nothing_is_told_at_once(world: World, paid: bool) -> None:
    """Our checkout is not shown, or in a status that nobody knows: that is no "not paid"."""
    (page,), gateway = world.visited, world.gateways["wild"]
    if paid:
        gateway.pay(page, PaymentStatus.PAID)
    gateway.trouble = Trouble.MUTE
    world.told(page)
    assert tasks(world) == [("answer_unread", "TU")]
    assert "that we cannot read" in card(world)
    world.told(page)
    assert tasks(world) == []
    assert ("Credited" in card(world)) is paid


def test_117_told_once_and_not_again_when_it_was_closed(world: World) -> None:
    """The same odd answer at each look is one line, and stays closed once somebody saw to it."""
    (page,) = world.visited
    gateway = world.gateways["wild"]
    for _ in range(2):
        gateway.trouble = Trouble.ODD
        world.told(page)
        world.decides(_close_all)

    assert tasks(world) == []
