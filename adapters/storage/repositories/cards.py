"""Rows of cards: what each message should show, and what it shows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    bindparam,
    case,
    delete,
    func,
    select,
    update,
)

from adapters.storage.schema.statements import expect_one, insert
from adapters.storage.schema.tables_chat import cards, refused, told
from conversations.protocol.places import Chat, Place, read_chat, threads_prefix, write_place
from conversations.protocol.ports import MessageRef, Verdict
from conversations.protocol.records import Card, RefusedCards
from conversations.protocol.views import View

_VIEW: TypeAdapter[View] = TypeAdapter(View)
# Statements are built once: building them is most of what a short transaction would cost.
_ADD = insert(cards).on_conflict_do_nothing(index_elements=["id"])
_CARD = select(cards).where(cards.c.id == bindparam("this"))
_LOCKED_CARD = _CARD.with_for_update()
_SET = update(cards).where(cards.c.id == bindparam("this"))
_WAITING = (
    select(cards.c.tenant, cards.c.chat)
    .distinct()
    .where(
        cards.c.platform == bindparam("on"),
        cards.c.shown_rev < cards.c.wanted_rev,
        cards.c.given_up_rev < cards.c.wanted_rev,
    )
    .order_by(cards.c.tenant, cards.c.chat)
)
# What is wanted anew counts from now on for the retention, too.
_SAVE = _SET.values(
    noted_at=case((cards.c.wanted_rev == bindparam("as_wanted"), cards.c.noted_at), else_=None)
)
# A place and its threads.
_WITHIN = (cards.c.chat == bindparam("at")) | (
    func.substr(cards.c.chat, 1, func.length(bindparam("inside"))) == bindparam("inside")
)
_BLOCKED = (
    select(cards)
    .where(cards.c.platform == bindparam("on"), cards.c.tenant == bindparam("of"))
    .order_by(cards.c.position)
    .with_for_update()
)
# Cards that were given up by older versions say no verdict.
_REFUSED_OR_GIVEN_UP = refused | (
    (cards.c.given_up_rev == cards.c.wanted_rev) & (cards.c.shown_rev < cards.c.wanted_rev)
)
_REFUSED_FOR = refused & (cards.c.refused == bindparam("why"))
_PLACE = (cards.c.platform, cards.c.tenant, cards.c.chat, cards.c.refused)
_REFUSALS = (
    select(*_PLACE, func.max(cards.c.error).label("said"), func.count().label("many"))
    .where(told)
    .group_by(*_PLACE)
    .order_by(*_PLACE)
)
_DUE = (
    select(cards)
    .where(
        cards.c.platform == bindparam("on"),
        cards.c.tenant == bindparam("of"),
        cards.c.chat == bindparam("this"),
        cards.c.shown_rev < cards.c.wanted_rev,
        cards.c.given_up_rev < cards.c.wanted_rev,
    )
    .order_by(cards.c.position)
    .limit(bindparam("most"))
)


class CardRows:
    """Messages wanted and shown."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, card: Card) -> bool:
        """Insert it; False where there is a card of that id."""
        place = {"platform": card.chat.platform, "tenant": card.chat.tenant, "chat": card.chat.id}
        row = {"id": card.id, "person": card.person} | place | _columns(card)
        return self._connection.execute(_ADD, row).rowcount == 1

    def get(self, card: str) -> Card | None:
        """The card with that id."""
        row = self._connection.execute(_CARD, {"this": card}).first()
        return _card(row) if row else None

    def lock(self, card: str) -> Card | None:
        """The same, to be changed: who else would change it waits."""
        row = self._connection.execute(_LOCKED_CARD, {"this": card}).first()
        return _card(row) if row else None

    def save(self, card: Card) -> None:
        """Write everything but whose it is and where. Raises LookupError."""
        this = {"this": card.id, "as_wanted": card.wanted_rev}
        result = self._connection.execute(_SAVE, this | _columns(card))
        expect_one(result, f"card {card.id}")

    def due_in(self, chat: Chat, limit: int) -> Sequence[Card]:
        """Cards of a chat that do not show what they should, in the order first wanted."""
        where = {"on": chat.platform, "of": chat.tenant, "this": chat.id, "most": limit}
        return [_card(row) for row in self._connection.execute(_DUE, where)]

    def waiting(self, platform: str) -> Sequence[Chat]:
        """Chats with a card that is due."""
        found = self._connection.execute(_WAITING, {"on": platform})
        return [read_chat(platform, row.tenant, row.chat) for row in found]

    def lock_blocked(
        self, platform: str, tenant: str, place: Place | None, why: str | None
    ) -> Sequence[Card]:
        """What is refused or given up in a place and its threads, or in all, locked to be changed.

        Of one verdict, or whatever it is for.
        """
        there = {"on": platform, "of": tenant}
        if place is not None:
            there |= {"at": write_place(place), "inside": threads_prefix(place)}
        if why is not None:
            there["why"] = why
        found = self._connection.execute(_blocked(place is not None, why is not None), there)
        return [_card(row) for row in found]

    def refusals(self) -> Sequence[RefusedCards]:
        """What only a person can help and nobody dismissed, chat by chat."""
        return [
            RefusedCards(
                read_chat(row.platform, row.tenant, row.chat),
                Verdict(row.refused),
                row.said,
                row.many,
            )
            for row in self._connection.execute(_REFUSALS)
        ]

    def move(self, chat: Chat, to: str) -> None:
        """The chat has another id now; its messages so far cannot be edited from there."""
        moved = update(cards).where(*_in(chat), cards.c.chat == chat.id)
        self._connection.execute(moved.values(chat=to, message_chat=None, message_id=None))

    def rename(self, card: str, name: str) -> None:
        """A card goes by another id from now on, and is shown anew; no such card is no error.

        Where there is a card of that id already, that one tells it, and this one is dropped.
        """
        if self.get(name) is not None:
            self._connection.execute(delete(cards).where(cards.c.id == card))
            return
        anew = {"shown_rev": 0, "given_up_rev": 0, "tries": 0, "refused": None, "dismissed": None}
        renamed = update(cards).where(cards.c.id == card)
        values = anew | {"id": name, "message_chat": None, "message_id": None}
        self._connection.execute(renamed.values(values))


@cache
def _blocked(in_one_chat: bool, for_one_verdict: bool) -> Select[Any]:
    found = _BLOCKED.where(_REFUSED_FOR if for_one_verdict else _REFUSED_OR_GIVEN_UP)
    return found.where(_WITHIN) if in_one_chat else found


def _in(chat: Chat) -> tuple[ColumnElement[bool], ...]:
    return cards.c.platform == chat.platform, cards.c.tenant == chat.tenant


def _columns(card: Card) -> dict[str, Any]:
    return {
        "locale": card.locale,
        "zone": card.zone,
        "subject": card.subject,
        "wanted_view": _VIEW.dump_json(card.wanted).decode(),
        "wanted_rev": card.wanted_rev,
        "shown_rev": card.shown_rev,
        "given_up_rev": card.given_up_rev,
        "message_chat": card.message.chat if card.message else None,
        "message_id": card.message.id if card.message else None,
        "tries": card.tries,
        "error": card.error,
        "refused": card.refused,
        "dismissed": card.dismissed,
    }


def _card(row: Row[Any]) -> Card:
    message = None if row.message_id is None else MessageRef(row.message_chat, row.message_id)
    return Card(
        id=row.id,
        chat=read_chat(row.platform, row.tenant, row.chat),
        person=row.person,
        locale=row.locale,
        zone=row.zone,
        wanted=_VIEW.validate_json(row.wanted_view),
        wanted_rev=row.wanted_rev,
        shown_rev=row.shown_rev,
        message=message,
        subject=row.subject,
        tries=row.tries,
        given_up_rev=row.given_up_rev,
        error=row.error,
        refused=None if row.refused is None else Verdict(row.refused),
        dismissed=None if row.dismissed is None else Verdict(row.dismissed),
    )
