"""Who belongs where in the emulated Slack, and what an installation sees of other companies."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from playground.slack.world.installs import install
from playground.slack.world.records import SlackSettings
from playground.slack.world.seed import default_world
from tests.support.chats.slack_emulator import ANA, BUTTON, TOKEN, Town, refusal, slack_town

CLEO, DANA, GIL = "U0CLEO", "U0DANA", "W0GIL"
PARTNERS = "C0PARTNERS"


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    async with slack_town() as running:
        yield running


def into_globex(town: Town, *scopes: str) -> str:
    """The token of a new installation in Globex."""
    world = town.world
    globex, gil = world.teams["T0GLOBEX"], world.users[GIL]
    return install(world, globex, gil, scopes, everywhere=False).bot_token


async def test_people_are_told_apart(town: Town) -> None:
    """A member, a guest and a partner of another company, with time zone, locale and company."""
    ana, dana, cleo = [
        (await town.client.users_info(user=user, include_locale=True))["user"]
        for user in (ANA, DANA, CLEO)
    ]
    flags = ("is_restricted", "is_ultra_restricted", "is_stranger")
    assert [ana.get(flag) for flag in flags] == [False, False, None]
    assert [dana.get(flag) for flag in flags] == [True, False, None]
    assert [cleo.get(flag) for flag in flags] == [False, False, None]
    assert (ana["tz"], ana["locale"], ana["team_id"]) == ("Europe/Lisbon", "en-US", "T0ACME")
    assert ana["profile"]["email"] == "ana@acme.example"
    assert "email" not in cleo["profile"]
    assert "locale" not in (await town.client.users_info(user=ANA))["user"]
    assert "enterprise_user" not in ana


async def test_105_a_partner_who_shares_a_channel_is_no_stranger(town: Town) -> None:
    """Slack marks people of other companies only while no channel of theirs is before the app."""
    partner = (await town.client.users_info(user=CLEO))["user"]
    assert ("is_stranger" in partner, partner["team_id"]) == (False, "T0OTHER")
    channels = town.world.channels
    alone = tuple(user for user in channels[PARTNERS].members if user != CLEO)
    channels[PARTNERS] = replace(channels[PARTNERS], members=alone)
    stranger = (await town.client.users_info(user=CLEO))["user"]
    assert stranger["is_stranger"] is True


async def test_a_shared_channel_says_with_whom(town: Town) -> None:
    """is_ext_shared, the companies, and whose channel it is."""
    partners = (await town.client.conversations_info(channel=PARTNERS))["channel"]
    assert (partners["is_ext_shared"], partners["is_shared"]) == (True, True)
    assert partners["connected_team_ids"] == ["T0OTHER"]
    assert partners["conversation_host_id"] == "T0ACME"
    billing = (await town.client.conversations_info(channel="C0BILLING"))["channel"]
    assert (billing["is_ext_shared"], "connected_team_ids" in billing) == (False, False)


async def test_a_stranger_presses_but_has_no_commands(town: Town) -> None:
    """In a shared channel the button's payload has both companies; a command is unknown."""
    sent = await town.client.chat_postMessage(channel=PARTNERS, text="Card", blocks=[BUTTON])
    await town.window.press(CLEO, PARTNERS, sent["ts"], "pay", "card")
    [heard] = town.bot.heard
    assert (heard["team"]["id"], heard["user"]["team_id"]) == ("T0ACME", "T0OTHER")
    await town.window.say(CLEO, PARTNERS, "/topup 5")
    assert "is not a valid command" in town.texts(CLEO, PARTNERS)[-1]
    assert len(town.bot.heard) == 1


async def test_installations_do_not_see_each_other(town: Town) -> None:
    """Channels, people, triggers and views of another workspace are not found."""
    globex = town.client_for(into_globex(town))
    for call in (
        globex.conversations_info(channel="C0BILLING"),
        globex.chat_postMessage(channel="C0BILLING", text="x"),
        town.client.conversations_info(channel="C0GLOBEX"),
    ):
        assert (await refusal(call))["error"] == "channel_not_found"
    for call in (globex.users_info(user=ANA), town.client.users_info(user=GIL)):
        assert (await refusal(call))["error"] == "user_not_found"
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    view_id = (await town.client.views_publish(user_id=ANA, view=home))["view"]["id"]
    theirs = globex.views_update(view_id=view_id, view=home)
    assert (await refusal(theirs))["error"] == "not_found"
    assert (await refusal(globex.views_publish(user_id=ANA, view=home)))["error"] == (
        "user_not_found"
    )
    trigger = town.world.issue_trigger(ANA)
    opened = globex.views_open(trigger_id=trigger, view={**home, "type": "modal"} | TITLE)
    assert (await refusal(opened))["error"] == "invalid_trigger_id"
    names = [c["name"] for c in (await globex.conversations_list())["channels"]]
    assert names == ["operations"]


TITLE = {"title": {"type": "plain_text", "text": "x"}}


async def test_a_person_in_an_organisation(town: Town) -> None:
    """enterprise_user stands beside the person's own workspace."""
    globex = town.client_for(into_globex(town))
    gil = (await globex.users_info(user=GIL, include_locale=True))["user"]
    assert gil["enterprise_user"]["enterprise_id"] == "E0GLOBEX"
    assert (gil["team_id"], gil["locale"]) == ("T0GLOBEX", "de-DE")
    team = (await globex.team_info())["team"]
    assert team["enterprise_name"] == "Globex Corporation"
    assert (await globex.auth_test())["enterprise_id"] == "E0GLOBEX"


async def test_scopes_that_were_not_granted_are_missing(town: Town) -> None:
    """missing_scope names the scope; an address is left out without its own."""
    posting = town.client_for(into_globex(town, "chat:write"))
    reply = await refusal(posting.users_info(user=GIL))
    assert (reply["error"], reply["needed"]) == ("missing_scope", "users:read")
    assert reply["provided"] == "chat:write"
    more = town.client_for(into_globex(town, "users:read"))
    assert "email" not in (await more.users_info(user=GIL))["user"]["profile"]


async def test_the_window_shows_one_workspace_at_a_time(town: Town) -> None:
    """Its own people and channels; in Globex nothing of the app before it is installed."""
    acme, globex = town.window.state(ANA), town.window.state(GIL)
    assert acme["people"] == [ANA, "U0BEN", DANA, CLEO]
    assert globex["people"] == [GIL]
    assert [c["name"] for c in globex["channels"]] == ["operations"]
    assert (globex["bot"], globex["shortcuts"]) == ("", [])
    assert [(w["name"], w["installed"]) for w in acme["workspaces"]] == [
        ("Acme", True),
        ("Globex", False),
    ]
    await town.window.say(GIL, "C0GLOBEX", "/topup 5")
    assert "is not a valid command" in town.texts(GIL, "C0GLOBEX")[0]


async def test_the_app_can_come_back_at_home(town: Town) -> None:
    """Removed and added again, its old token is good again."""
    await town.post("/window/slack/remove-app", team="T0ACME")
    await town.window.settle()
    assert (await refusal(town.client.auth_test()))["error"] == "account_inactive"
    assert {body["event"]["type"] for body in town.bot.heard} == {
        "tokens_revoked",
        "app_uninstalled",
    }
    said = await town.post("/window/slack/say", user=ANA, channel="D0ANA", text="hello?")
    assert said == {"ok": False, "error": "app_not_found"}
    assert (await town.post("/window/slack/restore-app"))["ok"]
    assert (await town.client.auth_test())["ok"]


def test_installations_outlive_a_restart(tmp_path: Path) -> None:
    """Also one that is gone from home; a new token in the settings replaces the one kept."""
    path = tmp_path / "slack.json"
    settings = SlackSettings("http://127.0.0.1:9/", "hush", TOKEN)
    before = default_world(settings, path=path)
    globex, gil = before.teams["T0GLOBEX"], before.users[GIL]
    token = install(before, globex, gil, ("chat:write",), everywhere=False).bot_token
    changed = SlackSettings("http://127.0.0.1:9/", "hush", "xoxb-new")
    after = default_world(changed, path=path)
    assert after.apps["T0GLOBEX"].bot_token == token
    assert after.apps["T0GLOBEX"].scopes == ("chat:write",)
    assert after.home().bot_token == "xoxb-new"
    assert after.channels == before.channels
    assert default_world(SlackSettings("http://127.0.0.1:9/", "hush", "")).apps == {}
