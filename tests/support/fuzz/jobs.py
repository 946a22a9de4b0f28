"""The lanes of the fuzzer: what each tries, and how often in earnest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from adapters.chat.slack.events import to_event as slack_event
from adapters.chat.slack.payloads import stored_body
from adapters.chat.telegram.events import to_event as telegram_event
from conversations.protocol.ports import Incoming
from tests.adapters.slack.test_slack_events import COMMAND, MESSAGE, PRESS
from tests.support.chats.telegram_bot_api import BOT_ID, message, press
from tests.support.fuzz import fuzzing
from tests.support.fuzz.fuzzing import Progress
from tests.support.fuzz.http import http
from tests.support.fuzz.people import other_people
from tests.support.fuzz.work import work

Lane = Callable[[int, int, Progress], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """A lane, and how many tries the long run gives it."""

    run: Lane
    tries: int


def plans() -> dict[str, Plan]:
    """Every lane by name."""
    slack_bodies = [body for body in map(stored_body, (COMMAND, MESSAGE, PRESS)) if body]
    updates = [dict(message(1, "/topup 50 USD")), dict(message(2)), dict(press(3))]
    return {
        "amounts": Plan(fuzzing.amounts, 200_000),
        "own currencies": Plan(fuzzing.own_currencies, 20_000),
        "histories": Plan(fuzzing.histories, 50_000),
        "slack deliveries": Plan(fuzzing.deliveries(slack_event, slack_bodies), 100_000),
        "telegram updates": Plan(fuzzing.deliveries(_telegram, updates), 50_000),
        "presses": Plan(fuzzing.presses, 100_000),
        "other people": Plan(other_people, 100_000),
        "http": Plan(http, 20_000),
        "pay links": Plan(fuzzing.pay_links, 100_000),
        "work and memory": Plan(work, 2_000),
    }


def _telegram(body: dict[str, Any]) -> Incoming | None:
    return telegram_event(body, BOT_ID)
