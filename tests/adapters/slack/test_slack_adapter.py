"""Round trips of the real adapter: signed requests in, calls to a Slack on a real socket out."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from adapters.chat.slack import hosts, web
from conversations.protocol.actions import Slot
from conversations.protocol.events import ConversationKey
from conversations.protocol.ports import Delivery
from conversations.protocol.views import (
    CardPointer,
    Field,
    Form,
    FormErrors,
    OpenForm,
    Option,
    PrivateReply,
    Reply,
    Toast,
    View,
)
from tests.support.chats.slack_adapter_env import TRIGGER_ID, SlackWorld, slack_world
from tests.support.chats.slack_server import DIRECT, Planned

FORM = OpenForm(
    Form(
        "draft-1",
        "Top up",
        (Field(Slot.ACCOUNT, "Account", (Option("a", "A"),)), Field(Slot.AMOUNT, "Amount")),
        "Review",
        "Close",
    )
)
HELP = PrivateReply(View("👋 Help", "Help: type /topup.", ("Type <this>.",)))
POINT = CardPointer("I have sent you the card.")
KEY = ConversationKey("slack", "T1", "U1", "U1")


@pytest.fixture
async def world() -> AsyncIterator[SlackWorld]:
    async with slack_world() as opened:
        yield opened


# --- commands ----------------------------------------------------------------------------------


async def test_a_command_opens_its_form(world: SlackWorld) -> None:
    """views.open with the trigger id of this very command; the acknowledgement is empty."""
    world.received.says = lambda delivery: (FORM,)
    answer = await world.command("")
    assert (answer.status_code, answer.text) == (200, "")
    (call,) = world.slack.called("views.open")
    assert call["trigger_id"] == TRIGGER_ID
    assert call["view"]["private_metadata"] == "draft-1 C1"
    assert [delivery.body["type"] for delivery in world.received.deliveries] == ["command"]


@pytest.mark.parametrize(
    "planned",
    [
        Planned("expired_trigger_id"),
        Planned("ratelimited", 429, {"Retry-After": "30"}),
        Planned("internal_error", 500),
        Planned(lose_reply=True),
        Planned(seconds=2),
    ],
)
async def test_42_a_form_that_cannot_open_becomes_a_card(
    world: SlackWorld, planned: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The miss is stored as a delivery of its own, and what it answers is told as well."""
    monkeypatch.setattr(web, "_PROMPT_SECONDS", 0.2)
    world.slack.plan("views.open", planned)

    def says(delivery: Delivery) -> tuple[Reply, ...]:
        return (FORM,) if delivery.body["type"] == "command" else (POINT,)

    world.received.says = says
    answer = await world.command("")
    missed = world.received.deliveries[1]
    assert missed.body["type"] == "form_missed"
    assert missed.lane == world.received.deliveries[0].lane
    assert answer.json()["text"] == POINT.text
    assert len(world.slack.called("views.open")) == 1


async def test_an_answer_to_a_command_is_for_their_eyes_only(world: SlackWorld) -> None:
    """It stands in the acknowledgement: ephemeral, with text for screen readers."""
    world.received.says = lambda delivery: (HELP,)
    told = (await world.command("help")).json()
    assert told["response_type"] == "ephemeral"
    assert told["text"] == "Help: type /topup."
    assert told["blocks"][1]["text"] == {
        "type": "plain_text",
        "text": "Type <this>.",
        "emoji": True,
    }
    assert told["unfurl_links"] is False
    assert world.slack.acts == []


async def test_a_pointer_stands_only_outside_the_direct_message(world: SlackWorld) -> None:
    """In a channel or a colleague's direct message it says where the card is; not beside it."""
    world.received.says = lambda delivery: (POINT,)
    in_channel = await world.command("50", channel="C1", trigger_id="1")
    with_colleague = await world.command("50", channel="D2", trigger_id="2")
    with_bot = await world.command("50", channel=DIRECT, trigger_id="3")
    assert in_channel.json()["text"] == POINT.text
    assert with_colleague.json()["text"] == POINT.text
    assert with_bot.text == ""
    assert len(world.slack.called("conversations.open")) == 1


async def test_41_a_late_answer_is_an_empty_acknowledgement(world: SlackWorld) -> None:
    """None means that the card will tell; Slack must not be kept waiting."""
    world.received.says = lambda delivery: None
    answer = await world.command("50 USD card")
    assert (answer.status_code, answer.text) == (200, "")


async def test_the_same_delivery_twice_is_answered_once(world: SlackWorld) -> None:
    """Slack repeats; the repetition is acknowledged and changes nothing."""
    world.received.says = lambda delivery: (HELP,)
    first, again = await world.command("help"), await world.command("help")
    assert first.json()["text"] == "Help: type /topup."
    assert (again.status_code, again.text) == (200, "")
    assert len(world.received.deliveries) == 1


# --- storing first -----------------------------------------------------------------------------


async def test_what_is_not_stored_is_not_acknowledged(world: SlackWorld) -> None:
    """503: Slack sends an event again, and tells a person that the app did not answer."""
    world.received.broken = True
    assert (await world.command("50")).status_code == 503
    assert (await world.say("50")).status_code == 503
    assert (await world.press()).status_code == 503


async def test_what_is_stored_is_acknowledged_whatever_happens_next(world: SlackWorld) -> None:
    """An error behind the store is the worker's business; Slack has done its part."""

    def fails(delivery: Delivery) -> tuple[Reply, ...]:
        raise RuntimeError(f"oops {delivery.body}")

    world.received.says = fails
    for answer in (await world.command("50"), await world.say("50"), await world.press("t")):
        assert (answer.status_code, answer.text) == (200, "")


async def test_other_kinds_of_requests_are_acknowledged_quietly(world: SlackWorld) -> None:
    """Nothing is stored, and Slack sees no error."""
    answers = [
        await world.event({"type": "app_home_opened", "user": "U1"}),
        await world.say("edited", subtype="message_changed"),
        await world.say("my own words", bot_id="B1"),
        await world.interaction(
            "view_closed", view={"type": "modal", "callback_id": "topup_form"}
        ),
        await world.interaction("shortcut", callback_id="anything"),
        await world.interaction("block_suggestion", action_id="x", value=""),
        await world.press(action="open:0:0"),
        await world.form({"ssl_check": "1", "token": "legacy"}),
        await world.submit({}, form="foreign_form"),
    ]
    assert {(answer.status_code, answer.text) for answer in answers} == {(200, "")}
    assert world.received.deliveries == []
    assert world.slack.acts == []


# --- presses, forms, messages ------------------------------------------------------------------


async def test_an_answer_to_a_press_goes_to_its_response_url(world: SlackWorld) -> None:
    """Ephemeral, beside the card, which it does not replace."""
    world.received.says = lambda delivery: (Toast("That <button> was used."),)
    answer = await world.press("k3.tok")
    assert (answer.status_code, answer.text) == (200, "")
    (hooked,) = world.slack.hooked
    assert hooked["response_type"] == "ephemeral"
    assert hooked["replace_original"] is False
    assert hooked["text"] == "That &lt;button&gt; was used."
    assert world.received.deliveries[0].body["button"] == "k3.tok"


async def test_a_press_on_an_alert_points_to_the_card(world: SlackWorld) -> None:
    """In a channel the card appears elsewhere; in the direct message it is in sight."""
    world.received.says = lambda delivery: (POINT,)
    await world.press(channel="C1", trigger_id="1")
    await world.press(channel=DIRECT, trigger_id="2")
    assert [hooked["text"] for hooked in world.slack.hooked] == [POINT.text]


async def test_a_press_may_open_a_form(world: SlackWorld) -> None:
    """A press brings a trigger id as a command does."""
    world.received.says = lambda delivery: (FORM,)
    await world.press()
    assert world.slack.called("views.open")[0]["trigger_id"] == TRIGGER_ID


async def test_only_slacks_own_addresses_are_called(world: SlackWorld) -> None:
    """A response URL that leads elsewhere is not called; the card tells anyway."""
    world.received.says = lambda delivery: (Toast("Used."),)
    answer = await world.press(response_url="http://169.254.169.254/latest")
    assert answer.status_code == 200
    assert world.slack.hooked == []


@pytest.mark.parametrize(
    ("base_url", "url", "allowed"),
    [
        ("https://slack.com/api/", "https://hooks.slack.com/actions/T1/2/x", True),
        ("https://slack.com/api", "https://hooks.slack.com/commands/1", True),
        ("https://slack.com/api/", "http://hooks.slack.com/actions/1", False),
        ("https://slack.com/api/", "https://hooks.slack.com.evil.example/1", False),
        ("https://slack.com/api/", "https://hooks.slack.com@evil.example/1", False),
        ("https://slack.com/api/", "https://hooks.slack.com:8443/1", False),
        ("https://slack.com/api/", "http://127.0.0.1:8000/1", False),
        ("http://127.0.0.1:9/api/", "http://127.0.0.1:9/hook/1", True),
        ("http://127.0.0.1:9/api/", "http://127.0.0.1:10/hook/1", False),
        ("http://127.0.0.1:9/api/", "https://hooks.slack.com/1", False),
    ],
)
def test_which_response_urls_are_slacks(base_url: str, url: str, allowed: bool) -> None:
    """Exactly hooks.slack.com over https; before an emulator exactly the emulator."""
    assert hosts.hook_hosts(base_url).allows(url) is allowed


async def test_form_errors_keep_the_form_open(world: SlackWorld) -> None:
    """A sentence under each field that is wrong, in the acknowledgement itself."""
    errors = FormErrors(((Slot.AMOUNT, "Use $5.00 to $2,000.00."),))
    world.received.says = lambda delivery: (errors,)
    answer = await world.submit({"amount": {"value": "1"}})
    assert answer.json() == {
        "response_action": "errors",
        "errors": {"amount": "Use $5.00 to $2,000.00."},
    }


async def test_a_good_form_closes(world: SlackWorld) -> None:
    """An empty acknowledgement closes it; no pointer, since the message is what they see next."""
    world.received.says = lambda delivery: (POINT,)
    answer = await world.submit({"amount": {"value": "50"}}, draft=f"draft-1 {DIRECT}")
    assert (answer.status_code, answer.text) == (200, "")
    assert world.slack.called("chat.postEphemeral") == []
    assert world.received.deliveries[0].body["values"] == {"amount": "50"}
    assert world.received.deliveries[0].body["draft"] == "draft-1"


async def test_142_a_form_of_a_channel_says_there_where_its_review_is(world: SlackWorld) -> None:
    """Whoever pressed Top up on an alert reads where it goes on, for their eyes only."""
    world.received.says = lambda delivery: (FORM,)
    await world.press(channel="C1")
    (opened,) = world.slack.called("views.open")
    world.received.says = lambda delivery: (POINT,)
    draft = opened["view"]["private_metadata"]
    answer = await world.submit({"amount": {"value": "50"}}, draft=draft, trigger_id="2")

    (told,) = world.slack.called("chat.postEphemeral")
    assert (told["channel"], told["user"], told["text"]) == ("C1", "U1", POINT.text)
    assert (answer.status_code, answer.text) == (200, "")


@pytest.mark.parametrize("opened_in", ["C1", "D2", "-"])
async def test_142_the_form_says_it_where_no_channel_can(
    world: SlackWorld, opened_in: str
) -> None:
    """No channel, one that the bot is not in, a direct message with a colleague: its own words."""
    world.slack.plan("chat.postEphemeral", Planned("channel_not_found"))
    world.received.says = lambda delivery: (CardPointer("I have sent it.", "Aufladen", "Zu"),)
    told = (await world.submit({}, draft=f"draft-1 {opened_in}")).json()

    assert told["response_action"] == "update"
    view = told["view"]
    assert (view["title"]["text"], view["close"]["text"]) == ("Aufladen", "Zu")
    assert "I have sent it." in str(view["blocks"])
    assert "submit" not in view


async def test_an_answer_to_a_message_is_a_message(world: SlackWorld) -> None:
    """What a person types to the bot has no acknowledgement they could see."""
    world.received.says = lambda delivery: (HELP, POINT)
    assert (await world.say("help")).text == ""
    (call,) = world.slack.called("chat.postMessage")
    assert call["channel"] == "U1"
    assert call["text"] == "Help: type /topup."
    assert call["unfurl_links"] is False


async def test_an_answer_that_fails_is_still_acknowledged(world: SlackWorld) -> None:
    """Answers are best effort: never repeated, never an error to Slack."""
    world.received.says = lambda delivery: (HELP,)
    world.slack.plan("chat.postMessage", Planned("internal_error", 500))
    assert (await world.say("help")).status_code == 200
    assert len(world.slack.called("chat.postMessage")) == 1
