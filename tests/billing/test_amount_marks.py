"""Dashes, apostrophes and characters that nobody sees, as apps and keyboards put them."""

from __future__ import annotations

import pytest

from billing.amounts.amounts import AmountContext, RefusalReason, RefusedAmount, parse_amount
from billing.money import Money

DOLLARS = AmountContext("USD", "en", minimum_minor=500, maximum_minor=200_000)
MINUS_SIGNS = {
    "hyphen": "\N{HYPHEN}",
    "non-breaking hyphen": "\N{NON-BREAKING HYPHEN}",
    "figure dash": "\N{FIGURE DASH}",
    "en dash": "\N{EN DASH}",
    "em dash": "\N{EM DASH}",
    "horizontal bar": "\N{HORIZONTAL BAR}",
    "minus": "\N{MINUS SIGN}",
}
APOSTROPHES = {
    "opening quote": "\N{LEFT SINGLE QUOTATION MARK}",
    "closing quote": "\N{RIGHT SINGLE QUOTATION MARK}",
    "letter": "\N{MODIFIER LETTER APOSTROPHE}",
}
UNSEEN = {
    "zero width space": "\N{ZERO WIDTH SPACE}",
    "non-joiner": "\N{ZERO WIDTH NON-JOINER}",
    "joiner": "\N{ZERO WIDTH JOINER}",
    "left-to-right mark": "\N{LEFT-TO-RIGHT MARK}",
    "right-to-left mark": "\N{RIGHT-TO-LEFT MARK}",
    "word joiner": "\N{WORD JOINER}",
    "Arabic letter mark": "\N{ARABIC LETTER MARK}",
    "left-to-right embedding": "\N{LEFT-TO-RIGHT EMBEDDING}",
    "right-to-left embedding": "\N{RIGHT-TO-LEFT EMBEDDING}",
    "end of embedding": "\N{POP DIRECTIONAL FORMATTING}",
    "left-to-right isolate": "\N{LEFT-TO-RIGHT ISOLATE}",
    "right-to-left isolate": "\N{RIGHT-TO-LEFT ISOLATE}",
    "first strong isolate": "\N{FIRST STRONG ISOLATE}",
    "end of isolate": "\N{POP DIRECTIONAL ISOLATE}",
    "byte order mark": "\N{ZERO WIDTH NO-BREAK SPACE}",
}


@pytest.mark.parametrize("minus", MINUS_SIGNS.values(), ids=MINUS_SIGNS)
def test_every_dash_is_a_minus(minus: str) -> None:
    """An app that sets type makes one of it by itself."""
    assert parse_amount(f"{minus}5", DOLLARS) == RefusedAmount(RefusalReason.NEGATIVE, "USD")


@pytest.mark.parametrize("mark", APOSTROPHES.values(), ids=APOSTROPHES)
def test_every_apostrophe_groups(mark: str) -> None:
    """Swiss thousands, as phones write them."""
    assert parse_amount(f"1{mark}000.50", DOLLARS) == Money(1000_50, "USD")


@pytest.mark.parametrize("unseen", UNSEEN.values(), ids=UNSEEN)
def test_what_nobody_sees_changes_no_amount(unseen: str) -> None:
    """Copied text carries marks of its direction; a number with them is the number."""
    assert parse_amount(f"{unseen}5{unseen}0{unseen}", DOLLARS) == Money(50_00, "USD")


def test_an_arabic_comma_is_a_comma() -> None:
    """It groups where both readings are one, and is asked about where they are not."""
    assert parse_amount("1،234،567", DOLLARS) == Money(1_234_567_00, "USD")
    assert parse_amount("12،5", DOLLARS) == Money(12_50, "USD")
