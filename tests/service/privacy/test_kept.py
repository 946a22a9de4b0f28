"""What is stored of what strangers send: of what is not ours the id, of ours what is read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from adapters.chat.telegram.events import to_delivery, to_event
from adapters.chat.telegram.stored_fields import FIELDS
from adapters.gateways.stripe.settings import Stripe
from adapters.storage.store import open_store
from bot.settings.gateways import Gateways
from bot.wiring.app import build
from bot.wiring.chats import Chats
from conversations.protocol.ports import Incoming, UnreadableDelivery
from service.chat.inbox import form_of
from service.common.ids import Sources
from tests.adapters.telegram.test_telegram_events import JSON, NAMES
from tests.support.bots.bot_place import (
    PUBLIC_URL,
    Clock,
    Dice,
    changed,
    config_for,
    dump,
    empty_database,
)
from tests.support.bots.stripe_place import API_KEY, STRIPE_URL, WEBHOOK_SECRET, StripePlace, event
from tests.support.chats.pocket_chat import PocketChat
from tests.support.chats.telegram_bot_api import BOT_ID, Json, message, press
from tests.support.chats.telegram_bot_env import KIM, telegram_town

PAYER = {"email": "kim@example.com", "phone": "+49 30 901820", "name": "Kim Payer"}
GROUP = {"id": -5, "type": "supergroup", "title": "Team"}
WORDS = {"message_id", "date", "chat", "from", "text"}


@pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 4_000])
def test_109_numbers_that_no_database_takes_are_not_kept(number: str) -> None:
    """PostgreSQL has no infinity in JSON, and no index of a row of four thousand digits."""
    named = '{"id": ID, "is_bot": false, "first_name": "Kim"}'.replace("ID", number)
    chat = f'{{"id": {number}, "type": "private"}}'
    text = f'{{"update_id": {number}, "message": {{"message_id": {number}, "date": {number}, '
    whole = json.loads(f'{text}"chat": {chat}, "from": {named}, "text": "/topup"}}}}')

    kept = to_delivery(whole, BOT_ID)

    json.dumps(kept.body, allow_nan=False)
    assert len(kept.lane) + len(kept.sender_id) < 200
    with pytest.raises(UnreadableDelivery):
        to_event(kept.body, BOT_ID)


async def test_109_plain_words_in_a_group_leave_their_id_alone(tmp_path: Path) -> None:
    """A message that is not for the bot leaves no word, person or chat, and is known again."""
    plain = to_delivery(message(9, "the door code is 4711", chat=GROUP), "9001")
    async with telegram_town(tmp_path) as town:
        first = await town.app.inbox.accept(plain)
        again = await town.app.inbox.accept(plain)
        await town.says(KIM, "/balance")
        stored, asked = dump(tmp_path / "bot.db", "deliveries")["deliveries"]

    assert (first, again) == (stored["id"], None)
    assert (stored["sender_id"], stored["lane"], stored["body"]) == ("9001:9", "", "{}")
    assert stored["done_at"] is not None
    assert set(json.loads(asked["body"])["message"]) == WORDS


UNREADABLE: dict[str, Json] = {
    "a date of no year": {"date": 10**18},
    "nobody's name": {"from": {"id": 77, "is_bot": False}},
    "a list for a person": {"from": [1]},
    "half a sender": {"sender_chat": {"id": -7}},
    "no group": {"chat": None},
    "a caption": {"date": 10**18, "text": None, "caption": "the door code is 4711"},
}


@pytest.mark.parametrize("fields", UNREADABLE.values(), ids=UNREADABLE)
async def test_109_of_words_that_cannot_be_read_their_form_alone_is_kept(
    tmp_path: Path, fields: Json
) -> None:
    """Nobody knows for whom they were: they are quarantined without word, name or number."""
    whole = message(9, "the door code is 4711", chat=GROUP)
    whole["message"] |= fields
    plain = to_delivery(whole, "9001")
    with pytest.raises(UnreadableDelivery):
        to_event(plain.body, "9001")
    async with telegram_town(tmp_path) as town:
        await town.app.inbox.accept(plain)
        await town.still()
        await town.says(KIM, "/balance")
        first, _ = dump(tmp_path / "bot.db", "deliveries")["deliveries"]

    assert first["quarantined_at"] is not None
    assert "message" in json.loads(first["body"])["form"]
    for word in ("4711", "door", "Ana", "77"):
        assert word not in first["body"]


def test_109_a_form_has_no_words() -> None:
    """Names of fields are a platform's own; whatever else stands there is left out."""
    body = {"text": "my words", "my words": 1, "n": 4711, "list": [1, "words"], "none": None}
    told = form_of({"message": body, "deep": [{"a": True}] * 99})
    assert told["message"] == {
        "text": "str",
        "n": "int",
        "list": ["int", "str"],
        "none": "NoneType",
    }
    assert len(told["deep"]) < 99


def test_109_of_an_update_of_ours_only_what_is_read_is_kept() -> None:
    """Surnames, user names, titles, quotes and files of a message are left behind."""
    person = {"id": 77, "is_bot": False, "first_name": "Ana", "language_code": "pt-br"}
    more = {"last_name": "Lee", "username": "analee", "is_premium": True}
    quoted = message(8, "an older secret")["message"]
    photo = [{"file_id": "AgAC", "file_unique_id": "x", "width": 1, "height": 1}]

    kept = to_delivery(
        message(9, None, **{"from": person | more}, reply_to_message=quoted, photo=photo), BOT_ID
    ).body["message"]

    assert kept["from"] == person
    assert kept["chat"] == {"id": 77, "type": "private"}
    assert kept["caption"] == ""
    assert set(kept) <= set(FIELDS["message"] or ())


@given(fields=st.dictionaries(NAMES, JSON, max_size=4), pressed=st.booleans())
def test_109_what_is_kept_is_read_as_the_whole_was(fields: dict[str, Any], pressed: bool) -> None:
    """Leaving out what nobody reads changes nothing of what is understood."""
    whole = press(9) if pressed else message(9)
    whole["callback_query" if pressed else "message"] |= fields
    expected = _read(whole)
    # A file in a form that nobody knows is a file still, once it is left behind.
    if expected != "unreadable":
        assert _read(to_delivery(whole, BOT_ID).body) == expected


def _read(body: Any) -> Incoming | str | None:
    try:
        return to_event(body, BOT_ID)
    except UnreadableDelivery:
        return "unreadable"


@pytest.mark.parametrize("kind", ["checkout.session.completed", "charge.refunded"])
async def test_110_nothing_about_the_payer_is_stored(tmp_path: Path, kind: str) -> None:
    """Of Stripe's event there stays what it is about: id, kind, reference and a digest."""
    stripe, clock, database = StripePlace(), Clock(), tmp_path / "bot.db"
    database.write_bytes(empty_database())
    settings = Stripe(SecretStr(API_KEY), SecretStr(WEBHOOK_SECRET), STRIPE_URL)
    config = changed(config_for(database), gateways=Gateways((settings,)))
    sources, chats = Sources(clock, Dice()), Chats((PocketChat(),))
    store = open_store(config.storage.database_url)
    app = await build(config, sources, store, chats, reach=stripe.transport)
    about = {
        "id": "cs_test_1",
        "object": "checkout.session",
        "payment_intent": "pi_1",
        "customer_details": PAYER,
        "billing_details": PAYER,
        "receipt_email": PAYER["email"],
    }
    callback = stripe.signed(event(kind, about), clock())
    web = httpx.AsyncClient(transport=httpx.ASGITransport(app.web), base_url=PUBLIC_URL)
    async with web:
        answer = await web.post(
            "/webhooks/stripe", content=callback.body, headers=callback.headers
        )
    await app.store.close()

    (stored,) = dump(database, "deliveries")["deliveries"]
    body = json.loads(stored["body"])
    assert answer.status_code == 204
    assert set(body) == {"checkout_ref", "event", "kind", "digest"}
    assert (body["event"], body["kind"]) == ("evt_1", kind)
    assert [told for told in PAYER.values() if told in json.dumps(stored)] == []
