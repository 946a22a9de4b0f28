"""What the emulated Slack can be made to do wrong: acknowledgements ignored, events repeated."""

from collections.abc import AsyncIterator

import pytest

from tests.support.chats.slack_emulator import ANA, BUTTON, DM, Town, slack_town


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    async with slack_town() as running:
        yield running


async def test_an_ignored_acknowledgement_brings_the_event_again(town: Town) -> None:
    """The bot works an event off, and gets it once more with X-Slack-Retry-Num 1."""
    planned = await town.post("/window/slack/fault", method="event", kind="ack_ignored")
    assert planned["planned"] == 1
    await town.window.say(ANA, DM, "hello")
    await town.window.settle()
    assert town.bot.retries == [None, "1"]
    first, second = town.bot.heard
    assert first == second
    assert "(retry 1)" in [entry["what"] for entry in town.world.journal][-1]


async def test_an_ignored_acknowledgement_of_a_person_times_out(town: Town) -> None:
    """The command is done, and its answer is not shown; a press shows the warning sign."""
    town.world.fail_next("command", "ack_ignored")
    await town.window.say(ANA, DM, "/topup 5")
    assert town.texts() == ['`/topup` failed with the error "operation_timeout"']
    sent = await town.client.chat_postMessage(channel=ANA, text="Card", blocks=[BUTTON])
    town.world.fail_next("*", "ack_ignored")
    pressed = await town.window.press(ANA, DM, sent["ts"], "pay", "card")
    assert pressed == {"ok": False, "error": "operation_timeout"}
    assert len(town.bot.heard) == 2


async def test_faults_of_calls_and_of_deliveries_do_not_mix(town: Town) -> None:
    """`*` of the one kind leaves the other kind alone."""
    town.world.fail_next("*", "ack_ignored")
    await town.client.auth_test()
    town.world.fail_next("*", "server_error")
    await town.window.open_home(ANA)
    await town.window.settle()
    assert town.world.faults == []
    assert town.bot.retries == [None, "1"]


async def test_the_last_event_can_be_delivered_once_more(town: Town) -> None:
    """A button of the playground; before any event there is nothing to repeat."""
    nothing = await town.post("/window/slack/redeliver")
    assert nothing == {"ok": False, "error": "no_event_yet"}
    await town.window.say(ANA, DM, "hello")
    await town.window.settle()
    assert await town.post("/window/slack/redeliver") == {"ok": True}
    assert town.bot.retries == [None, "1"]
    assert town.bot.heard[0] == town.bot.heard[1]
