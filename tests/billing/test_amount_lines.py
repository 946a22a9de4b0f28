"""The amount is found in a line of words in any order, and the other words are given back."""

from __future__ import annotations

from decimal import Decimal

import pytest

from billing.amounts.amounts import (
    AmountContext,
    AmountReading,
    RefusalReason,
    RefusedAmount,
    extract_amount,
    find_amount,
)
from billing.money import Money, from_decimal

_DOLLARS = AmountContext("USD", "en", minimum_minor=500, maximum_minor=200_000)


def _refused(reason: RefusalReason) -> RefusedAmount:
    return RefusedAmount(reason, "USD")


_LINES: list[tuple[str, AmountReading | None, str]] = [
    ("", None, ""),
    ("team-a card", None, "team-a card"),
    ("NaN Infinity", None, "NaN Infinity"),
    ("team-2 acct7 k8s-prod 3d-lab TU-7K3M9Q2X", None, "team-2 acct7 k8s-prod 3d-lab TU-7K3M9Q2X"),
    ("<@U123> <#C042|ops>", None, "<@U123> <#C042|ops>"),
    ("50", Money(50_00, "USD"), ""),
    ("50 USD card", Money(50_00, "USD"), "card"),
    ("$50", Money(50_00, "USD"), ""),
    ("USD 50 card", Money(50_00, "USD"), "card"),
    ("card USD 50 team-a", Money(50_00, "USD"), "card team-a"),
    ("50USD", Money(50_00, "USD"), ""),
    ("50 €", Money(50_00, "EUR"), ""),
    ("team-a 1.5k eur bank", Money(1500_00, "EUR"), "team-a bank"),
    ("team-a 1 000,50 eur bank", Money(1000_50, "EUR"), "team-a bank"),
    ("team-a 1\u00a0000,50\u00a0€ bank", Money(1000_50, "EUR"), "team-a bank"),
    ("1'000.50 bank", Money(1000_50, "USD"), "bank"),
    ("$1 000 bank", Money(1000_00, "USD"), "bank"),
    ("1 000 000 JPY", Money(1_000_000, "JPY"), ""),
    ("team-2 50", Money(50_00, "USD"), "team-2"),
    ("team2 500", Money(500_00, "USD"), "team2"),
    ("eur-1 50", Money(50_00, "USD"), "eur-1"),
    ("50 US dollars bank", Money(50_00, "USD"), "bank"),
    ("us $ 50", Money(50_00, "USD"), ""),
    ("a $ 50", Money(50_00, "USD"), "a"),
    ("50 F CFA bank", _refused(RefusalReason.CURRENCY_UNCLEAR), "bank"),
    ("card, 50 eur, team-a", Money(50_00, "EUR"), "card, team-a"),
    ("try 50 card", Money(50_00, "USD"), "try card"),
    ("TRY 50 card", Money(50_00, "TRY"), "card"),
    ("top5 50", Money(50_00, "USD"), "top5"),
    ("50 please", Money(50_00, "USD"), "please"),
    ("Ana\u200b 50 \u200b", Money(50_00, "USD"), "Ana\u200b"),
    ("¥5000 bank", _refused(RefusalReason.CURRENCY_UNCLEAR), "bank"),
    ("50 usd 20 eur bank", _refused(RefusalReason.TWO_AMOUNTS), "bank"),
    ("team-a 50 100", _refused(RefusalReason.TWO_AMOUNTS), "team-a"),
    ("team-a -5 card", _refused(RefusalReason.NEGATIVE), "team-a card"),
    ("team-a - $ 5 card", _refused(RefusalReason.NEGATIVE), "team-a card"),
    ("--5", _refused(RefusalReason.NEGATIVE), ""),
    ("$-5", _refused(RefusalReason.NEGATIVE), ""),
    ("1e9 card", _refused(RefusalReason.NOT_AN_AMOUNT), "card"),
    ("$1e9", _refused(RefusalReason.NOT_AN_AMOUNT), ""),
    ("1_000", _refused(RefusalReason.NOT_AN_AMOUNT), ""),
    ("0x10", _refused(RefusalReason.NOT_AN_AMOUNT), ""),
    ("50² card", _refused(RefusalReason.NOT_AN_AMOUNT), "card"),
    ("12:30", _refused(RefusalReason.NOT_AN_AMOUNT), ""),
    ("50 ¢", _refused(RefusalReason.UNKNOWN_CURRENCY), ""),
    ("usd 50 eur", _refused(RefusalReason.MIXED_CURRENCIES), ""),
    ("0 card", _refused(RefusalReason.ZERO), "card"),
    ("9 card", Money(9_00, "USD"), "card"),
    ("- 5 card", _refused(RefusalReason.NEGATIVE), "card"),
    ("50 -", Money(50_00, "USD"), "-"),
    ("50 100 bank", _refused(RefusalReason.TWO_AMOUNTS), "bank"),
    ("1 000 500 bank", _refused(RefusalReason.TWO_AMOUNTS), "bank"),
    ("1 000,50 bank", Money(1000_50, "USD"), "bank"),
    ("50€ €5 bank", _refused(RefusalReason.TWO_AMOUNTS), "bank"),
    ("a - 5 card", _refused(RefusalReason.NEGATIVE), "a card"),
    ("-" * 62 + "50", _refused(RefusalReason.NEGATIVE), ""),
    ("-" * 63 + "50", _refused(RefusalReason.TOO_LARGE), ""),
    ("team2 000", _refused(RefusalReason.ZERO), "team2"),
    (
        "please would you top up EUR 50 for all of us",
        Money(50_00, "EUR"),
        "please would you top up for all of us",
    ),
]


@pytest.mark.parametrize(("line", "reading", "rest"), _LINES)
def test_an_amount_is_taken_out_of_a_line(
    line: str, reading: AmountReading | None, rest: str
) -> None:
    """The amount goes with its sign, whatever the order; names with digits stay behind."""
    taken = extract_amount(line, _DOLLARS)
    assert (taken.reading, taken.rest) == (reading, tuple(rest.split()))


@pytest.mark.parametrize(
    ("line", "reading", "rest"),
    [
        ("1 000 500 bank", Money(1_000_500_00, "EUR"), "bank"),
        ("team2 500", Money(500_00, "EUR"), "team2"),
        ("1234 500", RefusedAmount(RefusalReason.TWO_AMOUNTS, "EUR"), ""),
        ("1 500 team2", Money(1_500_00, "EUR"), "team2"),
    ],
)
def test_where_a_space_groups_it_groups_numbers_only(
    line: str, reading: AmountReading, rest: str
) -> None:
    """French thousands are set apart by spaces; a name that ends in a digit begins no number."""
    taken = extract_amount(line, AmountContext("EUR", "fr", None, None))

    assert (taken.reading, taken.rest) == (reading, tuple(rest.split()))


# Words that are codes of currencies as well, and a short name.
WORDS = "all bam bob cop cup dem gel mad mop pen ron sit sos sur top try"


@pytest.mark.parametrize("word", WORDS.split())
def test_a_word_is_a_currency_in_capitals_or_on_its_account(word: str) -> None:
    """`all 50 card` is 50 of the account's; `ALL 50` is lek, and so is `50 all` in Tirana."""
    in_lek = AmountContext(word.upper(), "en", None, None)
    others = Money(50_00, word.upper())

    assert extract_amount(f"{word} 50", _DOLLARS).rest == (word,)
    assert extract_amount(f"{word} 50", _DOLLARS).reading == Money(50_00, "USD")
    assert extract_amount(f"{word.upper()} 50", _DOLLARS).reading == others
    assert extract_amount(f"50 {word}", in_lek).reading == others
    assert extract_amount(f"{word}5", _DOLLARS).reading is None
    assert extract_amount("50 eur", _DOLLARS).reading == Money(50_00, "EUR")


@pytest.mark.parametrize(
    ("line", "locale", "account"),
    [
        ("50 lire din Sfânta Elena (Sfânta Elena și Ascension) card", "ro", "SHP"),
        ("50 سی ایف اے فرینک بی سی ایٖ اے او card", "ks", "XOF"),
        ("50 dírhams de los Emiratos Árabes Unidos card", "es", "AED"),
    ],
)
def test_the_longest_names_of_currencies_are_read(line: str, locale: str, account: str) -> None:
    """On another account they still say what is meant."""
    taken = extract_amount(line, AmountContext("EUR", locale, None, None))

    assert (taken.reading, taken.rest) == (from_decimal(Decimal(50), account), ("card",))


def test_words_that_are_split_already_are_read_alike() -> None:
    """A caller that took out known names hands the remaining words over."""
    line = "1 000,50 eur bank"
    taken = find_amount(line.split(), _DOLLARS)

    assert taken == extract_amount(line, _DOLLARS)
    assert taken.used == ("1", "000,50", "eur")


def test_103_a_hundred_words_are_looked_through() -> None:
    """Of one more none is an order, however it ends."""
    line = "word " * 99 + "50"

    assert extract_amount(line, _DOLLARS).reading == Money(50_00, "USD")
    assert extract_amount(f"word {line}", _DOLLARS).reading == _refused(
        RefusalReason.NOT_AN_AMOUNT
    )


@pytest.mark.parametrize(("words", "refused"), [("100 " * 5_000, True), ("word " * 5_000, False)])
def test_103_a_number_in_a_long_text_is_no_order(words: str, refused: bool) -> None:
    """More words than anybody orders with are not searched for an amount, and none is guessed."""
    taken = extract_amount(words, AmountContext("USD", "en", None, None))

    reason = taken.reading.reason if isinstance(taken.reading, RefusedAmount) else None
    assert reason == (RefusalReason.NOT_AN_AMOUNT if refused else None)
    assert len(taken.rest) == 5_000
