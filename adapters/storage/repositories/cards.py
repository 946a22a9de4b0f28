"""Rows of cards: what each message should show, and what it shows. They send nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    bindparam,
    case,
    delete,
    func,
    select,
    update,
)

from adapters.storage.schema.statements import expect_one, insert
from adapters.storage.schema.tables_chat import cards, refused, told
from conversations.protocol.ports import IN_THREAD, Chat, MessageRef, Verdict
from conversations.protocol.records import Card, Refusals
from conversations.protocol.views import View

_VIEW: TypeAdapter[View] = TypeAdapter(View)
_FIRST_REVISION = 1
_SHOWN_OF = attrgetter("wanted", "locale", "zone", "subject")

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
_SHOWN = _SET.where(cards.c.shown_rev <= bindparam("revision")).values(
    refused=None,
    dismissed=None,
    # Tries at a newer revision that is wanted by now are not this one's.
    tries=case((cards.c.wanted_rev == bindparam("revision"), 0), else_=cards.c.tries),
)
_WITHIN = (cards.c.chat == bindparam("at")) | (
    func.substr(cards.c.chat, 1, func.length(bindparam("inside"))) == bindparam("inside")
)
_CAME_BACK = (
    update(cards)
    .where(
        refused,
        cards.c.platform == bindparam("on"),
        cards.c.tenant == bindparam("of"),
        _WITHIN,
        cards.c.refused == Verdict.GONE,
        cards.c.given_up_rev == cards.c.wanted_rev,
    )
    .values(given_up_rev=0, tries=0)
    .returning(cards.c.chat)
)
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

    def want(self, card: Card) -> Card:
        """Insert, or raise `wanted_rev` of the card with that id when its view differs.

        Locale, zone and subject count as part of what is shown; the chat never changes.
        """
        fresh = replace(card, wanted_rev=_FIRST_REVISION, shown_rev=0, tries=0)
        row = _looks(card) | {
            "id": card.id,
            "platform": card.chat.platform,
            "tenant": card.chat.tenant,
            "chat": card.chat.id,
            "person": card.person,
            "wanted_rev": _FIRST_REVISION,
            "message_chat": card.message.chat if card.message else None,
            "message_id": card.message.id if card.message else None,
        }
        if self._connection.execute(_ADD, row).rowcount == 1:
            return fresh
        return self._want_again(card)

    def get(self, card: str) -> Card | None:
        """The card with that id."""
        row = self._connection.execute(_CARD, {"this": card}).first()
        return _card(row) if row else None

    def lock(self, card: str) -> Card | None:
        """The same, to be changed: who else would change it waits."""
        row = self._connection.execute(_LOCKED_CARD, {"this": card}).first()
        return _card(row) if row else None

    def due(self, chat: Chat, limit: int) -> Sequence[Card]:
        """Cards of a chat that do not show what they should, in the order first wanted."""
        where = {"on": chat.platform, "of": chat.tenant, "this": chat.id, "most": limit}
        return [_card(row) for row in self._connection.execute(_DUE, where)]

    def waiting(self, platform: str) -> Sequence[Chat]:
        """Chats with a card that is due."""
        found = self._connection.execute(_WAITING, {"on": platform})
        return [Chat(platform, row.tenant, row.chat) for row in found]

    def shown(self, card: str, revision: int, message: MessageRef | None) -> None:
        """That message shows this revision now, or none has to; word of an older one is void."""
        chat, id = (message.chat, message.id) if message else (None, None)
        told = {"message_chat": chat, "message_id": id, "error": None}
        shown = {"this": card, "revision": revision, "shown_rev": revision}
        self._connection.execute(_SHOWN, shown | told)

    def show_again(self, card: str) -> None:
        """What it should show is to be sent once more, whoever is sending it now."""
        again = update(cards).where(cards.c.id == card).values(wanted_rev=cards.c.wanted_rev + 1)
        self._connection.execute(again)

    def forget_message(self, card: str) -> None:
        """The message is gone from the platform: the next showing posts a new one."""
        self._set(card, message_chat=None, message_id=None)

    def failed(self, card: str, error: str, *, up_to: int) -> int:
        """Counts one more try, where there were fewer than `up_to`; how many there are now.

        Raises LookupError.
        """
        tries = case((cards.c.tries < up_to, cards.c.tries + 1), else_=cards.c.tries)
        statement = _SET.values(tries=tries, error=error).returning(cards.c.tries)
        counted: int | None = self._connection.execute(statement, {"this": card}).scalar()
        if counted is None:
            raise LookupError(f"no card {card}")
        return counted

    def refuse(self, card: str, why: Verdict) -> None:
        """Only a person can help: it is told among `refusals` until it is shown."""
        self._set(card, refused=why)

    def give_up(self, card: str, error: str, why: Verdict) -> None:
        """Never try this revision again; a newer one may be shown. Raises LookupError."""
        statement = _SET.values(given_up_rev=cards.c.wanted_rev, error=error, refused=why)
        expect_one(self._connection.execute(statement, {"this": card}), f"card {card}")

    def came_back(self, chat: Chat) -> Sequence[Chat]:
        """The chat takes messages: what was given up because it was gone is due again.

        It stands for its threads, and a thread for its chat. Those in which something waits now.
        """
        whole = chat.id.partition(IN_THREAD)[0]
        here = {"on": chat.platform, "of": chat.tenant, "at": whole}
        found = self._connection.execute(_CAME_BACK, here | {"inside": f"{whole}{IN_THREAD}"})
        waiting = sorted({row.chat for row in found})
        return [Chat(chat.platform, chat.tenant, each) for each in waiting]

    def refusals(self) -> Sequence[Refusals]:
        """What only a person can help and nobody dismissed, chat by chat."""
        return [
            Refusals(
                Chat(row.platform, row.tenant, row.chat), Verdict(row.refused), row.said, row.many
            )
            for row in self._connection.execute(_REFUSALS)
        ]

    def dismiss(self, platform: str, tenant: str, chat: str | None, why: str) -> bool:
        """Tell no more of what is not shown for this verdict, in one chat or in all.

        Until there is something newer to show. False where there was nothing to tell.
        """
        there = update(cards).where(
            told,
            cards.c.platform == platform,
            cards.c.tenant == tenant,
            cards.c.refused == why,
        )
        if chat is not None:
            there = there.where(cards.c.chat == chat)
        closed = self._connection.execute(there.values(dismissed=cards.c.refused))
        return closed.rowcount > 0

    def move(self, chat: Chat, to: str) -> None:
        """The chat has another id now; its messages so far cannot be edited from there."""
        moved = update(cards).where(*_in(chat), cards.c.chat == chat.id)
        self._connection.execute(moved.values(chat=to, message_chat=None, message_id=None))

    def show_as(self, card: str, name: str) -> None:
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

    def revive(self, chat: Chat) -> Sequence[Chat]:
        """What was given up in a chat is due again; the chat and the threads in it that wait."""
        within = (cards.c.chat == chat.id) | cards.c.chat.startswith(
            f"{chat.id}{IN_THREAD}", autoescape=True
        )
        given_up = (cards.c.given_up_rev == cards.c.wanted_rev) & (
            cards.c.shown_rev < cards.c.wanted_rev
        )
        statement = (
            update(cards)
            .where(*_in(chat), within, given_up)
            .values(given_up_rev=0, tries=0, refused=None, dismissed=None)
            .returning(cards.c.chat)
        )
        waiting = sorted({row.chat for row in self._connection.execute(statement)})
        return [Chat(chat.platform, chat.tenant, each) for each in waiting]

    def _want_again(self, card: Card) -> Card:
        stored = self.lock(card.id)
        if stored is None:
            raise LookupError(f"no card {card.id}")
        if _SHOWN_OF(stored) == _SHOWN_OF(card):
            return stored
        wanted = replace(
            stored,
            locale=card.locale,
            zone=card.zone,
            subject=card.subject,
            wanted=card.wanted,
            wanted_rev=stored.wanted_rev + 1,
            tries=0,
        )
        anew = {"wanted_rev": wanted.wanted_rev, "tries": 0, "error": None, "dismissed": None}
        self._set(card.id, **_looks(card), **anew, noted_at=None)
        return wanted

    def _set(self, card: str, **values: Any) -> None:
        result = self._connection.execute(_SET, values | {"this": card})
        expect_one(result, f"card {card}")


def _in(chat: Chat) -> tuple[ColumnElement[bool], ...]:
    return cards.c.platform == chat.platform, cards.c.tenant == chat.tenant


def _looks(card: Card) -> dict[str, Any]:
    return {
        "locale": card.locale,
        "zone": card.zone,
        "subject": card.subject,
        "wanted_view": _VIEW.dump_json(card.wanted).decode(),
    }


def _card(row: Row[Any]) -> Card:
    message = None if row.message_id is None else MessageRef(row.message_chat, row.message_id)
    return Card(
        id=row.id,
        chat=Chat(row.platform, row.tenant, row.chat),
        person=row.person,
        locale=row.locale,
        zone=row.zone,
        wanted=_VIEW.validate_json(row.wanted_view),
        wanted_rev=row.wanted_rev,
        shown_rev=row.shown_rev,
        message=message,
        subject=row.subject,
        tries=row.tries,
    )
