"""Names of accounts that are currencies or numbers as well: beside a number they are these."""

from __future__ import annotations

from collections.abc import Sequence

from billing.amounts.amounts import WORDS_MAX, AmountContext
from billing.amounts.runs import are_one_number, belongs_to_amount, may_be_currency
from conversations.protocol.facts import Terms


class NameClashes:
    """Tells of each name in one line whether its words belong to an amount there."""

    def __init__(self, words: Sequence[str], terms: Terms) -> None:
        self._words = words
        self._numbers = [any(map(str.isdecimal, word)) for word in words]
        # In longer lines there is no amount.
        self._many = sum(self._numbers) if len(words) <= WORDS_MAX else 0
        currencies = {None, *(account.currency for account in terms.accounts)}
        self._contexts = [
            AmountContext(currency, terms.localizer.locale, None, None) for currency in currencies
        ]

    def are_at(self, span: range, *, whole: bool) -> bool:
        """Whether the words there may be meant for the amount of the line.

        Where they are no whole id, what is a currency and another word is the currency.
        """
        if len(span) == 1:
            other = self._many - self._numbers[span.start] > 0
            return other and (
                self._is_money(span.start) or (not whole and self._may_be_money(span.start))
            )
        return self._many > 0 and (self._meets(span.start, -1) or self._meets(span.stop - 1, 1))

    def _meets(self, edge: int, step: int) -> bool:
        """Whether the edge of a long name would be taken for a part of the number beside it."""
        beside = edge + step
        if self._is_at(beside + step) and self._numbers[beside + step] and self._is_money(beside):
            beside += step  # `5 usd million`
        if not self._is_at(beside) or not self._numbers[beside]:
            return False
        if not self._numbers[edge]:
            return self._is_money(edge)
        pair = [self._words[at] for at in sorted((edge, beside))]
        return any(are_one_number(pair, context) for context in self._contexts)

    def _is_at(self, at: int) -> bool:
        return 0 <= at < len(self._words)

    def _is_money(self, at: int) -> bool:
        word = self._words[at]
        return any(belongs_to_amount(word, context) for context in self._contexts)

    def _may_be_money(self, at: int) -> bool:
        word = self._words[at]
        return any(may_be_currency(word, context) for context in self._contexts)
