"""Names that several currencies share: each means what CLDR calls so, and no other."""

from __future__ import annotations

import pytest
from babel import Locale
from babel.core import get_global

from billing.amounts import Context, parse_amount
from billing.currency_signs import find_sign
from billing.money import Money

TENDER = frozenset(
    code
    for entries in get_global("territory_currencies").values()
    for code, _, until, is_tender in entries
    if until is None and is_tender
)
ENGLISH = Locale.parse("en").currencies


@pytest.mark.parametrize(
    ("word", "usual"),
    [("pound", "GBP"), ("rupee", None), ("euro", "EUR"), ("yen", "JPY"), ("yuan", "CNY")],
)
def test_184_a_name_means_the_currencies_that_are_called_so(word: str, usual: str | None) -> None:
    """CLDR's English names say which; one more or one fewer would misread somebody's amount."""
    called_so = {code for code in TENDER if ENGLISH[code].split()[-1].casefold() == word}

    for spelled in (word, f"{word}s", word.title()):
        sign = find_sign(spelled, "en", "USD")
        if sign is None:  # nobody says yens or yuans
            continue
        assert sign.members == called_so
        assert sign.usual == usual


def test_184_pounds_are_sterling_where_the_account_has_none() -> None:
    """On an account in dollars "50 pounds" is British money; in Egypt it is Egypt's own."""
    for account, meant in (("USD", "GBP"), ("EGP", "EGP"), ("SDG", "SDG")):
        read = parse_amount("50 pounds", Context(account, "en", None, None))
        assert read == Money(50_00, meant)
