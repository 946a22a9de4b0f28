"""Card numbers that people type are found in every writing; other long digits are left alone."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.amounts.bank_card_numbers import (
    BANK_CARD_NUMBER_REMOVED,
    contains_bank_card_number,
    scrub_bank_card_numbers,
)
from service.chat.inbox import scrub_body

_SEPARATORS = (" ", "-", ".", "\u00a0", "\u202f", "\u2011", "–", "  ", " - ", "\n", "\u200b")
_ZEROS = ("0", "٠", "०", "０")
_GROUPINGS = ((19,), (4, 4, 4, 4, 3), (4, 6, 5, 4), (1,) * 19, (6, 13), (2,) * 10)
# Every network publishes these for tests; none is a card.
_TEST_NUMBERS = (
    "4222222222222",
    "4242424242424242",
    "5555555555554444",
    "2223003122003222",
    "378282246310005",
    "6011111111111117",
    "30569309025904",
    "3566002020360505",
    "6205500000000000004",
)


@pytest.mark.parametrize("number", _TEST_NUMBERS)
def test_test_numbers_of_the_networks_are_card_numbers(number: str) -> None:
    """A well-known test number of each network and length is found and removed."""
    assert contains_bank_card_number(number)
    assert (
        scrub_bank_card_numbers(f"card {number} please")
        == f"card {BANK_CARD_NUMBER_REMOVED} please"
    )


@pytest.mark.parametrize(
    ("typed", "scrubbed"),
    [
        ("4242 4242 4242 4242", BANK_CARD_NUMBER_REMOVED),
        ("4242-4242-4242-4242 12/28 123", f"{BANK_CARD_NUMBER_REMOVED} 12/28 123"),
        ("x4242424242424242y", f"x{BANK_CARD_NUMBER_REMOVED}y"),
        ("TU-4242424242424242", f"TU-{BANK_CARD_NUMBER_REMOVED}"),
        ("4242 4242\n4242 4242", BANK_CARD_NUMBER_REMOVED),
        ("４２４２４２４２４２４２４２４２", BANK_CARD_NUMBER_REMOVED),
        (
            "4242424242424242, 378282246310005",
            f"{BANK_CARD_NUMBER_REMOVED}, {BANK_CARD_NUMBER_REMOVED}",
        ),
    ],
)
def test_what_surrounds_a_card_number_stays(typed: str, scrubbed: str) -> None:
    """Only the card number goes; a second one goes too."""
    assert scrub_bank_card_numbers(typed) == scrubbed


@pytest.mark.parametrize(
    "text",
    [
        "4242424242424241",  # one digit off
        "424242424242",  # twelve digits
        "42424242424242424242",  # twenty in a row
        "4242 4242 and 4242 4242",
        "+49 151 2345678",
        "team-a 1 000,50 eur",
        "",
    ],
)
def test_other_digits_are_no_card_number(text: str) -> None:
    """A wrong check digit, too few or too many digits leave the text as it is."""
    assert not contains_bank_card_number(text)
    assert scrub_bank_card_numbers(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "1732365000.123457",
        "https://team.slack.example/archives/C1/p1732365000123457",
        "-1001234567891",
        "2024-11-23 2024-11-28",
        "12345678-1234-1234-1234-123456789018",
        "TU-12345678 50001",
    ],
)
def test_ids_are_left_alone_whatever_their_last_digit(text: str) -> None:
    """Time stamps, chat ids, dates, UUIDs and top-up ids stay even when the check digit fits."""
    candidates = [text[:-1] + digit for digit in "0123456789"]
    assert [scrub_bank_card_numbers(candidate) for candidate in candidates] == candidates


@pytest.mark.parametrize("telegram_id", ["123456789", "7012345678", "-4012345678"])
def test_telegram_ids_are_left_alone(telegram_id: str) -> None:
    """Ids of Telegram people and groups are too short to be card numbers."""
    assert scrub_bank_card_numbers(telegram_id) == telegram_id


@given(
    body=st.text("0123456789", min_size=12, max_size=18),
    grouping=st.sampled_from(_GROUPINGS),
    separator=st.sampled_from(_SEPARATORS),
    zero=st.sampled_from(_ZEROS),
    around=st.sampled_from(
        [("", ""), ("pay ", " now"), ("50 ", " 123"), ("card:", ","), ("a", "b")]
    ),
)
def test_a_card_number_in_any_writing_is_found(
    body: str, grouping: tuple[int, ...], separator: str, zero: str, around: tuple[str, str]
) -> None:
    """Any number that passes is found, in any groups and script, and none of it stays."""
    number = body + _check_digit(body)
    typed = _in_script(_grouped(number, grouping, separator), zero)
    scrubbed = scrub_bank_card_numbers(around[0] + typed + around[1])
    assert contains_bank_card_number(around[0] + typed + around[1])
    assert BANK_CARD_NUMBER_REMOVED in scrubbed
    left = [char for char in scrubbed if char.isdecimal()]
    neighbours = [char for char in around[0] + around[1] if char.isdecimal()]
    assert len(left) <= len(neighbours)


@given(st.text())
def test_scrubbing_is_total_and_final(text: str) -> None:
    """Any text is scrubbed without an error, and scrubbing it again changes nothing."""
    scrubbed = scrub_bank_card_numbers(text)
    assert scrub_bank_card_numbers(scrubbed) == scrubbed
    assert contains_bank_card_number(text) == (scrubbed != text)


@given(st.text(st.sampled_from("0123456789 -.x")))
def test_text_with_fewer_than_thirteen_digits_is_unchanged(text: str) -> None:
    """What cannot hold a card number is never touched."""
    if sum(char.isdecimal() for char in text) < 13:
        assert scrub_bank_card_numbers(text) == text


@pytest.mark.parametrize("unit", ["4", "4 ", "4242 ", "0-", "4   ", "-", "4.....", "1732365000."])
def test_long_text_takes_linear_time(unit: str) -> None:
    """A hundred thousand characters of the worst kind are scrubbed in moments."""
    text = unit * (100_000 // len(unit))
    began = time.process_time()
    scrub_bank_card_numbers(text)
    assert time.process_time() - began < 5


def _check_digit(body: str) -> str:
    """The oracle, written the other way round: try each digit against the textbook check."""
    return next(digit for digit in "0123456789" if _passes_luhn(body + digit))


def _passes_luhn(number: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += sum(map(int, str(value)))
    return total % 10 == 0


def _grouped(number: str, grouping: tuple[int, ...], separator: str) -> str:
    groups = []
    for size in grouping:
        groups.append(number[:size])
        number = number[size:]
    return separator.join(filter(None, groups))


def _in_script(text: str, zero: str) -> str:
    return "".join(chr(ord(zero) + int(char)) if char.isdecimal() else char for char in text)


@pytest.mark.parametrize("key", ["text", "caption", "values"])
def test_a_card_number_is_kept_nowhere_that_people_type(key: str) -> None:
    """In a message, under a picture and in a form: it is gone before it is stored."""
    kept = scrub_body({"message": {key: ["4242 4242 4242 4242"], "id": 4242424242424242}})

    assert kept["message"] == {key: [BANK_CARD_NUMBER_REMOVED], "id": 4242424242424242}
    assert kept["card_number"] is True
