"""What signs, what holds, and which money is dealt with: which keys, in which order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from service.common import signed_tokens
from service.common.ids import Sources, check_character
from service.common.services import Merchant, Services
from service.common.signed_tokens import PayLink
from service.ports.chats import ChatTraits
from tests.support.bots.bot_place import Dice

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
FIRST, SECOND, THIRD = b"first key" * 4, b"second key" * 4, b"third key" * 4
OLDER, OLDEST = b"older key" * 4, b"oldest key" * 4
KEYS = ((NOW - HOUR, FIRST), (NOW, SECOND), (NOW + HOUR, THIRD))


def made() -> Services:
    return Services(
        sources=Sources(now=lambda: NOW, random_bytes=bytes),
        secret=THIRD,
        support="",
        zone="UTC",
        methods=(),
        merchants=(Merchant("sandbox", "m", "sandbox"), Merchant("stripe", "acct", "live")),
        older_secrets=(OLDER, OLDEST),
    )


def remembering(*keys: tuple[datetime, bytes]) -> Services:
    return replace(made(), remembered=keys)


@pytest.mark.parametrize(
    ("made_at", "key"),
    [
        (NOW - 2 * HOUR, FIRST),
        (NOW - HOUR, FIRST),
        (NOW - timedelta(microseconds=1), FIRST),
        (NOW, SECOND),
        (NOW + HOUR, THIRD),
        (NOW + 9 * HOUR, THIRD),
    ],
)
def test_the_key_that_signed_when_a_card_was_made_makes_its_code(
    made_at: datetime, key: bytes
) -> None:
    """From its beginning on, and for as long as the card lives: the code stands there already."""
    services = remembering(*KEYS)
    assert services.secret_of(made_at) == key
    assert services.page_code("TU-1", 1, made_at) == signed_tokens.page_code(
        PayLink("TU-1", 1), key
    )


def test_before_the_database_is_read_the_oldest_key_makes_codes() -> None:
    """The one that may have made whatever stands somewhere."""
    assert made().secret_of(NOW) == OLDEST
    assert replace(made(), older_secrets=()).secret_of(NOW) == THIRD


def test_an_older_key_holds_longer_where_there_is_no_end() -> None:
    """Pay links hold with the keys that are given; buttons also with all that ever signed."""
    services = remembering(*KEYS)
    assert services.secrets == (THIRD, OLDER, OLDEST)
    assert set(services.lasting_secrets) == {THIRD, OLDER, OLDEST, FIRST, SECOND}
    assert services.lasting_secrets[0] == THIRD


@pytest.mark.parametrize("seed", "abcdefgh")
def test_a_top_up_has_eight_characters_the_last_a_check(seed: str) -> None:
    """Short enough to be read aloud, and what is misheard or mistyped does not check."""
    word, _, spoken = Sources(lambda: NOW, Dice(seed)).new_top_up_id().partition("-")
    assert (word, len(spoken), set(spoken) - set(signed_tokens.CROCKFORD)) == ("TU", 8, set())
    assert spoken[-1] == check_character(spoken[:-1])


@pytest.mark.parametrize("key", [FIRST, SECOND, THIRD, OLDER, OLDEST])
def test_services_that_are_printed_tell_no_key(key: bytes) -> None:
    """Neither the one that signs nor those of before."""
    services = remembering(*KEYS)
    assert repr(key)[2:-1] not in repr(services)


@pytest.mark.parametrize(
    ("is_open", "mode", "deals"),
    [
        (True, "live", True),
        (True, "sandbox", True),
        (False, "live", False),
        (False, "sandbox", True),
    ],
)
def test_a_copy_deals_in_no_real_money(*, is_open: bool, mode: str, deals: bool) -> None:
    """And goes on with what is only played."""
    assert replace(made(), live_open=is_open).deals_in(mode) is deals
    assert made().deals_in(mode)


def test_each_gateway_has_an_account_of_ours() -> None:
    """One that is not configured has none."""
    found = {name: made().merchant(name) for name in ("sandbox", "stripe", "paypal")}
    assert [one and one.merchant_account for one in found.values()] == ["m", "acct", None]


def test_a_platform_of_which_nobody_says_anything_has_nothing() -> None:
    """Each platform has what its adapter says, and no other's."""
    said = ChatTraits("said", threads=True)
    services = replace(made(), traits={"said": said})

    assert services.traits_of("said") is said
    assert services.traits_of("other") == ChatTraits("other")
