"""The card of an open top-up keeps its way to another one while it waits, and no longer."""

from __future__ import annotations

import pytest

from billing.topups import TopUpStatus
from conversations.messages.cards import top_up_card
from conversations.messages.open_business import keep_restart_choice, open_top_up_view
from conversations.protocol.actions import StartNewDraft
from conversations.protocol.views import View
from conversations.text.localizer import Localizer
from tests.support.dialogs.terms import facts, terms

OPEN = open_top_up_view(facts(), terms(), "100 card")


def anew(view: View) -> list[StartNewDraft]:
    actions = [choice.action for line in view.choices for choice in line]
    return [each for each in actions if isinstance(each, StartNewDraft)]


@pytest.mark.parametrize("status", TopUpStatus)
def test_158_start_a_new_top_up_stays_while_the_open_one_waits(status: TopUpStatus) -> None:
    """Shown anew without a press, it has the same buttons; over, it has those of its end."""
    card = top_up_card(facts(status), Localizer(), "support")
    kept = keep_restart_choice(card, OPEN)

    waits = status is TopUpStatus.AWAITING_PAYMENT
    assert (kept.choices == OPEN.choices) is waits
    assert (kept == card) is not waits
    assert anew(kept) == ([StartNewDraft("100 card")] if waits else anew(card))
    assert keep_restart_choice(OPEN, OPEN) == OPEN
    assert keep_restart_choice(card, card) == card
