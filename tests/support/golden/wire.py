"""What Slack and Telegram send, one of each kind that is understood."""

from __future__ import annotations

from typing import Any

from adapters.chat.slack.events import read_delivery, uninstall_delivery
from adapters.chat.telegram.events import to_delivery
from conversations.protocol.ports import Delivery
from tests.support.bots.bot_place import START
from tests.support.chats.telegram_bot_api import BOT_ID

Json = dict[str, Any]

TOKEN = "RYvoNdFSWvsAAgGFOI5YiXzk0A"
DRAFT = "00000000000000d0"
PERSON = {"id": 88, "is_bot": False, "first_name": "Hal", "language_code": "de"}
PRIVATE = {"id": 88, "type": "private", "first_name": "Hal"}
_USER = {"id": "U7", "username": "gil", "name": "gil", "team_id": "T1"}
_PERSON = {"team": {"id": "T1", "domain": "acme"}, "user": _USER, "channel": {"id": "C1"}}
_FILLED = {
    "account": {"account": {"selected_option": {"value": "team-a"}}},
    "amount": {"amount": {"value": "1,000.50"}},
    "currency": {"currency": {"selected_option": {"value": "USD"}}},
    "method": {"method": {"selected_option": {"value": "card"}}},
}
_VIEW = {
    "id": "V1",
    "hash": "h1",
    "type": "modal",
    "callback_id": "topup_form",
    "private_metadata": f"{DRAFT} C1",
    "state": {"values": _FILLED},
}
_CARD = {"event_type": "topup_card", "event_payload": {"card": "00000000000000a1"}}


def _event(event: Json) -> Json:
    return {"type": "event_callback", "team_id": "T1", "event_id": f"Ev{len(str(event))}"} | {
        "event": event
    }


def _pressed(**more: Any) -> Json:
    return {"type": "block_actions", "trigger_id": "5.6", **_PERSON, **more}


SLACK: dict[str, Json] = {
    "command": {
        "command": "/topup",
        "team_id": "T1",
        "user_id": "U7",
        "user_name": "gil",
        "channel_id": "C1",
        "text": "50 USD card",
        "trigger_id": "1.2",
    },
    "message": _event(
        {"type": "message", "channel_type": "im", "channel": "D7", "user": "U7", "text": "50 eur"}
    ),
    "home": _event({"type": "app_home_opened", "user": "U7", "tab": "home"}),
    "press": _pressed(actions=[{"action_id": "press:0:1", "block_id": "b", "value": TOKEN}]),
    "link": _pressed(actions=[{"action_id": "open:0:0", "url": "https://bot.example/pay/x"}]),
    "choice": _pressed(trigger_id="5.7", view=_VIEW, actions=[{"action_id": "account"}]),
    "form": {"type": "view_submission", "trigger_id": "7.8", **_PERSON, "view": _VIEW},
    "form at home": {
        "type": "view_submission",
        "trigger_id": "7.9",
        **_PERSON,
        "view": _VIEW | {"private_metadata": f"{DRAFT} -"},
    },
    "form of before": {
        "type": "view_submission",
        "trigger_id": "7.10",
        **_PERSON,
        "view": _VIEW | {"private_metadata": DRAFT},
    },
    "shortcut": {"type": "shortcut", "callback_id": "topup_begin", "trigger_id": "9.1", **_PERSON},
    "about": {
        "type": "message_action",
        "callback_id": "topup_about",
        "trigger_id": "9.2",
        **_PERSON,
        "message": {"metadata": _CARD},
    },
    "uninstalled": {
        **_event({"type": "app_uninstalled"}),
        "event_time": 1_795_000_000,
        "team_id": "T9",
    },
}


def _message(**fields: Any) -> Json:
    return {"message_id": 9, "date": 1, "from": PERSON, "chat": PRIVATE, **fields}


_GROUP = {"id": -1001, "type": "supergroup"}

TELEGRAM: dict[str, Json] = {
    "words": {"update_id": 201, "message": _message(text="50 eur")},
    "command": {"update_id": 202, "message": _message(text="/topup 50 USD card")},
    "topic": {"update_id": 203, "message": _message(text="/balance")},
    "start": {"update_id": 204, "message": _message(text="/start")},
    "deep link": {"update_id": 205, "message": _message(text=f"/start p_{TOKEN}")},
    "photo": {"update_id": 206, "message": _message(caption="20 usd")},
    "in a group": {
        "update_id": 207,
        "message": _message(chat=_GROUP, text="/topup@topup_bot 20 USD"),
    },
    "in a topic": {
        "update_id": 208,
        "message": _message(
            chat=_GROUP, text="/topup", is_topic_message=True, message_thread_id=5
        ),
    },
    "press": {
        "update_id": 209,
        "callback_query": {
            "id": "q209",
            "from": PERSON,
            "chat_instance": "1",
            "message": _message(text="?"),
            "data": TOKEN,
        },
    },
    "group moved": {
        "update_id": 210,
        "message": _message(
            chat={"id": -55, "type": "group", "title": "Ops"}, migrate_to_chat_id=-1055
        ),
    },
    "let in": {
        "update_id": 211,
        "my_chat_member": {
            "chat": PRIVATE,
            "from": PERSON,
            "date": 1,
            "old_chat_member": {"status": "kicked"},
            "new_chat_member": {"status": "member"},
        },
    },
}
HINT = {"checkout_ref": "cs_golden", "event": "evt_1", "kind": "payment.paid", "digest": "0" * 64}


def read_slack(payload: Json) -> Delivery | None:
    """A payload as it is stored, its request's bytes being the payload's text."""
    raw = str(payload)
    return read_delivery(payload, raw) or uninstall_delivery(payload, raw, START)


def read_telegram(update: Json) -> Delivery:
    """An update as it is stored."""
    return to_delivery(update, BOT_ID)
