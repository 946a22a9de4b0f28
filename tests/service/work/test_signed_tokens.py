"""Signed links and buttons: they read back as they were, and in no other spelling."""

from __future__ import annotations

import base64
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.common.signed_tokens import (
    CODE_LENGTH,
    CROCKFORD,
    REVISION_MODULUS,
    TOKEN_MAX,
    PayLink,
    Press,
    derive_key,
    page_code,
    read_pay_link,
    read_press,
    read_return,
    sign_pay_link,
    sign_press,
    sign_return,
)

SECRET = derive_key("a key that only the tests have, long enough", "links")
OTHER_SECRET = derive_key("another key that only the tests have, long", "links")
TELEGRAM_BYTES_MAX = 64
ALPHABET = string.ascii_letters + string.digits + "-_"
PRESS = Press("00ff00ff00ff00ff", 3, 2)
LINK = PayLink("TU-7K3M9Q2X", 1)

presses = st.builds(
    Press,
    card=st.binary(min_size=8, max_size=8).map(bytes.hex),
    revision=st.integers(0, REVISION_MODULUS - 1),
    index=st.integers(0, 255),
)
links = st.builds(
    PayLink,
    top_up=st.text(CROCKFORD, min_size=8, max_size=8).map("TU-{}".format),
    revision=st.integers(1, 10**6),
)


@given(press=presses)
def test_a_button_reads_back(press: Press) -> None:
    """Card, revision and choice come back, within the 64 bytes that Telegram allows."""
    token = sign_press(press, SECRET)

    assert read_press(token, SECRET) == press
    assert len(token.encode()) <= TELEGRAM_BYTES_MAX


@given(link=links)
def test_a_pay_link_reads_back(link: PayLink) -> None:
    """Top-up and revision come back, from a token that needs no escaping in an address."""
    token = sign_pay_link(link, SECRET)

    assert read_pay_link(token, SECRET) == link
    assert len(token.encode()) <= TELEGRAM_BYTES_MAX
    assert set(token) <= set(ALPHABET)


@given(link=links)
def test_a_return_address_is_no_pay_link(link: PayLink) -> None:
    """It reads back as what it is, and neither opens the other's page."""
    back, pay = sign_return(link, SECRET), sign_pay_link(link, SECRET)

    assert read_return(back, SECRET) == link
    assert read_return(back, OTHER_SECRET) is None
    assert read_pay_link(back, SECRET) is None
    assert read_return(pay, SECRET) is None


@given(press=presses, revision=st.integers(0, 2**31))
def test_revisions_count_round(press: Press, revision: int) -> None:
    """A revision beyond two bytes is signed as what remains of it."""
    high = Press(press.card, revision, press.index)

    read = read_press(sign_press(high, SECRET), SECRET)

    assert read is not None
    assert read.revision == revision % REVISION_MODULUS


def test_26_no_bit_of_a_token_may_differ() -> None:
    """Every bit of a button's and of a pay link's token is covered: 0 accepted."""
    for token, read in (
        (sign_press(PRESS, SECRET), read_press),
        (sign_pay_link(LINK, SECRET), read_pay_link),
    ):
        raw = _raw(token)
        for bit in range(len(raw) * 8):
            altered = bytearray(raw)
            altered[bit // 8] ^= 1 << bit % 8
            assert read(_token(bytes(altered)), SECRET) is None


def test_26_no_character_of_a_token_may_differ() -> None:
    """Each character replaced, left out or doubled: 0 accepted, so one spelling only."""
    for token, read in (
        (sign_press(PRESS, SECRET), read_press),
        (sign_pay_link(LINK, SECRET), read_pay_link),
    ):
        for at in range(len(token)):
            for other in set(ALPHABET) - {token[at]}:
                assert read(token[:at] + other + token[at + 1 :], SECRET) is None
            assert read(token[:at] + token[at + 1 :], SECRET) is None
            assert read(token[:at] + token[at] + token[at:], SECRET) is None


@pytest.mark.parametrize("added", ["=", "==", " ", "\n", "\t", "\0", ".", "A", "AA", "AAAA", "é"])
def test_nothing_may_stand_around_a_token(added: str) -> None:
    """Padding, white space or anything else before, in or behind a token: refused."""
    press, link = sign_press(PRESS, SECRET), sign_pay_link(LINK, SECRET)

    for token, read in ((press, read_press), (link, read_pay_link)):
        assert read(token + added, SECRET) is None
        assert read(added + token, SECRET) is None
        assert read(token[:8] + added + token[8:], SECRET) is None


@pytest.mark.parametrize("classic", ["+", "/"])
def test_the_other_alphabet_is_refused(classic: str) -> None:
    """Base64's + and / are not a second way to write - and _."""
    safe = {"+": "-", "/": "_"}[classic]
    presses_of_all_kinds = (Press(f"{number:016x}", 1, 0) for number in range(200))
    tokens = [sign_press(press, SECRET) for press in presses_of_all_kinds]
    spelled = [token.replace(safe, classic) for token in tokens if safe in token]

    assert spelled
    assert [token for token in spelled if read_press(token, SECRET)] == []


@settings(max_examples=300)
@given(token=st.text(max_size=TOKEN_MAX + 20) | st.text(ALPHABET, max_size=TOKEN_MAX + 20))
def test_33_a_guess_is_refused(token: str) -> None:
    """Whatever people send is read as nothing, and never raises."""
    assert read_press(token, SECRET) is None
    assert read_pay_link(token, SECRET) is None


@given(raw=st.binary(max_size=80))
def test_33_well_spelled_guesses_are_refused(raw: bytes) -> None:
    """Guesses in the right spelling and length have no signature of ours."""
    assert read_press(_token(raw), SECRET) is None
    assert read_pay_link(_token(raw), SECRET) is None


def test_a_token_counts_with_one_key_only() -> None:
    """What another secret signed is refused."""
    assert read_press(sign_press(PRESS, OTHER_SECRET), SECRET) is None
    assert read_pay_link(sign_pay_link(LINK, OTHER_SECRET), SECRET) is None


def test_a_token_counts_for_one_purpose_only() -> None:
    """A button is no pay link and a pay link no button, nor is a part of one."""
    press, link = _raw(sign_press(PRESS, SECRET)), _raw(sign_pay_link(LINK, SECRET))

    assert read_pay_link(_token(press), SECRET) is None
    assert read_press(_token(link), SECRET) is None
    assert read_press(_token(link[: len(press)]), SECRET) is None
    assert read_press(_token(link[-len(press) :]), SECRET) is None


@given(one=links, other=links)
def test_no_signature_fits_another_top_up(one: PayLink, other: PayLink) -> None:
    """The signature of one pay link behind the words of another is refused."""
    first, second = _raw(sign_pay_link(one, SECRET)), _raw(sign_pay_link(other, SECRET))

    mixed = _token(first[:-16] + second[-16:])

    assert read_pay_link(mixed, SECRET) == (one if one == other else None)


@given(one=presses, other=presses)
def test_no_signature_fits_another_button(one: Press, other: Press) -> None:
    """The signature of one button behind another card, revision or choice is refused."""
    first, second = _raw(sign_press(one, SECRET)), _raw(sign_press(other, SECRET))

    mixed = _token(first[:-8] + second[-8:])

    assert read_press(mixed, SECRET) == (one if one == other else None)


@given(link=links)
def test_the_code_is_short_and_its_own(link: PayLink) -> None:
    """Four characters to compare; they depend on top-up, revision and key."""
    shown = page_code(link, SECRET)

    assert len(shown) == CODE_LENGTH
    assert set(shown) <= set(CROCKFORD)
    assert shown == page_code(link, SECRET)


def test_codes_differ() -> None:
    """A thousand top-ups have nearly a thousand codes; another revision or key has another."""
    codes = {page_code(PayLink(f"TU-{number:08}", 1), SECRET) for number in range(1_000)}

    assert len(codes) > 990
    assert page_code(LINK, SECRET) != page_code(PayLink(LINK.top_up, 2), SECRET)
    assert page_code(LINK, SECRET) != page_code(LINK, OTHER_SECRET)


def test_no_two_purposes_share_a_key() -> None:
    """Keys derived for different purposes differ."""
    purposes = ("links", "sandbox api", "sandbox callbacks", "press", "pay")

    assert len({derive_key("secret", purpose) for purpose in purposes}) == len(purposes)


def _raw(token: str) -> bytes:
    return base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))


def _token(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def test_what_was_sent_before_is_still_read() -> None:
    """A link or a button of an older version lies in somebody's chat for weeks."""
    sent = "VFUtN0szTTlRMlguMTpB5S2Vga8LRKmJKGmKR_E"
    came_back = "VFUtN0szTTlRMlguMd-v2vtSHV1vrpo4Ww_tcn4"

    assert read_pay_link(sent, SECRET) == LINK
    assert read_return(came_back, SECRET) == LINK
    assert read_press("AP8A_wD_AP8AAwInA3Td5Wvn-g", SECRET) == PRESS


@pytest.mark.parametrize(("length", "read"), [(132, True), (133, False)])
def test_a_token_has_200_characters_at_most(length: int, *, read: bool) -> None:
    """Longer ones cost no work, whoever signed them."""
    link = PayLink("T" * length, 1)
    token = sign_pay_link(link, SECRET)

    assert (len(token) <= 200) is read
    assert read_pay_link(token, SECRET) == (link if read else None)
