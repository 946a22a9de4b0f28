"""The form of a draft: all four slots at once. It checks nothing."""

from __future__ import annotations

from typing import assert_never

from conversations import words
from conversations.actions import Slot
from conversations.checks import account_of, methods_for
from conversations.facts import AccountFacts, Terms
from conversations.questions import first_account, method_label, typed_hint
from conversations.speech import unmarked
from conversations.views import Field, Form, Option
from conversations.vocabulary import Draft


def form(draft: Draft, terms: Terms) -> Form:
    """All four slots at once, with what is known filled in."""
    say = terms.speaker.say
    account = account_of(draft, terms) or first_account(terms)
    return Form(
        draft=draft.id,
        title=say(words.FORM_TITLE),
        fields=tuple(_field(slot, draft, account, terms) for slot in Slot),
        submit=say(words.FORM_SUBMIT),
        close=say(words.FORM_CLOSE),
    )


def _field(slot: Slot, draft: Draft, account: AccountFacts, terms: Terms) -> Field:
    label = terms.speaker.say(words.SLOTS[slot])
    match slot:
        case Slot.ACCOUNT:
            options = tuple(
                Option(one.id, f"{unmarked(one.title)} ({one.currency})") for one in terms.accounts
            )
            return Field(slot, label, options, value=account.id)
        case Slot.AMOUNT:
            value = terms.speaker.fact(draft.amount) if draft.amount else draft.amount_text
            return Field(slot, label, value=value, hint=typed_hint(draft, terms))
        case Slot.CURRENCY:
            codes = dict.fromkeys(one.currency for one in terms.accounts)
            return Field(
                slot, label, tuple(Option(code, code) for code in codes), account.currency
            )
        case Slot.METHOD:
            methods = dict.fromkeys(
                one.key for each in terms.accounts for one in methods_for(each, terms)
            )
            options = tuple(Option(key, method_label(key, terms)) for key in methods)
            known = draft.method or terms.last_method
            value = known if known in methods else (options[0].value if options else None)
            return Field(slot, label, options, value=value)
        case _:
            assert_never(slot)
