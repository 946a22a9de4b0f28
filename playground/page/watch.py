"""Gathers what the played gateways and chats know, for the bar of promises.

A payment counts as late only after hours of the playground's clock and a minute of quiet, so that
nobody is accused who was just killed or sent into the future.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from playground.bot.child import Child
from playground.gateways.gateways import Gateways
from playground.kit.answers import Json, fresh
from playground.kit.clock import Clock
from playground.page.inside import Inside
from playground.page.promises import Outside, Taken, promises
from playground.slack.world.records import SlackError
from playground.slack.world.world import SlackWorld
from playground.stripe import reversals
from playground.telegram.world import TelegramWorld

_LATE = timedelta(hours=2)
_QUIET_SECONDS = 60.0
_NEWEST = 100


@dataclass(frozen=True, slots=True)
class Played:
    """Everything outside of the bot."""

    gateways: Gateways
    slack: SlackWorld
    telegram: TelegramWorld


class Watch:
    """The page's `/world/promises`."""

    def __init__(self, inside: Inside, played: Played, child: Child, clock: Clock) -> None:
        self._inside, self._played = inside, played
        self._child, self._clock = child, clock
        self._disturbed_at = time.monotonic()
        self._waiting = False
        child.listeners.append(self._disturbed)
        clock.listeners.append(self._disturbed)

    def routes(self) -> list[BaseRoute]:
        """`/world/promises`; while something is on its way, each look brings a new reading."""
        return [Route("/world/promises", self._look, methods=["GET"])]

    async def _look(self, _: Request) -> JSONResponse:
        inside = self._inside.look(again=self._waiting)
        found = promises(inside, self._outside(inside)) if inside else []
        self._waiting = any(each.state == "waiting" for each in found)
        return fresh({"ready": self._child.ready, "promises": [asdict(each) for each in found]})

    def _outside(self, inside: Json) -> Outside:
        lines = self._played.gateways.lines.values()
        return Outside(
            taken=tuple(self._taken()),
            unlike=sum(_is_shown_otherwise(card, self._played) for card in inside["cards"]),
            forged=sum(line.toggles.happened["forge"] for line in lines),
            forged_taken=sum(line.forged_taken for line in lines),
        )

    def _taken(self) -> Iterator[Taken]:
        """Stripe's own payments, and the sandbox's as far as its callbacks told of them."""
        quiet = time.monotonic() - self._disturbed_at > _QUIET_SECONDS
        latest = self._clock.now() - _LATE
        for payment, at in list(self._played.gateways.sandbox.paid.items())[-_NEWEST:]:
            yield Taken("sandbox", payment, quiet and at < latest)
        stripe = self._played.gateways.stripe
        for session in stripe.newest("checkout.session")[:_NEWEST]:
            if session["payment_status"] == "paid":
                charge = stripe.charges[stripe.intents[session["payment_intent"]]["latest_charge"]]
                gone, changed_at = reversals.gone(stripe, charge)
                yield Taken(
                    "stripe",
                    session["id"],
                    late=quiet and charge["created"] < latest.timestamp(),
                    gone_minor=gone,
                    gone_late=quiet and changed_at < latest.timestamp(),
                )

    def _disturbed(self) -> None:
        self._disturbed_at = time.monotonic()


def _is_shown_otherwise(card: Json, played: Played) -> bool:
    """Whether the card's message lacks its title; a message that is gone tells nothing."""
    if card["waiting"] or card["given_up"]:
        return False
    match card["platform"], card["message"]:
        case "slack", [channel, ts]:
            said = _of_slack(played.slack, channel, ts)
        case "telegram", [chat, number]:
            said = _of_telegram(played.telegram, chat, number)
        case _:
            return False
    return said is not None and card["title"] not in said


def _of_slack(slack: SlackWorld, channel: str, ts: str) -> str | None:
    try:
        message = slack.message(channel, ts)
    except SlackError:
        return None
    return message.text + json.dumps(message.blocks, ensure_ascii=False)


def _of_telegram(telegram: TelegramWorld, chat: str, number: str) -> str | None:
    try:
        message = telegram.message(int(chat), int(number))
    except ValueError:
        return None
    return None if message is None else message.text
