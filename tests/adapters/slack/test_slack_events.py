"""What Slack delivers becomes our words, without its secrets; everything alien is None."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.slack.events import form_missed_delivery, read_delivery, to_event
from adapters.chat.slack.payloads import stored_body
from conversations.protocol.actions import Slot
from conversations.protocol.events import ConversationKey, FormMissed, Said, Submitted
from conversations.protocol.ports import Delivery, Pressed

KEY = ConversationKey("slack", "T1", "U1", "U1")
COMMAND: dict[str, Any] = {
    "token": "verification-token",
    "team_id": "T1",
    "user_id": "U1",
    "user_name": "ana",
    "channel_id": "C1",
    "command": "/acme-topup",
    "text": "50 USD card",
    "response_url": "https://hooks.slack.com/commands/1",
    "trigger_id": "111.222.abc",
}
MESSAGE: dict[str, Any] = {
    "type": "event_callback",
    "token": "verification-token",
    "team_id": "T1",
    "event_id": "Ev1",
    "event": {
        "type": "message",
        "channel_type": "im",
        "channel": "D1",
        "user": "U1",
        "team": "T1",
        "text": "50",
    },
}
PRESS: dict[str, Any] = {
    "type": "block_actions",
    "token": "verification-token",
    "team": {"id": "T1"},
    "user": {"id": "U1", "team_id": "T1", "name": "ana"},
    "channel": {"id": "D1"},
    "trigger_id": "111.222.abc",
    "response_url": "https://hooks.slack.com/actions/1",
    "actions": [{"type": "button", "action_id": "press:0:1", "value": "tok1"}],
}
SUBMISSION: dict[str, Any] = {
    "type": "view_submission",
    "token": "verification-token",
    "team": {"id": "T1"},
    "user": {"id": "U1", "team_id": "T1", "name": "ana"},
    "trigger_id": "111.222.abc",
    "view": {
        "callback_id": "topup_form",
        "private_metadata": "draft-1",
        "state": {
            "values": {
                "account": {"account": {"selected_option": {"value": "team-a"}}},
                "amount": {"amount": {"type": "plain_text_input", "value": "50"}},
                "currency": {"currency": {"selected_option": None}},
                "unknown": {"unknown": {"value": "x"}},
            }
        },
    },
}


def taken(payload: dict[str, Any]) -> Delivery:
    made = read_delivery(payload, "raw")
    assert made is not None
    return made


def event_of(payload: dict[str, Any]) -> object:
    incoming = to_event(taken(payload).body)
    assert incoming is not None
    assert incoming.key == KEY
    return incoming.event


def test_a_command_is_said_with_a_form_possible() -> None:
    """The words behind the command, whatever the operator called it."""
    assert event_of(COMMAND) == Said("50 USD card", command=True, form=True)


def test_a_bare_command_is_said_too() -> None:
    """`/topup` alone has no text and still means something."""
    assert event_of({**COMMAND, "text": ""}) == Said("", command=True, form=True)


def test_a_direct_message_is_said() -> None:
    """Plain words, to which no form can be opened."""
    assert event_of(MESSAGE) == Said("50", command=False, form=False)


def test_a_press_carries_its_token() -> None:
    """The token comes back untouched; a form can be opened in answer."""
    assert event_of(PRESS) == Pressed("tok1", form=True)


def test_a_form_carries_draft_and_filled_values() -> None:
    """Only our slots, and only those with a value."""
    wanted = ((Slot.ACCOUNT, "team-a"), (Slot.AMOUNT, "50"))
    assert event_of(SUBMISSION) == Submitted("draft-1", wanted)


def test_a_missed_form_keeps_lane_and_person() -> None:
    """It follows its delivery in the same lane, under an id of its own that can be repeated."""
    missed = form_missed_delivery(taken(COMMAND))
    assert missed.lane == taken(COMMAND).lane == "slack:T1:U1"
    assert missed.sender_id != taken(COMMAND).sender_id
    assert missed == form_missed_delivery(taken(COMMAND))
    incoming = to_event(missed.body)
    assert incoming is not None
    assert (incoming.key, incoming.event) == (KEY, FormMissed())


@pytest.mark.parametrize("payload", [COMMAND, MESSAGE, PRESS, SUBMISSION])
def test_no_secret_is_stored(payload: dict[str, Any]) -> None:
    """Slack's token, trigger id and response URL stand in no field that reaches storage."""
    made = taken(payload)
    stored = json.dumps([made.source, made.sender_id, made.lane, dict(made.body)])
    for secret in ("verification-token", "111.222.abc", "hooks.slack.com"):
        assert secret not in stored


def test_handles_for_the_answer_stay_in_the_context() -> None:
    """They are needed at once, and only in memory; so is the channel, for an answer in place."""
    assert taken(COMMAND).context == {
        "channel": COMMAND["channel_id"],
        "trigger_id": "111.222.abc",
        "response_url": "https://hooks.slack.com/commands/1",
    }
    assert taken(MESSAGE).context == {}


def test_sender_ids_tell_deliveries_apart() -> None:
    """The event's id; else by trigger id; else by the raw body, the same each time."""
    assert taken(MESSAGE).sender_id == "Ev1"
    assert taken(COMMAND).sender_id == taken({**COMMAND, "text": "other"}).sender_id
    assert taken(COMMAND).sender_id != taken({**COMMAND, "trigger_id": "9"}).sender_id
    bare = {name: text for name, text in COMMAND.items() if name != "trigger_id"}
    first, again, other = (read_delivery(bare, raw) for raw in ("a=1", "a=1", "a=2"))
    assert first is not None
    assert again is not None
    assert other is not None
    assert first.sender_id == again.sender_id != other.sender_id


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        ("a &amp; b &lt;c&gt;", "a & b <c>"),
        ("&amp;lt;", "&lt;"),
        ("<tel:4242424242424242|4242 4242 4242 4242>", "4242 4242 4242 4242"),
        ("<mailto:ana@acme.test|ana@acme.test> 50", "ana@acme.test 50"),
        ("<https://acme.test/a?b=1>", "https://acme.test/a?b=1"),
        ("<http://acme.test|acme.test>", "acme.test"),
        ("<@U2> 50", "<@U2> 50"),
        ("5\x000\ud800", "50"),
    ],
)
def test_text_is_what_was_typed(sent: str, typed: str) -> None:
    """Slack's escapes and automatic links are undone, and what cannot be stored is dropped."""
    body = stored_body({**COMMAND, "text": sent})
    assert body is not None
    assert body["text"] == typed


@pytest.mark.parametrize(
    "event",
    [
        {**MESSAGE["event"], "bot_id": "B1"},
        {**MESSAGE["event"], "subtype": "message_changed"},
        {**MESSAGE["event"], "channel_type": "channel"},
        {**MESSAGE["event"], "type": "app_mention"},
        {**MESSAGE["event"], "user": None},
        {"type": "app_home_opened", "user": "U1"},
    ],
)
def test_other_events_are_not_ours(event: dict[str, Any]) -> None:
    """The bot's own words, edits, channels and other kinds are none of our business."""
    assert read_delivery({**MESSAGE, "event": event}, "raw") is None


def test_a_foreign_form_and_a_link_button_are_not_ours() -> None:
    """A button that only opens a page still sends a delivery; it means nothing here."""
    opened = {"type": "button", "action_id": "open:0:0", "value": "x", "url": "https://pay.test"}
    assert read_delivery({**PRESS, "actions": [opened]}, "raw") is None
    assert read_delivery({**SUBMISSION, "view": {"callback_id": "other"}}, "raw") is None
    assert read_delivery({**SUBMISSION, "type": "view_closed"}, "raw") is None


@pytest.mark.parametrize(
    "payload",
    [
        {**PRESS, "user": {"id": "U1", "team_id": "T9"}},
        {**MESSAGE, "event": {**MESSAGE["event"], "team": "T9"}},
        {**MESSAGE, "event": {**MESSAGE["event"], "user_team": "T9"}},
    ],
)
def test_a_guest_of_another_workspace_is_of_that_workspace(payload: dict[str, Any]) -> None:
    """No link of our workspace can then match a Slack Connect stranger."""
    incoming = to_event(taken(payload).body)
    assert incoming is not None
    assert incoming.key.tenant == "T9"


@pytest.mark.parametrize(
    "payload",
    [
        {**PRESS, "user": {"id": "U1", "team_id": "E9"}},
        {**SUBMISSION, "user": {"id": "U1", "team_id": "E9"}},
        {**MESSAGE, "event": {**MESSAGE["event"], "team": "E9"}},
        {**MESSAGE, "event": {**MESSAGE["event"], "user_team": "E9", "team": "E9"}},
    ],
)
def test_104_who_belongs_to_an_organisation_is_asked_about_where_they_act(
    payload: dict[str, Any],
) -> None:
    """Slack names the organisation of such people, which no account can be linked to."""
    incoming = to_event(taken(payload).body)
    assert incoming is not None
    assert incoming.key.tenant == "T1"


@pytest.mark.parametrize("long", ["team_id", "user_id", "enterprise_id"])
def test_109_an_id_that_no_index_takes_is_none_of_ours(long: str) -> None:
    """Slack's have some ten characters; a database has no index of as many as a body has."""
    everywhere = {**COMMAND, "enterprise_id": "E1", "is_enterprise_install": "true"}
    assert read_delivery(everywhere, "{}") is not None
    assert read_delivery({**everywhere, long: "T" * 3_000}, "{}") is None
    named = read_delivery({**MESSAGE, "event_id": "E" * 3_000}, "{}")
    assert named is not None
    assert len(named.sender_id) < 100


def test_134_slackbot_is_nobody() -> None:
    """It says in a chat what somebody had it remind them of."""
    for payload in (
        {**MESSAGE, "event": {**MESSAGE["event"], "user": "USLACKBOT"}},
        {**COMMAND, "user_id": "USLACKBOT"},
    ):
        assert read_delivery(payload, "{}") is None


def test_a_removed_card_number_is_passed_on() -> None:
    """The inbox marks the body; the conversation answers with a warning."""
    incoming = to_event({**taken(MESSAGE).body, "text": "[removed]", "card_number": True})
    assert incoming is not None
    assert incoming.event == Said("[removed]", bank_card_number=True)


_NAMES = st.sampled_from(
    [*COMMAND, *MESSAGE, *PRESS, *SUBMISSION, "user_team", "subtype", "state", "values", "value"]
)
_WORDS = st.sampled_from(["event_callback", "block_actions", "view_submission", "press", "form"])
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | _WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=6),
    max_leaves=25,
)


@given(payload=st.dictionaries(_NAMES, _JSON, max_size=9), name=_NAMES, value=_JSON)
def test_no_json_makes_them_raise(payload: dict[str, Any], name: str, value: Any) -> None:
    """Arbitrary JSON, and our own payloads with one part exchanged, are read or are None."""
    for each in (payload, *({**known, name: value} for known in (MESSAGE, PRESS, SUBMISSION))):
        made = read_delivery(each, "raw")
        to_event(each)
        if made is not None:
            to_event(made.body)
            assert made.body["user"]
            assert made.lane.startswith("slack:")
