"""Views of a draft: one question at a time, and the review."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import assert_never

from billing.methods import PaymentMethod
from billing.money import Money
from conversations.drafts.checks import (
    Problem,
    account_of,
    is_payable_amount,
    method_label,
    method_of,
    methods_for,
    methods_for_amount,
    self_service_limit,
)
from conversations.drafts.draft_rows import draft_rows, fee_rows, first_account
from conversations.messages.text_alternative import alt_text
from conversations.protocol.actions import (
    AskSlot,
    ConfirmDraft,
    DropDraft,
    Pick,
    ResumeDraft,
    Slot,
)
from conversations.protocol.events import Draft
from conversations.protocol.facts import AccountFacts, Terms
from conversations.protocol.views import ButtonStyle, Choice, Prompt, View
from conversations.text.localizer import without_direction_marks
from conversations.words import words

BUTTONS_PER_LINE = 3
ACCOUNTS_SHOWN_MAX = 20


def question_view(draft: Draft, slot: Slot, terms: Terms, problem: Problem | None = None) -> View:
    """Ask for one slot; `problem` says first what was wrong with the last answer."""
    say = terms.localizer.text
    title = say(words.ASK_TITLE[slot])
    body = (problem.sentence,) if problem else ()
    hint = _hint(draft, slot, terms)
    offers = _readings(problem, terms) or _offers(draft, slot, terms)
    rows = draft_rows(draft, terms)
    if slot is Slot.METHOD:
        rows = (*rows, *fee_rows(draft, terms))
    return View(
        title=title,
        fallback=alt_text(title, (*body, hint), rows),
        body=body,
        rows=rows,
        choices=(*_lines(offers), (*_keep(draft, slot, terms), cancel_draft_choice(terms))),
        hint=hint,
    )


def amount_question(draft: Draft, terms: Terms, problem: Problem | None = None) -> View:
    """Ask for the amount in the person's own words."""
    say = terms.localizer.text
    title, hint = say(words.ASK_TITLE[Slot.AMOUNT]), amount_hint(draft, terms)
    body = (problem.sentence,) if problem else ()
    rows = draft_rows(draft, terms)
    offered = (Choice(say(words.OFFERED_AMOUNTS), AskSlot(Slot.AMOUNT)),)
    back = _keep(draft, Slot.AMOUNT, terms) or offered
    return View(
        title=title,
        fallback=alt_text(title, (*body, hint), rows),
        body=body,
        rows=rows,
        choices=(*_lines(_readings(problem, terms)), (*back, cancel_draft_choice(terms))),
        hint=hint,
    )


def amount_prompt(draft: Draft, terms: Terms) -> Prompt:
    """The same question for the person's keyboard, with an example in the empty field."""
    say, example = terms.localizer.text, _example(draft, terms)
    return Prompt(
        say(words.ASK_TITLE[Slot.AMOUNT]), say(words.AMOUNT_PLACEHOLDER, example=example)
    )


def review_view(draft: Draft, terms: Terms, problem: Problem | None = None) -> View | None:
    """Everything before money: None when the draft is not complete."""
    account, method = account_of(draft, terms), method_of(draft, terms)
    if account is None or method is None or draft.amount is None:
        return None
    say = terms.localizer.text
    title = say(words.REVIEW_TITLE)
    body = (*((problem.sentence,) if problem else ()), say(words.REVIEW_BODY))
    total = draft.amount + method.fee.for_amount(draft.amount)
    rows, hint = draft_rows(draft, terms), _link_life(method, terms)
    confirm = Choice(say(words.CONFIRM, total=total), ConfirmDraft(), ButtonStyle.PRIMARY)
    return View(
        title=title,
        fallback=alt_text(title, (*body, hint), rows),
        body=body,
        rows=rows,
        choices=((confirm,), *_lines(_changes(account, terms)), (cancel_draft_choice(terms),)),
        hint=hint,
    )


def _keep(draft: Draft, slot: Slot, terms: Terms) -> tuple[Choice, ...]:
    """The way back from a change: everything is known, and this stays as it is."""
    account, method = account_of(draft, terms), method_of(draft, terms)
    if account is None or method is None or draft.amount is None:
        return ()
    match slot:
        case Slot.ACCOUNT:
            value = without_direction_marks(account.title)
        case Slot.AMOUNT | Slot.CURRENCY:
            value = terms.localizer.format(draft.amount)
        case Slot.METHOD:
            value = method_label(method.key, terms)
        case _:
            assert_never(slot)
    return (Choice(terms.localizer.text(words.KEEP_VALUE, value=value), ResumeDraft()),)


def cancel_draft_choice(terms: Terms) -> Choice:
    """The button that forgets the draft."""
    return Choice(terms.localizer.text(words.CANCEL), DropDraft(), ButtonStyle.DANGER)


def _lines(choices: Iterable[Choice]) -> tuple[tuple[Choice, ...], ...]:
    every = tuple(choices)
    return tuple(
        every[at : at + BUTTONS_PER_LINE] for at in range(0, len(every), BUTTONS_PER_LINE)
    )


def _readings(problem: Problem | None, terms: Terms) -> tuple[Choice, ...]:
    readings = problem.readings if problem else ()
    return tuple(_amount_choice(amount, terms) for amount in readings)


def _amount_choice(amount: Money, terms: Terms) -> Choice:
    pick = Pick(Slot.AMOUNT, str(amount.minor), amount.currency)
    return Choice(terms.localizer.format(amount), pick)


def _offers(draft: Draft, slot: Slot, terms: Terms) -> tuple[Choice, ...]:
    account = account_of(draft, terms)
    match slot:
        case Slot.ACCOUNT:
            wanted = draft.currency
            fitting = [a for a in terms.accounts if wanted is None or a.currency == wanted]
            return tuple(
                Choice(
                    f"{without_direction_marks(one.title)} ({one.currency})", Pick(slot, one.id)
                )
                for one in (fitting or list(terms.accounts))[:ACCOUNTS_SHOWN_MAX]
            )
        case Slot.AMOUNT:
            if account is None:
                return ()
            presets = _presets(account, terms)
            typed = Choice(terms.localizer.text(words.OTHER_AMOUNT), AskSlot(slot, typed=True))
            return (*(_amount_choice(amount, terms) for amount in presets), typed)
        case Slot.CURRENCY:
            held = dict.fromkeys(one.currency for one in terms.accounts)
            return tuple(Choice(code, Pick(slot, code)) for code in held)
        case Slot.METHOD:
            return _method_offers(draft, account, terms)
        case _:
            assert_never(slot)


def _method_offers(draft: Draft, account: AccountFacts | None, terms: Terms) -> tuple[Choice, ...]:
    """The ways to pay this amount; where there is none, a way to another amount."""
    taking = methods_for_amount(draft, account, terms) if account else ()
    if account and methods_for(account, terms) and not taking:
        return (Choice(terms.localizer.text(words.CHANGE[Slot.AMOUNT]), AskSlot(Slot.AMOUNT)),)
    return tuple(
        Choice(method_label(one.key, terms), Pick(Slot.METHOD, one.key)) for one in taking
    )


def _presets(account: AccountFacts, terms: Terms) -> list[Money]:
    """The operator's presets, and before them the last amount that is none of them."""
    bounds = terms.limits(account)
    used = [one.top_up.amount.minor for one in terms.history if one.top_up.account == account.id]
    own = [minor for minor in used if minor not in bounds.presets_minor][:1]
    return [
        Money(minor, account.currency)
        for minor in (*own, *bounds.presets_minor)
        if bounds.minimum_minor <= minor <= self_service_limit(account, terms).minor
        if is_payable_amount(Money(minor, account.currency), account, terms)
    ]


def _changes(account: AccountFacts, terms: Terms) -> list[Choice]:
    slots = [Slot.AMOUNT]
    if len(terms.accounts) > 1:
        slots.append(Slot.ACCOUNT)
    if len(methods_for(account, terms)) > 1:
        slots.append(Slot.METHOD)
    return [Choice(terms.localizer.text(words.CHANGE[slot]), AskSlot(slot)) for slot in slots]


def _hint(draft: Draft, slot: Slot, terms: Terms) -> str:
    account = account_of(draft, terms)
    if slot is not Slot.AMOUNT or account is None:
        return terms.localizer.text(words.ASK_CHOICE_HINT)
    least = terms.limits(account).minimum
    return terms.localizer.text(
        words.ASK_AMOUNT_HINT, least=least, most=self_service_limit(account, terms)
    )


def amount_hint(draft: Draft, terms: Terms) -> str:
    """How to type an amount, with an example and the limits."""
    account = account_of(draft, terms) or first_account(terms)
    least, example = terms.limits(account).minimum, _example(draft, terms)
    return terms.localizer.text(
        words.ASK_AMOUNT_TYPED,
        example=example,
        least=least,
        most=self_service_limit(account, terms),
    )


def _example(draft: Draft, terms: Terms) -> Money:
    account = account_of(draft, terms) or first_account(terms)
    presets = terms.limits(account).presets_minor
    return Money(presets[:2][-1], account.currency)


def _link_life(method: PaymentMethod, terms: Terms) -> str:
    if method.link_life >= timedelta(days=1):
        return terms.localizer.text(words.LINK_LIFE_DAYS, days=method.link_life.days)
    minutes = int(method.link_life / timedelta(minutes=1))
    return terms.localizer.text(words.LINK_LIFE_MINUTES, minutes=minutes)
