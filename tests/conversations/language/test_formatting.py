"""Words and what surrounds them: a chat's formatting is no part of what people say."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.slack.events import read_delivery
from adapters.chat.slack.events import to_event as slack_event
from adapters.chat.telegram.events import to_event as telegram_event
from conversations.protocol.events import Said
from conversations.text.markup import strip_markup
from tests.adapters.slack.test_slack_events import COMMAND, MESSAGE
from tests.support.chats.slack_adapter_env import slack_world
from tests.support.chats.telegram_bot_api import BOT_ID, message

_SIGNED_ALIKE = [
    ("*50* USD", "50 USD"),
    ("*$50* card", "$50 card"),
    ("_50_ USD", "50 USD"),
    ("~50~ USD", "50 USD"),
    ("`50` USD", "50 USD"),
    ("**50** USD", "50 USD"),
    ("__50__ ~~USD~~", "50 USD"),
    ("*_~50~_* USD", "50 USD"),
    ("_*50 USD*_ card", "50 USD card"),
    ("*50 USD card*", "50 USD card"),
    ("~_*50*_~", "50"),
    ("`*_50_*` USD", "50 USD"),
    ("*||50||* USD", "50 USD"),
    ("||50|| USD", "50 USD"),
    ("team_a_b 50", "team_a_b 50"),
    ("2*3*4", "2*3*4"),
    ("*50 USD", "*50 USD"),
    ("50* USD*", "50* USD*"),
    ("a * b * c", "a * b * c"),
    ("1~2", "1~2"),
    ("-50", "-50"),
]


def in_slack(payload: dict[str, Any]) -> object:
    """What a payload of Slack says; None where it is none of ours."""
    made = read_delivery(payload, "raw")
    incoming = slack_event(made.body) if made else None
    return incoming.event if incoming else None


@pytest.mark.parametrize(("text", "read"), _SIGNED_ALIKE)
def test_133_formatting_around_words_is_dropped_in_both_chats(text: str, read: str) -> None:
    """In a command, in a message, in a caption; what is no formatting stays letter by letter."""
    in_telegram = telegram_event(dict(message(9, text)), BOT_ID)
    commanded = telegram_event(dict(message(9, f"/topup {text}")), BOT_ID)
    captioned = telegram_event(dict(message(9, None, caption=text)), BOT_ID)

    assert in_slack({**MESSAGE, "event": {**MESSAGE["event"], "text": text}}) == Said(read)
    assert in_slack({**COMMAND, "text": text}) == Said(read, command=True, form=True)
    assert [each.event for each in (in_telegram, captioned) if each] == [Said(read)] * 2
    assert commanded is not None
    assert commanded.event == Said(read, command=True)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("*<tel:5550100|50>* USD", "50 USD"),
        ("<tel:1000|1,000> USD", "1,000 USD"),
        ("<tel:1000>", "1000"),
        ("<mailto:ana@acme.test|ana@acme.test>", "ana@acme.test"),
        ("R&amp;D *50*", "R&D 50"),
        ("&gt; 50 USD", "50 USD"),
        ("```50 USD```", "50 USD"),
        ("• 50 USD", "50 USD"),
        ("&lt;b&gt;", "<b>"),
    ],
)
def test_133_what_slack_makes_of_words_is_undone(sent: str, read: str) -> None:
    """Links to telephones and addresses, escapes, quotes, code and lists."""
    said = in_slack({**MESSAGE, "event": {**MESSAGE["event"], "text": sent}})

    assert isinstance(said, Said)
    assert said.text.strip() == read


@pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast", "me_message"])
def test_132_whatever_people_say_counts_as_their_words(subtype: str) -> None:
    """With a file, from a thread to all, and by /me; nothing that a bot says."""
    event = {**MESSAGE["event"], "subtype": subtype}

    assert in_slack({**MESSAGE, "event": event}) == Said("50")
    assert in_slack({**MESSAGE, "event": {**event, "bot_id": "B1"}}) is None


def test_132_a_file_without_words_is_answered_as_a_picture_in_telegram_is() -> None:
    """It says nothing, and is not passed over; an empty message of another kind is."""
    empty = {**MESSAGE["event"], "text": ""}
    in_telegram = telegram_event(dict(message(9, None, caption="")), BOT_ID)

    assert in_slack({**MESSAGE, "event": {**empty, "subtype": "file_share"}}) == Said("")
    assert in_telegram is not None
    assert in_telegram.event == Said("")
    assert in_slack({**MESSAGE, "event": empty}) is None


@pytest.mark.parametrize(
    "subtype",
    ["message_changed", "message_deleted", "bot_message", "channel_join", "message_replied", 7],
)
def test_132_what_nobody_says_is_none_of_ours(subtype: object) -> None:
    """Edits, deletions, bots and notices."""
    assert in_slack({**MESSAGE, "event": {**MESSAGE["event"], "subtype": subtype}}) is None


async def test_132_words_beside_a_file_come_in_at_the_door() -> None:
    """A message with a file, a broadcast of a thread and a /me are stored as any words are."""
    async with slack_world() as world:
        for subtype in ("file_share", "thread_broadcast", "me_message"):
            answer = await world.say("*50*", f"Ev-{subtype}", subtype=subtype)
            assert (answer.status_code, answer.text) == (200, "")

    assert [each.body["text"] for each in world.received.deliveries] == ["50"] * 3


@given(st.text("*_~`|> \n50a•", max_size=30))
def test_133_only_marks_are_taken_away(text: str) -> None:
    """Every letter and digit stays, in its order; done twice it is the same."""
    plain = strip_markup(text)

    assert [char for char in plain if char.isalnum()] == [char for char in text if char.isalnum()]


@given(st.lists(st.text("aZ09$€.,", min_size=1, max_size=6), min_size=1, max_size=4))
def test_133_plain_words_stay_as_they_are(words: list[str]) -> None:
    """No mark, no change; and each mark around them is taken away."""
    text = " ".join(words)
    assert strip_markup(text) == text
    assert all(strip_markup(f"{mark}{text}{mark}") == text for mark in "*_~`")
