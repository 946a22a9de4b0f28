"""Several workspaces: installed by themselves, sealed on disk, forgotten when they leave."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from adapters.chat.slack.adapter import SlackSettings
from adapters.chat.slack.receiving.oauth import SignedStates
from adapters.storage.store import open_store
from bot.wiring.chats import Chats
from conversations.protocol.installations import Installation
from conversations.protocol.views import View
from service.cards.cards import want_view
from service.chat.installations import StoredInstallations
from service.common.context import context_of
from service.common.vault import CannotUnseal, Vault
from service.money import accounts
from service.ports.records import Link, LinkKind
from service.ports.store import Tx
from tests.support.bots.bot_place import (
    ACCOUNT,
    PUBLIC_URL,
    SECRET_KEY,
    START,
    BotPlace,
    Clock,
    bot_place,
    empty_database,
)
from tests.support.chats.slack_adapter_env import NOW, SIGNING_SECRET, SlackWorld
from tests.support.chats.slack_server import BOT_TOKEN, DIRECT, FakeSlack, Json, Planned

# The SDK sends the app's own secret in a way that aiohttp will drop in its next major version.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")

OLD, NEW = "o" * 32, "n" * 32
OF_TEAM: Json = {
    "access_token": BOT_TOKEN,
    "team": {"id": "T1", "name": "Acme"},
    "enterprise": None,
    "is_enterprise_install": False,
    "authed_user": {"id": "U1"},
}
OF_ORGANISATION: Json = {
    **OF_TEAM,
    "team": None,
    "enterprise": {"id": "E1", "name": "Acme Group"},
    "is_enterprise_install": True,
}


@dataclass
class Served:
    """A bot that several workspaces may install, and a small Slack."""

    slack: FakeSlack
    world: SlackWorld
    bot: BotPlace
    installed: StoredInstallations
    clock: Clock

    async def begins(self) -> tuple[str, str]:
        """An administrator begins to install: the state, and the cookie of their browser."""
        answer = await self.bot.web.get("/slack/install")
        assert answer.status_code == 302
        asked = parse_qs(urlsplit(answer.headers["location"]).query)
        assert asked["redirect_uri"] == [f"{PUBLIC_URL}/slack/oauth_redirect"]
        cookie = answer.headers["set-cookie"].partition(";")[0]
        return asked["state"][0], cookie

    async def ends(self, state: str, cookie: str, code: str = "c1") -> httpx.Response:
        """Slack sends the browser back."""
        query = {"state": state, "code": code}
        headers = {"cookie": cookie}
        return await self.bot.web.get("/slack/oauth_redirect", params=query, headers=headers)

    async def installs(self, granted: Json) -> None:
        self.slack.granted["c1"] = granted
        assert (await self.ends(*await self.begins())).status_code == 200


@asynccontextmanager
async def served(directory: Path) -> AsyncIterator[Served]:
    slack = FakeSlack()
    async with slack.serving():
        settings = SlackSettings(
            "", SIGNING_SECRET, slack.base_url, "", "1.2", "client-secret", PUBLIC_URL
        )
        database, clock = directory / "bot.db", Clock(NOW)
        database.write_bytes(empty_database())
        store = open_store(f"sqlite:///{database}")
        installed = StoredInstallations("slack", Vault((SECRET_KEY,)), clock, store)
        world = SlackWorld(slack, settings, installed)
        chats = Chats((world.adapter,), tuple(world.adapter.routes))
        async with world.http, bot_place(directory, chats, store=store) as bot:
            world.http = bot.web
            for team in ("T1", "E1.T1"):
                link = Link(ACCOUNT, "slack", team, LinkKind.TEAM, team)
                await bot.app.store.transact(
                    partial(accounts.link_account, wanted=link, now=START)
                )
            yield Served(slack, world, bot, installed, clock)


@pytest.fixture(name="served")
async def _served(tmp_path: Path) -> AsyncIterator[Served]:
    async with served(tmp_path) as place:
        yield place


async def test_a_workspace_installs_and_is_served(served: Served) -> None:
    """Through Slack's own pages; from then on its people are answered with its token."""
    await served.installs(OF_TEAM)
    await served.world.command("50 USD card")
    await served.bot.quiet()
    assert [one["channel"] for one in served.slack.messages.values()] == [DIRECT]


async def test_114_few_come_back_from_slack_at_once(served: Served) -> None:
    """Anybody may: the others wait their turn, and take no descriptors from the way out."""
    for _ in range(10):
        served.slack.plan("oauth.v2.access", Planned("invalid_code", seconds=1))
    begun = [await served.begins() for _ in range(10)]
    back = [asyncio.create_task(served.ends(*each)) for each in begun]
    async with asyncio.timeout(20):
        while len(served.slack.called("oauth.v2.access")) < 4:
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    asked = len(served.slack.called("oauth.v2.access"))
    for each in back:
        each.cancel()
    await asyncio.gather(*back, return_exceptions=True)

    assert asked == 4


async def test_114_a_crowd_at_the_way_back_from_slack_is_told_to_come_again(
    served: Served,
) -> None:
    """Four are served and eight wait; nobody else does, and one state has Slack asked once."""
    for _ in range(4):
        served.slack.plan("oauth.v2.access", Planned("invalid_code", seconds=0.3))
    begun = [await served.begins() for _ in range(20)]
    answers = await asyncio.gather(*(served.ends(*each) for each in begun))
    asked = len(served.slack.called("oauth.v2.access"))
    state, cookie = await served.begins()
    again = [(await served.ends(state, cookie)).status_code for _ in range(2)]

    refused = [each for each in answers if each.status_code == 503]
    assert (len(refused), asked) == (8, 12)
    assert {each.headers["retry-after"] for each in refused} == {"5"}
    assert again[1] == 401
    assert len(served.slack.called("oauth.v2.access")) == asked + 1


async def test_an_organisation_installs_for_all_its_workspaces(served: Served) -> None:
    """One token serves them; each workspace stays a tenant of its own, below its organisation."""
    await served.installs(OF_ORGANISATION)
    told = await served.world.command(
        "balance", enterprise_id="E1", is_enterprise_install="true", user_id="W1"
    )
    assert "Team Alpha" in told.json()["text"]
    assert await served.installed.find("T1") is None


async def test_who_did_not_install_is_only_acknowledged(served: Served) -> None:
    """A request of another workspace, genuinely signed by Slack, changes nothing."""
    answer = await served.world.command("50 USD card")
    assert (answer.status_code, answer.text) == (200, "")
    assert served.bot.rows("deliveries") == []
    assert served.slack.calls == []


@pytest.mark.parametrize(
    "event",
    [{"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": {"bot": ["UBOT"]}}],
)
async def test_uninstalling_deletes_the_token_and_pauses(served: Served, event: Json) -> None:
    """Cards for that workspace are given up without a call; installing again goes on."""
    await served.installs(OF_TEAM)
    assert (await served.world.event(event)).status_code == 200
    assert served.bot.rows("slack_installations") == []
    served.slack.calls.clear()
    assert (await served.world.command("help")).text == ""
    assert served.slack.calls == []
    await served.installs(OF_TEAM)
    assert (await served.world.command("help", trigger_id="2")).json()["text"]


async def test_43_what_came_while_it_was_uninstalled_is_shown(served: Served) -> None:
    """Without a call meanwhile, and at once when the app is installed again, in its old place."""
    await served.installs(OF_TEAM)
    await served.world.command("50 USD card")
    await served.bot.quiet()
    await served.world.event({"type": "app_uninstalled"})
    calls = len(served.slack.acts)
    (row,) = served.bot.rows("cards")

    def resolve(tx: Tx) -> None:
        card = tx.cards.get(row["id"])
        assert card is not None
        want_view(context_of(tx, served.bot.app.services), card, View("Later", "Later."))

    await served.bot.app.store.transact(resolve)
    await served.bot.quiet()
    assert len(served.slack.acts) == calls
    await served.installs(OF_TEAM)
    await served.bot.quiet()
    assert [one["text"] for one in served.slack.messages.values()] == ["Later."]


async def test_a_persons_revoked_token_is_none_of_ours(served: Served) -> None:
    """Only the bot's own token ends an installation."""
    await served.installs(OF_TEAM)
    await served.world.event({"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": []}})
    assert len(served.bot.rows("slack_installations")) == 1


async def test_no_token_is_on_disk(served: Served) -> None:
    """Neither in the rows nor in the file they are in."""
    await served.installs(OF_TEAM)
    stored = b"".join(path.read_bytes() for path in served.bot.database.parent.iterdir())
    assert b"gAAAA" in stored
    assert BOT_TOKEN.encode() not in stored


async def test_another_browser_cannot_end_what_this_one_began(served: Served) -> None:
    """A state without its cookie, an invented one and an old one install nothing."""
    served.slack.granted["c1"] = OF_TEAM
    state, cookie = await served.begins()
    name = cookie.partition("=")[0]
    assert (await served.ends(state, f"{name}=other")).status_code == 400
    assert (await served.ends("1.2.3", f"{name}=1.2.3")).status_code == 401
    served.world.later(601)
    assert (await served.ends(state, cookie)).status_code == 401
    assert served.bot.rows("slack_installations") == []


async def test_a_code_that_slack_does_not_know_installs_nothing(served: Served) -> None:
    """And whatever else Slack answers is a page, not a fault."""
    served.slack.granted["c1"] = {"ok": False, "error": "invalid_code"}
    assert (await served.ends(*await served.begins())).status_code in (400, 401)
    served.slack.granted["c1"] = {**OF_TEAM, "team": None}
    assert (await served.ends(*await served.begins())).status_code in (400, 500)
    assert served.bot.rows("slack_installations") == []


async def test_states_are_unforgeable_words() -> None:
    """Whatever text comes back is judged, never a fault."""
    states = SignedStates("secret", lambda: NOW)
    issued = await states.async_issue()
    assert await states.async_consume(issued)
    assert not await SignedStates("other", lambda: NOW).async_consume(issued)
    later = SignedStates("secret", lambda: NOW + timedelta(seconds=600))
    assert not await later.async_consume(issued)
    for odd in ("", ".", "..", "a.b.c", "ü.ü.ü", issued[:-1], issued + "0"):
        assert not await states.async_consume(odd)


def test_67_a_changed_key_opens_what_the_old_one_sealed() -> None:
    """While the old key stands behind the new one; afterwards it is a sentence, not a token."""
    sealed = Vault((OLD,)).seal("xoxb-1")
    assert Vault((NEW, OLD)).open(sealed) == "xoxb-1"
    assert Vault((OLD,)).open(sealed) == "xoxb-1"
    with pytest.raises(CannotUnseal):
        Vault((NEW,)).open(sealed)


async def test_an_installation_that_cannot_be_opened_is_as_good_as_none(served: Served) -> None:
    """The workspace has to install again; its people are not answered with a broken token."""
    await served.installs(OF_TEAM)
    other = replace(served.installed, vault=Vault((OLD,)))
    assert await other.find("T1") is None
    assert "xoxb" not in repr(
        Installation("", "T1", is_enterprise_install=False, bot_token="xoxb")
    )
