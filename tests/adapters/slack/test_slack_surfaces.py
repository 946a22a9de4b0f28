"""Home tab, shortcuts and alert threads, through the whole bot before a small Slack."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.chats.slack_adapter_env import read
from tests.support.chats.slack_bot_env import CHANNEL, SlackBot, slack_bot
from tests.support.chats.slack_server import DIRECT


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[SlackBot]:
    async with slack_bot(tmp_path) as opened:
        yield opened


async def test_the_home_shows_balances_and_a_way_to_top_up(place: SlackBot) -> None:
    """Opened for the first time: what is left, nothing open, one button with a form behind it."""
    await place.opens_home()
    assert "Team Alpha" in place.home()
    assert "$0.00" in place.home()
    form = await place.presses(place.slack.homes["U1"], "Top up")
    assert form["callback_id"] == "topup_form"


async def test_the_home_follows_a_top_up(place: SlackBot) -> None:
    """It shows the open top-up, and the credit as soon as the money is there."""
    await place.opens_home()
    form = await place.presses(place.slack.homes["U1"], "Top up")
    await place.sends(form, "50")
    await place.presses(place.newest(DIRECT), "Confirm")
    assert "⏳ Waiting for payment" in place.home()
    await place.pays(place.newest(DIRECT))
    assert "$50.00 to \u2068Team Alpha\u2069, ✅ Credited" in place.home()
    assert "TX-" in place.home()


async def test_a_home_never_opened_is_not_published(place: SlackBot) -> None:
    """Nobody looks at it, so nothing is sent; the messages tab alone does not count."""
    await place.world.event({"type": "app_home_opened", "user": "U1", "tab": "messages"})
    await place.world.command("50 USD card")
    await place.bot.quiet()
    assert place.slack.called("views.publish") == []


async def test_somebody_without_an_account_learns_how_to_get_one(place: SlackBot) -> None:
    """Their home says whom to ask, and shows no balance."""
    await place.opens_home("U9")
    assert "no account here yet" in place.home("U9")
    assert "Team Alpha" not in place.home("U9")


async def test_the_global_shortcut_opens_the_form(place: SlackBot) -> None:
    """The same form as `/topup`."""
    await place.world.interaction("shortcut", callback_id="topup_begin")
    (opened,) = place.slack.called("views.open")
    assert opened["view"]["callback_id"] == "topup_form"


async def test_a_shortcut_of_another_app_is_not_ours(place: SlackBot) -> None:
    """It is acknowledged, and nothing else happens."""
    answer = await place.world.interaction("shortcut", callback_id="other")
    assert answer.status_code == 200
    assert place.slack.calls == []


async def test_a_top_up_from_an_alert_is_told_in_its_thread(place: SlackBot) -> None:
    """One line below the alert, without a link, edited when the money is credited."""
    await place.draws("5")
    alert = place.newest(CHANNEL)
    form = await place.presses(alert, "Top up")
    await place.sends(form, "50")
    await place.presses(place.newest(DIRECT), "Confirm")
    line = place.newest(CHANNEL)
    (alert_ts,) = [ts for ts, one in place.slack.messages.items() if one is alert]
    assert line["thread_ts"] == alert_ts
    assert "⏳ \u2068@ana\u2069 is topping up $50.00" in read(line)
    assert "/pay/" not in str(line)
    await place.pays(place.newest(DIRECT))
    assert "✅ $50.00 by \u2068@ana\u2069 was credited" in read(place.newest(CHANNEL))


async def test_cancelling_is_told_in_the_thread_too(place: SlackBot) -> None:
    """The channel must not wait for money that will not come."""
    await place.draws("5")
    form = await place.presses(place.newest(CHANNEL), "Top up")
    await place.sends(form, "50")
    await place.presses(place.newest(DIRECT), "Confirm")
    await place.presses(place.newest(DIRECT), "Cancel")
    assert "cancelled the top-up of $50.00" in read(place.newest(CHANNEL))


async def test_the_alerts_own_menu_tops_up_its_account(place: SlackBot) -> None:
    """The account is found by what the message says of itself; progress goes to its thread."""
    await place.draws("5")
    alert = place.newest(CHANNEL)
    message = {"ts": "1.2", "metadata": alert["metadata"]}
    await place.world.interaction(
        "message_action",
        callback_id="topup_about",
        channel={"id": CHANNEL},
        message=message,
        response_url=place.slack.hook_url,
    )
    (opened,) = place.slack.called("views.open")
    await place.sends(opened["view"], "50")
    await place.presses(place.newest(DIRECT), "Confirm")
    assert "is topping up $50.00" in read(place.newest(CHANNEL))


@pytest.mark.parametrize(
    "metadata",
    [None, {}, {"event_type": "topup_card", "event_payload": {"card": "ffffffffffffffff"}}],
)
async def test_any_other_message_opens_the_plain_form(
    place: SlackBot, metadata: dict[str, object] | None
) -> None:
    """A message that is not ours, or says so wrongly, is no reason to do nothing."""
    await place.world.interaction(
        "message_action",
        callback_id="topup_about",
        channel={"id": CHANNEL},
        message={"ts": "1.2", "metadata": metadata},
        response_url=place.slack.hook_url,
    )
    (opened,) = place.slack.called("views.open")
    assert opened["view"]["callback_id"] == "topup_form"


async def test_every_card_of_a_top_up_names_it_in_its_metadata(place: SlackBot) -> None:
    """An operator finds the message by the top-up's id in Slack's own export."""
    await place.world.command("50 USD card")
    await place.bot.quiet()
    await place.presses(place.newest(DIRECT), "Confirm")
    card = place.newest(DIRECT)
    about = card["metadata"]["event_payload"]
    assert card["metadata"]["event_type"] == "topup_card"
    assert about["subject"] in read(card)
    assert about["subject"].startswith("TU-")


@pytest.mark.parametrize("flag", ["is_ext_shared", "is_pending_ext_shared"])
async def test_no_balance_goes_where_other_companies_read(place: SlackBot, flag: str) -> None:
    """The alert is kept back, and stays kept back."""
    place.slack.channels[CHANNEL] = {flag: True}
    await place.draws("5")
    assert place.slack.called("chat.postMessage") == []
    assert len(place.slack.called("conversations.info")) == 1


async def test_an_alert_is_not_edited_after_the_channel_was_shared(place: SlackBot) -> None:
    """What stands there stays; nothing new is told to the others."""
    await place.draws("5")
    place.slack.channels[CHANNEL] = {"is_ext_shared": True}
    place.world.later(601)
    await place.draws("5")
    assert place.slack.called("chat.update") == []
