"""Makes every card show what it should: in order, with retries, edited in place. No decisions."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.cards import chat_of
from bot.desk import Desk, Point
from bot.lanes import back_off
from bot.links import PayLink, Press, sign_pay_link, sign_press
from bot.ports import Card, Claim, Store, Tx
from conversations.actions import OpenPayPage
from conversations.ports import Button, ChatAdapter, ChatError, Message
from conversations.views import Choice

BATCH_MAX = 10
TRIES_MAX = 30
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Deliverer:
    """Shows wanted cards through the chat adapters."""

    rows: Store
    adapters: Mapping[str, ChatAdapter]
    desk: Desk
    public_url: str

    async def work(self, claim: Claim) -> datetime | None:
        """Show what one chat is waiting for; says when to go on, if not everything is shown."""
        chat = chat_of(claim.key)
        due = await self.rows.transact(lambda tx: tx.cards.due(chat, BATCH_MAX))
        for card in due:
            wait = await self._show(card, claim)
            if wait is not None:
                return self.desk.sources.now() + wait
        return self.desk.sources.now() if len(due) == BATCH_MAX else None

    async def _show(self, card: Card, claim: Claim) -> timedelta | None:
        adapter = self.adapters.get(card.chat.platform)
        if adapter is None:
            # Configured away for now; the card waits until its platform is back.
            return timedelta(minutes=5)
        try:
            message = self.dress(card)
            shown = await adapter.show(card.chat, message, replacing=card.message)
        except ChatError as error:
            return await self._failed(card, error)
        self.desk.reached(Point.CARD_SENT)

        def work(tx: Tx) -> bool:
            held = tx.lanes.holds(claim)
            tx.cards.shown(card.id, card.wanted_rev, shown)
            return held

        # Whoever took the lane over meanwhile shows the rest.
        return None if await self.rows.transact(work) else timedelta(0)

    async def _failed(self, card: Card, error: ChatError) -> timedelta | None:
        """How long to wait before this chat's next try; None to go on with its next card."""
        log.warning("card_not_shown card=%s error=%s", card.id, error)

        def work(tx: Tx) -> timedelta | None:
            if error.lost:
                tx.cards.forget_message(card.id)
                return timedelta(0)
            now = tx.cards.get(card.id)
            if now is None or now.wanted_rev != card.wanted_rev:
                # What failed is not wanted any more; what is wanted has not been tried.
                return error.retry_after or timedelta(0)
            tries = tx.cards.failed(card.id, str(error))
            if error.gone or tries >= TRIES_MAX:
                tx.cards.give_up(card.id, str(error))
                return None
            return error.retry_after or back_off(tries)

        return await self.rows.transact(work)

    def dress(self, card: Card) -> Message:
        """The card's view with its choices signed for this card and revision."""
        lines: list[tuple[Button, ...]] = []
        index = 0
        for line in card.wanted.choices:
            buttons = []
            for choice in line:
                buttons.append(self._button(card, choice, index))
                index += 1
            lines.append(tuple(buttons))
        return Message(card.wanted, tuple(lines), card.subject)

    def _button(self, card: Card, choice: Choice, index: int) -> Button:
        token = sign_press(Press(card.id, card.wanted_rev, index), self.desk.secret)
        url = None
        if isinstance(choice.action, OpenPayPage):
            link = PayLink(choice.action.top_up, choice.action.revision)
            url = f"{self.public_url}/pay/{sign_pay_link(link, self.desk.secret)}"
        return Button(
            label=choice.label,
            style=choice.style,
            token=None if url else token,
            url=url,
            confirm=choice.confirm,
        )
