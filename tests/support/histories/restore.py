"""Histories in which an older backup takes the database's place. What was paid is never lost.

What people saw in the chats of the time that was lost nobody edits any more; so the chat platform
is set back as well.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import timedelta
from functools import partial

from hypothesis.stateful import precondition, rule

from conversations.protocol.ports import MessageRef
from service.money import recovery
from service.money.recovery import RestoredDatabase
from tests.support.bots.bot_place import START
from tests.support.histories.end import ends
from tests.support.histories.machine import Histories
from tests.support.histories.rows import driver
from tests.support.histories.world import World

LOOKED_FOR = timedelta(days=10)


class RestoredHistories(Histories):
    """All that may happen, and besides somebody makes backups and goes back to them."""

    def __init__(self) -> None:
        super().__init__()
        self.image: bytes | None = None
        self.looked_for = START

    @rule()
    def is_backed_up(self) -> None:
        """Somebody makes a backup."""
        self.image = backed_up(self.world)

    @precondition(lambda self: self.image is not None)
    @rule()
    def is_set_back(self) -> None:
        """The bot is stopped, the newest backup takes the database's place, and a bot starts."""
        set_back(self.world, self.image or b"")
        self.looked_for = self.world.clock() + LOOKED_FOR

    def teardown(self) -> None:
        """As ever; what is not known is looked for in the gateways' lists, which takes a while."""
        if sys.exc_info()[0] is None:
            self.world.fuse = None
            for gateway in self.world.gateways.values():
                gateway.trouble, gateway.stale = None, False
            for _ in range(3):
                self.world.clock.advance(days=1)
                self.world.works()
            ends(self.world, self.looked_for)
        self.world.close()


def backed_up(world: World) -> bytes:
    """A copy of the database as it is now."""
    note = partial(recovery.note_backup, name="image", reason="history", now=world.clock())
    world.run(world.store.transact(note))
    return driver(world._connection).serialize()


def set_back(world: World, image: bytes) -> None:
    """As `topup-bot restore` does it; the gateways keep their books."""
    replaced = world.run(world.store.transact(lambda tx: tx.marks.read()))
    driver(world._connection).deserialize(image)
    tables = world.tables()
    world.before = {}
    world.accepted &= {each["sender_id"] for each in tables["deliveries"]}
    for gateway in world.gateways.values():
        gateway.orders.clear()
    _set_chat_back(world)
    why = RestoredDatabase("image", None, "history")
    world.run(recovery.begin_recovery(world.store, why, replaced, world.clock()))
    world._start()


def _set_chat_back(world: World) -> None:
    chat = world.chat
    chat.posts.clear()
    chat.excused.clear()
    for card in world.tables()["cards"]:
        ref = MessageRef(card["message_chat"], card["message_id"])
        if ref in chat.messages and card["shown_rev"] == card["wanted_rev"]:
            title, message = json.loads(card["wanted_view"])["title"], chat.messages[ref]
            chat.messages[ref] = replace(message, view=replace(message.view, title=title))
