"""Names of pending work: what is written is read back, and stands in databases as ever."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.protocol.events import ConversationKey
from conversations.protocol.places import read_chat
from service.lanes.keys import (
    LaneKind,
    read_chat_key,
    read_checkout_key,
    read_kind,
    read_person_key,
    read_recovery_key,
    stored_kinds,
    write_bot_key,
    write_chat_key,
    write_checkout_key,
    write_person_key,
    write_recovery_key,
)

# Platforms, gateways, workspaces and people have neither separator in their names.
NAMES = st.text(st.characters(exclude_characters=":|", exclude_categories=["Cs"]))
# What chats and checkouts are called is up to others.
ANYTHING = st.text(max_size=40)
ZONES = st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours)))
TIMES = st.datetimes(timezones=ZONES)


@given(NAMES, NAMES, NAMES)
def test_a_person_comes_back_from_their_key(platform: str, tenant: str, person: str) -> None:
    """As the private conversation with them, whom audit and support name alike."""
    key = write_person_key(platform, tenant, person)
    found = ConversationKey(platform, tenant, person, person)

    assert read_person_key(key) == found
    assert key == found.actor_name


@pytest.mark.parametrize("key", ["", "clock", "operator:1", "a:b:c:d"])
def test_who_is_no_person_has_no_conversation(key: str) -> None:
    """Fewer or more names than a person has."""
    assert read_person_key(key) is None


@given(NAMES, NAMES, ANYTHING)
def test_a_chat_comes_back_from_its_key(platform: str, tenant: str, chat: str) -> None:
    """With whatever stands in its id."""
    there = read_chat(platform, tenant, chat)
    assert read_chat_key(write_chat_key(there)) == there


@given(NAMES, ANYTHING)
def test_a_checkout_comes_back_from_its_key(gateway: str, checkout_ref: str) -> None:
    """With whatever its gateway calls it."""
    assert read_checkout_key(write_checkout_key(gateway, checkout_ref)) == (gateway, checkout_ref)


@given(TIMES, st.integers(min_value=0))
def test_a_recovery_comes_back_from_its_key(since: datetime, done: int) -> None:
    """The same moment to the microsecond, and how often it was looked."""
    assert read_recovery_key(write_recovery_key(since, done)) == (since, done)


@pytest.mark.parametrize("read", [read_chat_key, read_checkout_key, read_recovery_key])
def test_what_is_no_key_is_never_taken_for_another(read: Callable[[str], object]) -> None:
    """It raises, so that the lane is tried again and somebody sees it."""
    with pytest.raises(ValueError, match=r"."):
        read("alone")


@given(st.sampled_from(LaneKind), st.lists(NAMES, unique=True))
def test_a_kind_comes_back_from_what_is_stored(kind: LaneKind, platforms: list[str]) -> None:
    """One for each platform where cards are shown, and one of all else."""
    stored = stored_kinds(kind, platforms)

    assert {read_kind(each) for each in stored} <= {kind}
    assert len(set(stored)) == (len(platforms) if kind is LaneKind.SHOW else 1)


def test_databases_of_every_version_hold_these_names() -> None:
    """Byte for byte: work under another name would wait for ever."""
    at = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert write_person_key("slack", "T1", "U1") == "slack:T1:U1"
    assert write_bot_key("telegram", "4242") == "telegram:4242"
    assert write_chat_key(read_chat("slack", "T1", "C1/1.2")) == "slack|T1|C1/1.2"
    assert write_chat_key(read_chat("telegram", "9", "7|8|9")) == "telegram|9|7|8|9"
    assert write_checkout_key("sandbox", "cs_1") == "sandbox|cs_1"
    assert write_recovery_key(at, 3) == "2026-11-23T12:00:00+00:00|3"
    assert stored_kinds(LaneKind.SHOW, ["slack", "telegram"]) == ("show:slack", "show:telegram")
    assert stored_kinds(LaneKind.HAND_OVER, ["slack"]) == ("hand_over",)
