"""Places: what is stored is read back, of a platform's own words nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.protocol.events import ConversationKey
from conversations.protocol.people import Person, read_person
from conversations.protocol.places import (
    Chat,
    HomeTab,
    Place,
    RefusedPlace,
    Thread,
    WholeChat,
    chat_of,
    home_of,
    read_chat,
    read_place,
    read_refused_place,
    threads_prefix,
    without_thread,
    write_place,
)
from conversations.protocol.ports import MessageRef, Verdict, thread_below

# What platforms call chats, people, messages and topics has neither slash nor colon.
NAMES = st.text(st.characters(exclude_characters=":/", exclude_categories=["Cs"]))
SAID = NAMES.filter(bool)
WHOLE = st.builds(WholeChat, SAID)
PLACES = WHOLE | st.builds(Thread, SAID, SAID) | st.builds(HomeTab, SAID)


@given(PLACES)
def test_a_place_comes_back_from_storage(place: Place) -> None:
    """Of every kind, and as the same kind."""
    assert read_place(write_place(place)) == place


@given(st.text() | st.from_regex(r"(home:)?[^/]*/?.*"))
def test_what_is_stored_stays_byte_for_byte(stored: str) -> None:
    """Whatever it is: databases are full of words that older versions wrote."""
    assert write_place(read_place(stored)) == stored
    assert read_chat("slack", "T1", stored).id == stored


@pytest.mark.parametrize(
    ("stored", "place"),
    [
        ("C1", WholeChat("C1")),
        ("-1001", WholeChat("-1001")),
        ("C1/1700000000.000100", Thread("C1", "1700000000.000100")),
        ("-1001/7", Thread("-1001", "7")),
        ("home:U1", HomeTab("U1")),
    ],
)
def test_databases_of_every_version_hold_these_places(stored: str, place: Place) -> None:
    """Channels and groups, threads and topics, and pages."""
    assert read_place(stored) == place
    assert write_place(place) == stored


@given(WHOLE, SAID)
def test_a_thread_is_within_its_chat(chat: WholeChat, below: str) -> None:
    """By what its stored word begins with, which no other chat's threads do."""
    thread = Thread(chat.id, below)

    assert without_thread(thread) == chat
    assert write_place(thread).startswith(threads_prefix(chat))
    assert not write_place(Thread(f"{chat.id}7", below)).startswith(threads_prefix(chat))


@given(WHOLE | st.builds(HomeTab, SAID))
def test_what_is_no_thread_is_a_whole_place(place: Place) -> None:
    """It counts, waits and opens for itself."""
    assert without_thread(place) is place


def test_chats_are_made_of_what_is_known() -> None:
    """Of a conversation, of a person, and of the message that a thread is below."""
    topic = ConversationKey("telegram", "4242", "-1001/7", "77")
    channel = read_chat("slack", "T1", "C1")

    assert chat_of(topic) == Chat("telegram", "4242", Thread("-1001", "7"))
    assert home_of(topic) == Chat("telegram", "4242", HomeTab("77"))
    assert thread_below(channel, MessageRef("C1", "1.2")).place == Thread("C1", "1.2")


# --- as operators write it ---------------------------------------------------------------------


@given(SAID, SAID, st.none() | PLACES, st.sampled_from(Verdict))
def test_what_an_operator_is_shown_they_can_write(
    platform: str, tenant: str, place: Place | None, why: Verdict
) -> None:
    """One place, thread or page, or a whole bot."""
    refused = RefusedPlace(platform, tenant, place, why)
    assert read_refused_place(refused.spelled) == refused


@pytest.mark.parametrize("text", ["", "TU-7XK2M9QD", "slack:gone", ":", "/:gone/"])
def test_what_names_no_bot_is_no_refused_place(text: str) -> None:
    """A top-up's number, say, whose task is closed by the same command."""
    found = read_refused_place(text)
    assert found is None or found.spelled == text


# An operator types them in a terminal: no blanks, and a platform in small letters.
TYPED = st.from_regex(r"[A-Za-z0-9._-]+", fullmatch=True)
PLATFORMS = st.from_regex(r"[a-z]+", fullmatch=True)


@given(PLATFORMS, st.just("") | TYPED, TYPED)
def test_a_person_is_read_as_spelled(platform: str, tenant: str, person: str) -> None:
    """With a tenant or without."""
    spelled = Person(platform, tenant, person).spelled
    assert read_person(spelled) == Person(platform, tenant, person)
