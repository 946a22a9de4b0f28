"""What people may type, press and send wrongly: each gets its answer, and changes nothing."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from billing.amounts.bank_card_numbers import BANK_CARD_NUMBER_REMOVED
from conversations.protocol.actions import Slot
from conversations.protocol.events import PressRefusal
from conversations.protocol.views import FormErrors, Toast
from conversations.words import words
from service.common.signed_tokens import Press, read_press, sign_press
from tests.support.bots.bot_place import ACCOUNT, ANA, BEN, EVE, BotPlace, bot_place, dump
from tests.support.chats.pocket_chat import button, delivery

FORGED = (Toast(words.REFUSALS[PressRefusal.FORGED], alert=True),)
STALE = (Toast(words.REFUSALS[PressRefusal.STALE], alert=True),)
NOT_YOURS = (Toast(words.REFUSALS[PressRefusal.NOT_YOURS], alert=True),)
ZERO = "An amount to top up is above zero."
NO_AMOUNT = "I could not read that as an amount."
NO_WORD = "I do not know"
AMOUNTS = [
    ("0", ZERO),
    ("0.00 USD", ZERO),
    ("-5", "Type it without a minus sign."),
    ("−50", "Type it without a minus sign."),
    ("(50)", ""),
    ("5.001", "more decimals than the currency has"),
    ("4.99", "$4.99 is too little. Use $5.00 to $2,000.00."),
    ("2000.01", "$2,000.01 is too much for one top-up. Use $5.00 to $2,000.00."),
    ("1 000 000 000", "is too much for one top-up"),
    ("1" + "9" * 30, "too long to be an amount"),
    ("9" * 3_000, "too long to be an amount"),
    ("50 60", "That has two amounts."),
    ("50 USD 50 USD", "That has two amounts."),
    ("$50€", "That names two currencies."),
    ("50 EUR", "is kept in USD"),
    ("50 XYZ", NO_WORD),
    ("1e5", NO_AMOUNT),
    ("0x32", NO_AMOUNT),
    ("½", NO_AMOUNT),
    ("50..00", NO_AMOUNT),
    ("50%", NO_AMOUNT),
    ("50\u202e", NO_AMOUNT),
    ("NaN", NO_WORD),
    ("Infinity", NO_WORD),
    ("five hundred", NO_WORD),
    ("50'; DROP TABLE top_ups; --", ""),
    ("{0.__class__}", NO_WORD),
    ("<!channel> 50", NO_WORD),
    ("<b>50</b>", NO_WORD),
    ("\0", NO_WORD),
    ("x" * 4_000, NO_WORD),
]


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[BotPlace]:
    async with bot_place(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize(("typed", "answer"), AMOUNTS, ids=lambda text: text[:20])
async def test_27_a_wrong_amount(place: BotPlace, typed: str, answer: str) -> None:
    """The answer says what was wrong; no top-up comes of it, and no button to confirm one."""
    before = place.money()

    await place.does(ANA, text=f"/topup {typed} card")

    card = place.chat.newest(ANA)
    assert answer in " ".join(card.view.body)
    assert card.view.title.startswith("➕")
    assert place.money() == before
    with pytest.raises(LookupError):
        button(card, "Confirm")


async def test_27_an_amount_that_can_be_read_in_two_ways(place: BotPlace) -> None:
    """Neither reading is taken: both are offered as buttons."""
    await place.does(ANA, text="/topup 1,500 card")
    card = place.chat.newest(ANA)
    readings = [each.label for line in card.buttons for each in line]

    assert words.AMBIGUOUS in card.view.body or card.view.title == words.REVIEW_TITLE
    assert "$1,500.00" in [*readings, *(row.value for row in card.view.rows)]
    assert place.rows("top_ups") == []


async def test_34_a_card_number(place: BotPlace) -> None:
    """It is answered with a warning, and neither the database nor a card holds a digit of it."""
    number = "4242 4242 4242 4242"

    await place.does(ANA, text=f"/topup 50 USD {number}")
    form = {"account": ACCOUNT, "amount": BANK_CARD_NUMBER_REMOVED, "method": "card"}
    (reply,) = await place.does(ANA, form=form)

    assert isinstance(reply, FormErrors)
    assert dict(reply.errors)[Slot.AMOUNT].startswith(words.BANK_CARD_NUMBER_TYPED)
    assert place.chat.newest(ANA).view.title == words.BANK_CARD_NUMBER_TITLE
    everything = repr(dump(place.database)) + repr(place.chat.messages)
    assert number not in everything
    assert number.replace(" ", "") not in everything


@pytest.mark.parametrize(
    ("form", "slots"),
    [
        ({"account": ACCOUNT, "amount": "0", "method": "card"}, {"amount"}),
        ({"account": ACCOUNT, "amount": "", "method": "card"}, {"amount"}),
        ({"account": "team-b", "amount": "50", "method": "card"}, {"account"}),
        ({"account": ACCOUNT, "amount": "50", "method": "cash"}, {"method"}),
        ({"account": ACCOUNT, "amount": "50", "currency": "EUR", "method": "card"}, {"amount"}),
        ({}, {"account", "method"}),
    ],
)
async def test_a_wrong_form(place: BotPlace, form: dict[str, str], slots: set[str]) -> None:
    """Each wrong field gets its sentence, the form stays open, and nothing changes."""
    before = place.money()

    (reply,) = await place.does(ANA, form=form)

    assert isinstance(reply, FormErrors)
    assert slots <= {str(slot) for slot, _ in reply.errors}
    assert all(sentence for _, sentence in reply.errors)
    assert place.money() == before
    assert place.chat.seen_by(ANA) == []


async def test_26_a_forged_button(place: BotPlace) -> None:
    """Every bit of a button's token, flipped: 0 accepted, each answered, nothing changed."""
    await place.does(ANA, text="/topup 50 USD card")
    token = button(place.chat.newest(ANA), "Confirm").token or ""
    before = place.facts()

    for forged in altered(token):
        assert await place.does(ANA, press=forged) == FORGED

    assert place.facts() == before
    assert await place.does(ANA, press=token) == ()
    assert len(place.rows("top_ups")) == 1


@pytest.mark.parametrize(
    "token", ["", "x", "A" * 26, "é" * 26, "\0", "../..", "=" * 26, "a" * 999]
)
async def test_26_an_invented_button(place: BotPlace, token: str) -> None:
    """What was never a token of ours is refused with an alert."""
    before = place.money()

    assert await place.does(ANA, press=token) == FORGED
    assert place.money() == before


async def test_26_another_persons_button(place: BotPlace) -> None:
    """Ben may use the account, but not the buttons on Ana's cards."""
    for label in ("Confirm", "Cancel"):
        await place.does(ANA, text="/topup 50 USD card")
        token = button(place.chat.newest(ANA), label).token
        before = place.money()

        assert await place.does(BEN, press=token) == NOT_YOURS
        assert place.money() == before
        await place.does(ANA, text="cancel")
    assert place.chat.seen_by(BEN) == []


async def test_26_another_persons_top_up(place: BotPlace) -> None:
    """Nor can Ben cancel or check what Ana asked for; her card stays as it is."""
    card = await place.asks_for(ANA)
    before = place.facts()

    for label in ("Cancel this top-up", "I have paid"):
        assert await place.does(BEN, press=button(card, label).token) == NOT_YOURS

    after = place.facts()
    assert {name: after[name] for name in after if name != "conversations"} == {
        name: before[name] for name in before if name != "conversations"
    }


async def test_25_an_old_button(place: BotPlace) -> None:
    """A button of a revision that is over answers so and opens no second top-up."""
    await place.does(ANA, text="/topup 50 USD card")
    first = button(place.chat.newest(ANA), "Confirm")
    old = button(place.chat.newest(ANA), "Change amount").token
    await place.does(ANA, press=first.token)
    before = place.facts()

    for _ in range(3):
        assert await place.does(ANA, press=old) == STALE

    assert place.facts() == before
    assert len(place.rows("top_ups")) == 1


async def test_25_a_button_that_the_card_never_had(place: BotPlace) -> None:
    """Even signed by us, a choice beyond the last one, or on no card of ours, means nothing."""
    await place.does(ANA, text="/topup 50 USD card")
    services = place.app.services
    token = button(place.chat.newest(ANA), "Confirm").token or ""
    real = read_press(token, services.secret)
    assert real is not None

    for odd in (
        Press(real.card, real.revision, 99),
        Press(real.card, real.revision + 1, real.index),
        Press("f" * 16, real.revision, real.index),
    ):
        assert await place.does(ANA, press=sign_press(odd, services.secret)) == STALE
    assert place.rows("top_ups") == []


@pytest.mark.parametrize(
    "body",
    [
        {"text": "/topup 50 USD card"},
        {"text": "/topup"},
        {"text": "/topup balance"},
        {"text": "/topup history"},
        {"text": "/topup status TU-7K3M9Q2X"},
        {"text": "/topup cancel"},
        {"text": "start"},
        {"text": "50"},
        {"press": "AAAA"},
        {"form": {"account": ACCOUNT, "amount": "50", "method": "card"}},
    ],
    ids=repr,
)
async def test_29_a_stranger(place: BotPlace, body: dict[str, Any]) -> None:
    """Whatever a stranger does: how to ask for access, no word of any account, and no change."""
    before = place.money()

    replies = await place.does(EVE, **body)

    told = " ".join([reply.text for reply in replies if isinstance(reply, Toast)])
    told += " ".join(message.view.fallback for message in place.chat.seen_by(EVE))
    assert words.STRANGER_TITLE in told
    assert "billing@example.com" in told
    assert "--pocket-person eve" in told
    assert "Team Alpha" not in told
    assert place.money() == before


async def test_29_a_stranger_with_a_real_button(place: BotPlace) -> None:
    """A token that a stranger got hold of works no better than none."""
    card = await place.asks_for(ANA)
    before = place.money()

    (reply,) = await place.does(EVE, press=button(card, "Cancel this top-up").token)

    assert isinstance(reply, Toast)
    assert reply.alert
    assert place.money() == before


@pytest.mark.parametrize("body", [{}, {"text": 5}, {"press": None}, {"form": "all"}], ids=repr)
async def test_45_a_delivery_that_cannot_be_read(place: BotPlace, body: dict[str, Any]) -> None:
    """It is quarantined with its error at once, and the person's next words are answered."""
    await place.does(ANA, **body)
    await place.does(ANA, text="/topup balance")

    poison, sound = place.rows("deliveries")
    assert poison["quarantined_at"]
    assert poison["error"].startswith("unreadable")
    assert (poison["done_at"], sound["quarantined_at"]) == (None, None)
    assert sound["done_at"]
    assert place.chat.newest(ANA).view.title == words.BALANCE_TITLE


async def test_40_a_delivery_that_comes_again(place: BotPlace) -> None:
    """The same delivery five times is stored and answered once."""
    await place.does(ANA, text="/topup 50 USD card")
    token = button(place.chat.newest(ANA), "Confirm").token
    same = delivery("press-1", ANA, press=token)

    tickets = [await place.app.inbox.accept(same) for _ in range(5)]
    await place.quiet()

    assert [ticket is None for ticket in tickets] == [False, True, True, True, True]
    assert len(place.rows("top_ups")) == 1
    assert len(place.chat.seen_by(ANA)) == 1


def altered(token: str) -> list[str]:
    """The token with each of its bits flipped."""
    raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    flipped = []
    for bit in range(len(raw) * 8):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        flipped.append(base64.urlsafe_b64encode(bytes(changed)).rstrip(b"=").decode())
    return flipped
