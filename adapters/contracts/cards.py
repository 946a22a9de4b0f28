"""Cards as the contracts, and tests beside them, bring them into each state."""

from __future__ import annotations

from datetime import UTC, datetime

from conversations.protocol.delivery import Failed, Outcome, Shown
from conversations.protocol.ports import MessageRef, Verdict
from conversations.protocol.records import Card
from service.cards.cards import save_outcome, write_wanted
from service.ports.store import Tx

_NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def want_card(tx: Tx, card: Card) -> Card:
    """Have it wanted, in no lane."""
    return write_wanted(tx, card, _NOW)


def record_outcome(tx: Tx, card_id: str, outcome: Outcome) -> Card:
    """Record what came of a card that is there; what it is then."""
    stored = tx.cards.lock(card_id)
    assert stored is not None
    return save_outcome(tx, stored, outcome, _NOW)[0]


def record_shown(tx: Tx, card_id: str, revision: int, message: MessageRef | None) -> Card:
    """That message shows this revision now."""
    return record_outcome(tx, card_id, Shown(revision, message))


def record_failed(tx: Tx, card_id: str, verdict: Verdict, error: str = "x") -> Card:
    """The platform did not take what the card should show."""
    stored = tx.cards.get(card_id)
    assert stored is not None
    failed = Failed(stored.wanted_rev, stored.message, verdict, error)
    return record_outcome(tx, card_id, failed)
