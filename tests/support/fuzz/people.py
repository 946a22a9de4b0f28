"""Genuine buttons in other people's hands, thousands of them: nobody but their person is heard."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from random import Random

from conversations.protocol.events import ConversationKey, Membership
from conversations.protocol.ports import Incoming, Pressed
from conversations.protocol.views import Toast
from service.chat.turns import Turn, take_turn
from service.common.context import context_of
from service.ports.store import Link, LinkKind, Tx
from tests.support.bots.bot_place import ACCOUNT, ANA, BEN, EVE, START, BotPlace, Rows, bot_place
from tests.support.chats.pocket_chat import PLATFORM, TENANT
from tests.support.fuzz.fuzzing import Progress

TOGETHER = 100
OTHERS_MAX = 20
PLATFORMS = (PLATFORM, "slack", "telegram")


def other_people(seed: int, tries: int, progress: Progress) -> None:
    """Whoever presses what was signed for Ana is told off, in her very chat as elsewhere."""
    dice = Random(seed)
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        stack = AsyncExitStack()
        place = runner.run(stack.enter_async_context(bot_place(Path(folder))))
        try:
            runner.run(place.app.store.transact(_let_everybody_in))
            tokens = runner.run(_buttons(place))
            before = place.money(), _hers(place)
            for first in range(0, tries, TOGETHER):
                presses = min(TOGETHER, tries - first)
                work = partial(_pressed, place=place, dice=dice, tokens=tokens, presses=presses)
                runner.run(place.app.store.transact(work))
                for _ in range(presses):
                    progress()
            assert (place.money(), _hers(place)) == before
        finally:
            runner.run(stack.aclose())


def _let_everybody_in(tx: Tx) -> None:
    """Also her namesakes in other workspaces and chats: only whose button it is may count."""
    for platform in PLATFORMS:
        for person in (ANA, BEN):
            tx.accounts.link(Link(ACCOUNT, platform, "", LinkKind.PERSON, person), START)


async def _buttons(place: BotPlace) -> list[str]:
    """Every button of a top-up that waits for money, and of the review of another."""
    await place.asks_for(ANA)
    await place.does(ANA, text="/topup 20 card")
    await place.presses(ANA, "Start a new top-up")
    shown = place.chat.seen_by(ANA)
    labels = [(one.label, one.token) for card in shown for line in card.buttons for one in line]
    assert {"Cancel this top-up", "Show QR code", "Cancel"} <= {label for label, _ in labels}
    return [token for _, token in labels if token]


def _hers(place: BotPlace) -> Rows:
    """Her cards; that others read what they were told is no harm."""
    hers = {"platform": PLATFORM, "tenant": TENANT, "person": ANA}
    return [row for row in place.rows("cards") if row | hers == row]


def _pressed(tx: Tx, *, place: BotPlace, dice: Random, tokens: list[str], presses: int) -> None:
    for _ in range(presses):
        key, token = _other(dice), dice.choice(tokens)
        event = Pressed(token, form=dice.random() < 0.5, by_link=dice.random() < 0.2)
        turn = Turn(Incoming(key, event, membership=Membership.MEMBER), prompt=dice.random() < 0.5)
        replies = take_turn(context_of(tx, place.app.services), turn)
        told_off = len(replies) == 1 and isinstance(replies[0], Toast) and replies[0].alert
        assert told_off or event.by_link, (key, token, replies)


def _other(dice: Random) -> ConversationKey:
    """Who may use the account, who may not, and Ana's namesakes elsewhere; in any chat."""
    while True:
        person = dice.choice([ANA, BEN, EVE, f"p{dice.randrange(OTHERS_MAX)}"])
        platform, tenant = (
            dice.choice(PLATFORMS),
            dice.choice([TENANT, "T2"]),
        )
        if (platform, tenant, person) != (PLATFORM, TENANT, ANA):
            chat = dice.choice([f"dm-{ANA}", f"dm-{person}"])
            return ConversationKey(platform, tenant, chat, person)
