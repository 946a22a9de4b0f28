"""Finds what is wrong with a draft, and says in a sentence what would be right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from billing.methods import PaymentMethod, Range, offered_methods
from billing.money import Money
from billing.topups import Mode
from conversations.protocol.actions import Slot
from conversations.protocol.events import Draft
from conversations.protocol.facts import AccountFacts, Terms
from conversations.text.localizer import TypedText
from conversations.words import words

# More names would be read by nobody.
_NAMED_MAX = 20


@dataclass(frozen=True, slots=True)
class Problem:
    """What was wrong with a slot, in a sentence; `readings` are the amounts it may have meant.

    Without a slot nothing needs to be asked again: the draft stands as it was.
    """

    slot: Slot | None
    sentence: str
    readings: tuple[Money, ...] = ()


def account_of(draft: Draft, terms: Terms) -> AccountFacts | None:
    """The draft's account, as long as the person may still use it."""
    return next((one for one in terms.accounts if one.id == draft.account), None)


def methods_for(account: AccountFacts, terms: Terms) -> tuple[PaymentMethod, ...]:
    """The ways to pay that fit the account's currency, country and mode."""
    fitting = offered_methods(terms.methods, account.currency, account.country)
    return tuple(
        one for one in fitting if terms.modes.get(one.gateway, account.mode) == account.mode
    )


def methods_for_amount(
    draft: Draft, account: AccountFacts, terms: Terms
) -> tuple[PaymentMethod, ...]:
    """The methods that take the draft's amount; all that fit while there is none."""
    fitting = methods_for(account, terms)
    return tuple(one for one in fitting if draft.amount is None or one.allows(draft.amount))


def method_label(key: str, terms: Terms) -> str:
    """A way to pay as a person reads its name; its key where it has no name."""
    names = terms.method_names.get(key)
    return terms.localizer.text(names.label if names else key)


def method_of(draft: Draft, terms: Terms) -> PaymentMethod | None:
    """The draft's way to pay, as long as it is offered."""
    account = account_of(draft, terms)
    possible = terms.methods if account is None else methods_for(account, terms)
    return next((one for one in possible if one.key == draft.method), None)


def self_service_limit(account: AccountFacts, terms: Terms) -> Money:
    """The largest amount this person may top up alone."""
    bounds = terms.limits(account)
    return bounds.approval_above if account.team else bounds.maximum


def amount_problem(amount: Money, account: AccountFacts, terms: Terms) -> Problem | None:
    bounds, say = terms.limits(account), terms.localizer.text
    least, largest = bounds.minimum, bounds.maximum
    if amount.currency != account.currency:
        return wrong_currency_problem(Slot.AMOUNT, account, terms)
    if amount.minor < least.minor:
        sentence = say(
            words.TOO_SMALL, amount=amount, least=least, most=self_service_limit(account, terms)
        )
        return Problem(Slot.AMOUNT, sentence)
    if amount.minor > largest.minor:
        sentence = say(
            words.TOO_MUCH, amount=amount, least=least, most=self_service_limit(account, terms)
        )
        return Problem(Slot.AMOUNT, sentence)
    if account.team and amount.minor > bounds.approval_above_minor:
        limit = bounds.approval_above
        sentence = say(words.NEEDS_APPROVAL, amount=amount, limit=limit, support=terms.support)
        return Problem(Slot.AMOUNT, sentence)
    return (
        None if is_payable_amount(amount, account, terms) else _not_taken(amount, account, terms)
    )


def is_payable_amount(amount: Money, account: AccountFacts, terms: Terms) -> bool:
    """Whether a gateway can take it by any way to pay; where there is none, that is told first."""
    possible = methods_for(account, terms)
    return not possible or any(one.allows(amount) for one in possible)


def _not_taken(amount: Money, account: AccountFacts, terms: Terms) -> Problem:
    method = methods_for(account, terms)[0]
    name = method_label(method.key, terms)
    return Problem(Slot.AMOUNT, _out_of_range(method, name, amount, terms))


def check_method(
    draft: Draft, account: AccountFacts, terms: Terms
) -> tuple[Draft, tuple[Problem, ...]]:
    possible = methods_for(account, terms)
    if not possible:
        closed = terms.live_closed and account.mode is Mode.LIVE
        why = words.LIVE_CLOSED if closed else words.NO_METHOD
        sentence = terms.localizer.text(why, currency=account.currency, support=terms.support)
        return replace(draft, method=None), (Problem(Slot.METHOD, sentence),)
    if draft.method is None and len(possible) > 1:
        return draft, ()
    wanted = draft.method or possible[0].key
    method = next((one for one in possible if one.key == wanted), None)
    name = method_label(wanted, terms)
    if method is None:
        sentence = terms.localizer.text(words.METHOD_NOT_OFFERED, method=name)
        return replace(draft, method=None), (Problem(Slot.METHOD, sentence),)
    if draft.amount is not None and not method.allows(draft.amount):
        sentence = _out_of_range(method, name, draft.amount, terms)
        return replace(draft, method=None), (Problem(Slot.METHOD, sentence),)
    return replace(draft, method=wanted), ()


def _out_of_range(method: PaymentMethod, name: str, amount: Money, terms: Terms) -> str:
    """Why a way to pay cannot take the amount; with a fee, what it takes is what one pays."""
    say, currency = terms.localizer.text, amount.currency
    found = method.range_in(currency) or Range()
    minor = (amount + method.fee.for_amount(amount)).minor
    if minor < found.least_minor:
        return say(words.METHOD_RANGE, method=name, least=Money(found.least_minor, currency))
    if found.most_minor is not None and minor > found.most_minor:
        return say(words.METHOD_MOST, method=name, most=Money(found.most_minor, currency))
    lower = amount.minor // found.step_minor * found.step_minor
    return say(
        words.METHOD_STEP,
        method=name,
        step=Money(found.step_minor, currency),
        lower=Money(lower, currency),
        higher=Money(lower + found.step_minor, currency),
    )


def wrong_currency_problem(slot: Slot, account: AccountFacts, terms: Terms) -> Problem:
    sentence = terms.localizer.text(
        words.OTHER_CURRENCY, account=TypedText(account.title), currency=account.currency
    )
    return Problem(slot, sentence)


def no_account_problem(currency: str, terms: Terms) -> Problem:
    listed = [f"{one.title} ({one.currency})" for one in terms.accounts]
    names = ", ".join([*listed[:_NAMED_MAX], *(["…"] if len(listed) > _NAMED_MAX else [])])
    sentence = terms.localizer.text(
        words.NO_ACCOUNT_IN, currency=currency, accounts=TypedText(names)
    )
    return Problem(Slot.ACCOUNT, sentence)


def unknown_words_problem(typed: str, terms: Terms) -> Problem:
    """Words that name nothing here, and what could be typed instead."""
    say = terms.localizer.text
    accounts = ", ".join(_names(terms.accounts))
    known = ((one.key, terms.method_names.get(one.key)) for one in terms.methods)
    methods = ", ".join(dict.fromkeys(say(names.typed if names else key) for key, names in known))
    unknown = say(words.UNKNOWN_WORDS, words=TypedText(typed))
    possible = say(words.POSSIBLE, accounts=TypedText(accounts), methods=methods)
    return Problem(None, f"{unknown} {possible}")


def _names(accounts: Sequence[AccountFacts]) -> Iterator[str]:
    """Titles, as people know them; ids beside those that two accounts share."""
    titles = Counter(one.title.casefold() for one in accounts)
    for one in accounts[:_NAMED_MAX]:
        shared = titles[one.title.casefold()] > 1
        yield f"{one.title} ({one.id})" if shared else one.title
    if len(accounts) > _NAMED_MAX:
        yield "…"
