"""Modals and the Home tab of the emulated Slack, driven by the real slack-bolt."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from tests.support.chats.slack_emulator import ANA, BEN, DM, MODAL, Town, refusal, slack_town


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    async with slack_town() as running:
        yield running


async def open_form(town: Town) -> str:
    await town.window.say(ANA, DM, "/topup")
    view_id: str = town.window.state(ANA)["modal"]["id"]
    return view_id


async def test_a_modal_shows_field_errors_then_closes(town: Town) -> None:
    """Errors keep it open under their field; an empty acknowledgement closes it."""
    view_id = await open_form(town)
    wrong = await town.window.submit_view(ANA, view_id, {"amount": {"typed": "lots"}})
    assert wrong == {"ok": False, "errors": {"amount": "Use 5.00 to 2,000.00."}}
    right = {"amount": {"typed": "50"}, "method": {"chosen": "bank"}}
    assert await town.window.submit_view(ANA, view_id, right) == {"ok": True}
    assert town.window.state(ANA)["modal"] is None
    view = town.bot.heard[-1]["view"]
    assert view["private_metadata"] == "draft"
    assert view["state"]["values"]["method"]["chosen"]["selected_option"]["value"] == "bank"


async def test_slack_itself_asks_for_required_fields(town: Town) -> None:
    """An empty required field is refused in the window and the bot hears nothing."""
    view_id = await open_form(town)
    town.bot.heard.clear()
    answer = await town.window.submit_view(ANA, view_id, {})
    assert answer["errors"] == {"amount": "Please complete this required field."}
    assert town.bot.heard == []


async def test_errors_under_unknown_fields_are_trouble(town: Town) -> None:
    """A block id that is no input of the view is shown as Slack's general sentence."""
    view_id = await open_form(town)
    answer = await town.window.submit_view(ANA, view_id, {"amount": {"typed": "astray"}})
    assert "trouble" in answer["error"]
    assert answer["detail"] == ["elsewhere"]


@pytest.mark.parametrize(("typed", "depth"), [("more", 1), ("push", 2), ("clear", 0)])
async def test_submission_may_update_push_or_clear(town: Town, typed: str, depth: int) -> None:
    """The three other response actions are obeyed."""
    view_id = await open_form(town)
    await town.window.submit_view(ANA, view_id, {"amount": {"typed": typed}})
    assert town.window.state(ANA)["modal_depth"] == depth


async def test_closing_tells_the_bot_that_asked_for_it(town: Town) -> None:
    """notify_on_close sends view_closed."""
    view_id = await open_form(town)
    await town.window.close_view(ANA, view_id)
    await town.window.settle()
    assert town.window.state(ANA)["modal"] is None
    assert town.bot.heard[-1]["type"] == "view_closed"
    assert town.bot.heard[-1]["is_cleared"] is False


async def test_triggers_live_three_seconds_and_once(town: Town) -> None:
    """expired_trigger_id, exchanged_trigger_id, invalid_trigger_id."""
    trigger = town.world.issue_trigger(ANA)
    await town.client.views_open(trigger_id=trigger, view=MODAL)
    again = await refusal(town.client.views_open(trigger_id=trigger, view=MODAL))
    late_trigger = town.world.issue_trigger(ANA)
    town.bot.clock.moment += timedelta(seconds=3)
    late = await refusal(town.client.views_open(trigger_id=late_trigger, view=MODAL))
    made_up = await refusal(town.client.views_open(trigger_id="1.2.x", view=MODAL))
    assert [reply["error"] for reply in (again, late, made_up)] == [
        "exchanged_trigger_id",
        "expired_trigger_id",
        "invalid_trigger_id",
    ]


async def test_a_view_is_updated_only_with_its_present_hash(town: Town) -> None:
    """An old hash is hash_conflict; the present one is good, once."""
    trigger = town.world.issue_trigger(ANA)
    view = (await town.client.views_open(trigger_id=trigger, view=MODAL))["view"]
    again = {"view_id": view["id"], "view": MODAL, "hash": view["hash"]}
    assert (await town.client.views_update(**again))["view"]["hash"] != view["hash"]
    assert (await refusal(town.client.views_update(**again)))["error"] == "hash_conflict"


async def test_a_third_push_is_too_many(town: Town) -> None:
    """One modal and two on top of it is all."""
    trigger = town.world.issue_trigger
    await town.client.views_open(trigger_id=trigger(ANA), view=MODAL)
    for _ in range(2):
        await town.client.views_push(trigger_id=trigger(ANA), view=MODAL)
    third = await refusal(town.client.views_push(trigger_id=trigger(ANA), view=MODAL))
    assert third["error"] == "push_limit_reached"


async def test_the_home_tab_is_published_when_opened(town: Town) -> None:
    """app_home_opened reaches the bot; views.publish fills the tab."""
    await town.window.open_home(ANA)
    await town.window.settle()
    shown = town.window.state(ANA)["home"]["blocks"]
    assert [block["type"] for block in shown] == ["divider", "actions"]
    assert town.window.state(BEN)["home"] is None
