"""The form of a draft: account, amount and method at once."""

from __future__ import annotations

from typing import Literal, assert_never

from conversations.drafts.checks import account_of, method_label, methods_for
from conversations.drafts.draft_rows import fee_label, first_account
from conversations.messages.questions import amount_hint
from conversations.protocol.actions import Slot
from conversations.protocol.events import Draft
from conversations.protocol.facts import AccountFacts, Terms
from conversations.protocol.views import Field, Form, Option
from conversations.text.localizer import without_direction_marks
from conversations.words import words

_Asked = Literal[Slot.ACCOUNT, Slot.AMOUNT, Slot.METHOD]
_ASKED: tuple[_Asked, ...] = (Slot.ACCOUNT, Slot.AMOUNT, Slot.METHOD)


def draft_form(draft: Draft, terms: Terms) -> Form:
    """All that a person chooses at once, with what is known filled in.

    The account decides the currency: it is no field of its own.
    """
    say = terms.localizer.text
    account = account_of(draft, terms) or first_account(terms)
    return Form(
        draft=draft.id,
        title=say(words.FORM_TITLE),
        fields=tuple(_field(slot, draft, account, terms) for slot in _ASKED),
        submit=say(words.FORM_SUBMIT),
        close=say(words.FORM_CLOSE),
    )


def _field(slot: _Asked, draft: Draft, account: AccountFacts, terms: Terms) -> Field:
    label = terms.localizer.text(words.SLOTS[slot])
    match slot:
        case Slot.ACCOUNT:
            options = tuple(
                Option(one.id, f"{without_direction_marks(one.title)} ({one.currency})")
                for one in terms.accounts
            )
            return Field(slot, label, options, value=account.id, leads=len(options) > 1)
        case Slot.AMOUNT:
            value = terms.localizer.format(draft.amount) if draft.amount else draft.amount_text
            return Field(slot, label, value=value, hint=amount_hint(draft, terms))
        case Slot.METHOD:
            methods = {one.key: one for each in terms.accounts for one in methods_for(each, terms)}
            options = tuple(
                Option(
                    one.key, f"{method_label(one.key, terms)} ({fee_label(one, account, terms)})"
                )
                for one in methods.values()
            )
            known = draft.method or terms.last_method
            value = known if known in methods else (options[0].value if options else None)
            return Field(slot, label, options, value=value)
        case _:
            assert_never(slot)
