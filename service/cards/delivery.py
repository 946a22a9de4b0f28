"""Shows every card as it should be: in order, with retries, edited in place."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from conversations.protocol.actions import CopyText, DropDraft, OpenPayPage
from conversations.protocol.delivery import ChatReachable, Failed, Overtaken, Shown, is_given_up
from conversations.protocol.places import Chat
from conversations.protocol.ports import (
    Button,
    ChatAdapter,
    ChatError,
    Message,
    MessageRef,
    Picture,
    Verdict,
)
from conversations.protocol.views import Choice, PayQrCode
from service.cards import places
from service.cards.cards import save_chat_reachable, save_outcome, schedule_showing
from service.cards.pictures import qr_png
from service.common.context import context_of
from service.common.fail_points import FailPoint
from service.common.services import Services
from service.common.signed_tokens import PayLink, Press, sign_pay_link, sign_press
from service.lanes import pacing
from service.lanes.keys import read_chat_key
from service.lanes.lanes import retry_transact
from service.ports.store import Card, Claim, Store, Tx

AWAY_PAUSE = timedelta(minutes=5)
# Cards of a chat that are looked through while real money is closed.
AT_ONCE_CLOSED = 100
# Adapters give up sooner; whatever they do, the lease lasts longer.
SEND_SECONDS = 30.0
# A card with one of these leads to a payment, or to the card of one by an edit.
_PAYING = (DropDraft, OpenPayPage)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Deliverer:
    """Shows wanted cards through the chat adapters."""

    store: Store
    adapters: Mapping[str, ChatAdapter]
    services: Services
    public_url: str

    async def work(self, claim: Claim) -> datetime | None:
        """Show one card that a chat is waiting for; says when to go on, if there is more.

        Never two: whoever stops meanwhile waits for one message at most, and no lease runs out.
        """
        card = await self.store.transact(lambda tx: self._next(tx, claim))
        if not isinstance(card, Card):
            return card
        if card.wanted.away and card.message is None:
            # It never came, or is gone already.
            return await retry_transact(self.store, lambda tx: self._shown(tx, card, None, claim))
        return await self._show(card, claim)

    def _next(self, tx: Tx, claim: Claim) -> Card | datetime | None:
        """The chat's next card, counted as sent; or when to ask again."""
        chat, now = read_chat_key(claim.key), self.services.sources.now()
        if not tx.lanes.holds(claim):
            # Whoever took the lane over shows the rest.
            return None
        card = self._due(tx, chat)
        adapter = self.adapters.get(chat.platform)
        if card is None:
            return None
        if adapter is None:
            # Configured away for now; the card waits until its platform is back.
            return now + AWAY_PAUSE
        paces = adapter.paces(chat, edit=card.message is not None)
        return pacing.reserve_send(tx, chat, paces, now) or card

    def _due(self, tx: Tx, chat: Chat) -> Card | None:
        """The next card; in what may be a copy, the next that tells of no real money."""
        if self.services.live_open:
            # One at a time: after each the chat is due again while there are more.
            return next(iter(tx.cards.due_in(chat, 1)), None)
        # What waits behind so many of those is shown, as they are, when somebody confirmed it.
        for card in tx.cards.due_in(chat, AT_ONCE_CLOSED):
            top_up = tx.top_ups.get(card.subject) if card.subject else None
            if top_up is None or self.services.deals_in(top_up.mode):
                return card
        return None

    async def _show(self, card: Card, claim: Claim) -> datetime | None:
        adapter = self.adapters[card.chat.platform]
        try:
            message = self.build_message(card)
            async with asyncio.timeout(SEND_SECONDS):
                shown = await adapter.show(card.chat, message, replacing=card.message)
        except ChatError as error:
            return await self._failed(card, error, claim)
        except TimeoutError:
            return await self._failed(card, ChatError("no answer", Verdict.OUTAGE), claim)
        except Exception as error:
            # A card that breaks its adapter must not keep the chat's other cards for ever.
            log.exception("card_broken card=%s", card.id)
            return await self._failed(card, ChatError(type(error).__name__), claim)
        self.services.reach_fail_point(FailPoint.CARD_SENT)
        return await retry_transact(self.store, lambda tx: self._shown(tx, card, shown, claim))

    def _shown(
        self, tx: Tx, card: Card, message: MessageRef | None, claim: Claim
    ) -> datetime | None:
        now = self.services.sources.now()
        # The card first, then its lane: whoever wants cards locks in this order too.
        stored = tx.cards.lock(card.id)
        if stored is not None:
            stored, _ = save_outcome(tx, stored, Shown(card.wanted_rev, message), now)
        for chat in save_chat_reachable(tx, card.chat, ChatReachable(), now):
            if chat != card.chat:
                schedule_showing(tx, chat, now)
        if self._overtaken(tx, stored or card, claim):
            return None
        # Whether there is another: then the chat is due again.
        return now if tx.cards.due_in(card.chat, 1) else None

    def _overtaken(self, tx: Tx, card: Card, claim: Claim) -> bool:
        """Whether somebody else shows the chat's cards by now; then this one is shown again.

        What we sent may have come after what they sent, and stand in its place.
        """
        if tx.lanes.holds(claim):
            return False
        now = self.services.sources.now()
        stored = tx.cards.lock(card.id)
        if stored is not None:
            save_outcome(tx, stored, Overtaken(), now)
        schedule_showing(tx, card.chat, now)
        return True

    async def _failed(self, card: Card, error: ChatError, claim: Claim) -> datetime | None:
        """When to try this chat again; None when nothing is left to show in it."""
        log.warning("card_not_shown card=%s verdict=%s: %s", card.id, error.verdict, error)
        self.services.metrics.count_chat_failure(card.chat.platform, error.verdict)
        paces = self.adapters[card.chat.platform].paces(card.chat, edit=card.message is not None)

        def work(tx: Tx) -> datetime | None:
            now = self.services.sources.now()
            again = self._judged(tx, card, error, now)
            if error.verdict is Verdict.OUTAGE and self._overtaken(tx, card, claim):
                return None
            if error.retry_after is not None:
                told = error.limit, error.retry_after
                pacing.apply_platform_wait(tx, card.chat, paces, told, now)
            return again

        return await self.store.transact(work)

    def _judged(self, tx: Tx, card: Card, error: ChatError, now: datetime) -> datetime | None:
        """Note what became of the card; when to try its chat again."""
        if error.moved_to is not None and error.moved_to != card.chat.id:
            places.move_chat(context_of(tx, self.services), card.chat, error.moved_to)
            return None
        stored = tx.cards.lock(card.id)
        if stored is None:
            return now + (error.retry_after or timedelta(0))
        failed = Failed(
            card.wanted_rev, card.message, error.verdict, str(error), error.retry_after
        )
        changed, again = save_outcome(tx, stored, failed, now)
        if is_given_up(changed) and not is_given_up(stored):
            log.error("card_given_up card=%s until its chat is back: %s", card.id, error)
        elif error.verdict is Verdict.SHUT_OUT and stored.tries < changed.tries == 1:
            log.error("bot_shut_out card=%s until somebody lets it in: %s", card.id, error)
        # What is given up holds up none of the chat's other cards.
        return again or now

    def build_message(self, card: Card) -> Message:
        """The card's view with its choices signed for this card and revision."""
        lines: list[tuple[Button, ...]] = []
        index, copying = 0, self.services.traits_of(card.chat.platform).copy_buttons
        for line in card.wanted.choices:
            buttons = []
            for choice in line:
                if not isinstance(choice.action, CopyText) or copying:
                    buttons.append(self._button(card, choice, index))
                index += 1
            if buttons:
                lines.append(tuple(buttons))
        paying = any(
            isinstance(choice.action, _PAYING) for line in card.wanted.choices for choice in line
        )
        picture = self._picture(card.wanted.picture) if card.wanted.picture else None
        return Message(
            card.wanted, tuple(lines), card.subject, card.id, protected=paying, picture=picture
        )

    def _picture(self, code: PayQrCode) -> Picture:
        url = self._pay_url(code.top_up, code.revision)
        return Picture(qr_png(url), f"{url}/qr.png", code.alt)

    def _pay_url(self, top_up: str, revision: int) -> str:
        token = sign_pay_link(PayLink(top_up, revision), self.services.secret)
        return f"{self.public_url}/pay/{token}"

    def _button(self, card: Card, choice: Choice, index: int) -> Button:
        token = sign_press(Press(card.id, card.wanted_rev, index), self.services.secret)
        url = copy = None
        if isinstance(choice.action, CopyText):
            copy = choice.action.text
        if isinstance(choice.action, OpenPayPage):
            url = self._pay_url(choice.action.top_up, choice.action.revision)
        return Button(
            label=choice.label,
            style=choice.style,
            token=None if url or copy else token,
            url=url,
            copy=copy,
            confirm=choice.confirm,
            deny=choice.deny,
        )
