"""Installing the app in a second workspace, with Bolt's own OAuth flow, and removing it again."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.oauth.installation_store import FileInstallationStore, Installation
from slack_sdk.oauth.state_store import FileOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.support.chats.slack_emulator import ANA, CLIENT_SECRET, DM, Town, refusal, slack_town

# slack_sdk names the client in a way that aiohttp 4 will not have any more.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")

CLIENT_ID = "10203.40506"
SCOPES = ["commands", "chat:write", "im:history", "users:read"]
GIL, GLOBEX = "W0GIL", "T0GLOBEX"


@dataclass
class Service:
    """A bot that many workspaces install, all of it Bolt's own."""

    folder: Path
    said: list[dict[str, Any]] = field(default_factory=list)
    app: AsyncApp | None = None

    def routes(self, base_url: str) -> list[Route]:
        client = AsyncWebClient(base_url=f"{base_url}/slack/api/", retry_handlers=[])
        settings = AsyncOAuthSettings(
            authorization_url=f"{base_url}/slack/oauth/v2/authorize",
            client_id=CLIENT_ID,
            client_secret=CLIENT_SECRET,
            scopes=SCOPES,
            redirect_uri=f"{base_url}/slack/oauth_redirect",
            installation_store=FileInstallationStore(base_dir=str(self.folder / "installed")),
            state_store=FileOAuthStateStore(
                expiration_seconds=600, base_dir=str(self.folder / "states")
            ),
        )
        flow = AsyncOAuthFlow(client=client, settings=settings)
        self.app = AsyncApp(
            signing_secret="hush", client=client, oauth_flow=flow, process_before_response=True
        )
        self.app.command("/topup")(self._command)
        self.app.enable_token_revocation_listeners()
        handler = AsyncSlackRequestHandler(self.app)

        async def take(request: Request) -> Response:
            return await handler.handle(request)

        places = {"install": "GET", "oauth_redirect": "GET", "many": "POST"}
        return [Route(f"/slack/{name}", take, methods=[verb]) for name, verb in places.items()]

    def installed(self, team_id: str | None, enterprise_id: str | None) -> Installation | None:
        store = FileInstallationStore(base_dir=str(self.folder / "installed"))
        return store.find_installation(
            team_id=team_id, enterprise_id=enterprise_id, is_enterprise_install=team_id is None
        )

    async def _command(self, ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        self.said.append(body)
        await client.chat_postMessage(channel=body["user_id"], text="from the right bot")
        await ack()


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service(tmp_path)


@pytest.fixture
async def town(service: Service) -> AsyncIterator[Town]:
    async with slack_town(more=service.routes) as running:
        running.change(bot_url=f"{running.base_url}/slack/many")
        yield running


async def install(town: Town, person: str = GIL, team: str = GLOBEX, **choice: str) -> str:
    """Install as a person does, from the bot's own page to its last one, which is returned."""
    async with httpx.AsyncClient(trust_env=False) as http:
        first = await http.get(f"{town.base_url}/slack/install?team={team}")
        [address] = re.findall(r'href="([^"]+authorize[^"]+)"', first.text)
        page = await http.get(address.replace("&amp;", "&"))
        # A browser that must not tell anybody would post the form with the origin "null".
        assert page.headers["referrer-policy"] == "same-origin"
        fields = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
        said = {**fields, "person": person, "decision": "allow", **choice}
        allowed = await http.post(str(page.url), data=said)
        # The cookie is for https only, which a client of this kind takes at its word.
        cookie = first.headers["set-cookie"].split(";")[0]
        last = await http.get(allowed.headers["location"], headers={"Cookie": cookie})
    assert last.status_code == 200, last.text
    return last.text


async def code_for(town: Town, **asked: str) -> str:
    """A code, as it stands in the address that the page leads to."""
    wish = {"client_id": CLIENT_ID, "scope": "chat:write", "team": GLOBEX, **asked}
    said = {"person": GIL, "decision": "allow", **wish}
    async with httpx.AsyncClient(trust_env=False) as http:
        reply = await http.post(f"{town.base_url}/slack/oauth/v2/authorize", data=said)
    return parse_qs(urlsplit(reply.headers["location"]).query)["code"][0]


async def access(town: Town, code: str, **more: str) -> Any:
    client = AsyncWebClient(base_url=f"{town.base_url}/slack/api/", retry_handlers=[])
    said = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "code": code, **more}
    return await client.oauth_v2_access(**said)


async def test_a_second_workspace_installs_the_app(town: Town, service: Service) -> None:
    """Bolt's flow gets a token of its own for Globex, with which it answers there."""
    await install(town)
    installed = service.installed(GLOBEX, "E0GLOBEX")
    assert installed is not None
    assert (installed.user_id, installed.is_enterprise_install) == (GIL, False)
    assert installed.bot_token not in (None, town.client.token)
    [direct] = [c for c in town.window.state(GIL)["channels"] if c["is_im"]]
    await town.window.say(GIL, direct["id"], "/topup 5")
    assert town.texts(GIL, direct["id"]) == ["from the right bot"]
    assert (service.said[0]["team_id"], service.said[0]["enterprise_id"]) == (GLOBEX, "E0GLOBEX")
    assert town.texts(ANA, DM) == []


async def test_a_whole_organisation_installs_the_app(town: Town, service: Service) -> None:
    """No team then, an enterprise instead, and every workspace of it is served."""
    await install(town, where="organisation")
    installed = service.installed(None, "E0GLOBEX")
    assert installed is not None
    assert installed.is_enterprise_install
    assert (installed.team_id, installed.enterprise_name) == (None, "Globex Corporation")
    me = await town.client_for(installed.bot_token or "").auth_test()
    assert (me["team_id"], me["is_enterprise_install"]) == ("E0GLOBEX", True)
    await town.window.say(GIL, "C0GLOBEX", "/topup 5")
    assert service.said[0]["is_enterprise_install"] == "true"
    await town.window.open_home(GIL)
    await town.window.settle()


async def test_a_workspace_outside_any_organisation(town: Town) -> None:
    """Acme has no enterprise, and installing once more keeps its token."""
    answer = await access(town, await code_for(town, team="T0ACME", person=ANA))
    assert (answer["enterprise"], answer["is_enterprise_install"]) == (None, False)
    assert answer["access_token"] == town.client.token
    assert answer["authed_user"] == {"id": ANA}


async def test_codes_are_good_once_and_for_ten_minutes(town: Town) -> None:
    """code_already_used, invalid_code, and bad_redirect_uri for another address."""
    code = await code_for(town)
    assert (await access(town, code))["team"] == {"id": GLOBEX, "name": "Globex"}
    assert (await refusal(access(town, code)))["error"] == "code_already_used"
    late = await code_for(town)
    town.bot.clock.moment += timedelta(minutes=10)
    assert (await refusal(access(town, late)))["error"] == "invalid_code"
    elsewhere = await code_for(town, redirect_uri=f"{town.base_url}/slack/oauth_redirect")
    assert (await refusal(access(town, elsewhere)))["error"] == "bad_redirect_uri"
    wrong = access(town, elsewhere, client_secret="guessed")
    assert (await refusal(wrong))["error"] == "bad_client_secret"
    assert (await refusal(access(town, "x", client_id="1")))["error"] == "invalid_client_id"
    assert "client-hush" not in str(town.world.journal)


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"client_id": "1"}, "invalid_client_id"),
        ({"scope": ""}, "no_scopes"),
        ({"redirect_uri": "https://evil.example/"}, "bad_redirect_uri"),
    ],
)
async def test_the_page_refuses_what_slack_refuses(
    town: Town, asked: dict[str, str], error: str
) -> None:
    """Nothing is granted, and nobody is sent to an address that is not the app's."""
    query = urlencode({"client_id": CLIENT_ID, "scope": "chat:write", **asked})
    async with httpx.AsyncClient(trust_env=False) as http:
        reply = await http.get(f"{town.base_url}/slack/oauth/v2/authorize?{query}")
    assert (reply.status_code, error in reply.text) == (400, True)


async def test_only_the_page_itself_grants_and_only_to_members(town: Town) -> None:
    """A foreign page, a guest and a cancelled request give no code."""
    wish = {"client_id": CLIENT_ID, "scope": "chat:write", "state": "s1", "team": "T0ACME"}
    path = f"{town.base_url}/slack/oauth/v2/authorize"
    allow = {**wish, "decision": "allow"}
    async with httpx.AsyncClient(trust_env=False) as http:
        foreign = {"Origin": "https://evil.example"}
        forged = await http.post(path, data={**allow, "person": ANA}, headers=foreign)
        guest = await http.post(path, data={**allow, "person": "U0DANA"})
        cancelled = await http.post(path, data={**wish, "decision": "cancel"})
    assert (forged.status_code, guest.status_code) == (403, 400)
    assert "user_not_allowed" in guest.text
    query = parse_qs(urlsplit(cancelled.headers["location"]).query)
    assert query == {"error": ["access_denied"], "state": ["s1"]}


async def test_a_removed_app_hears_of_it_and_its_token_is_dead(
    town: Town, service: Service
) -> None:
    """tokens_revoked and app_uninstalled reach Bolt, which forgets the workspace."""
    await install(town)
    installed = service.installed(GLOBEX, "E0GLOBEX")
    assert installed is not None
    assert (await town.post("/window/slack/remove-app", team=GLOBEX))["ok"]
    await town.window.settle()
    assert service.installed(GLOBEX, "E0GLOBEX") is None
    dead = town.client_for(installed.bot_token or "")
    assert (await refusal(dead.auth_test()))["error"] == "account_inactive"
    state = town.window.state(GIL)
    assert (state["bot"], state["commands"], state["home"]) == ("", [], None)
    [direct] = [c for c in state["channels"] if c["is_im"]]
    assert direct["is_served"] is False
    assert (await town.client.auth_test())["team_id"] == "T0ACME"


async def test_a_bot_may_revoke_its_own_token(town: Town, service: Service) -> None:
    """auth.revoke and apps.uninstall end an installation; a test run of the first does not."""
    token = (await access(town, await code_for(town)))["access_token"]
    client = town.client_for(token)
    assert (await client.auth_revoke(test=True))["revoked"] is False
    assert (await client.auth_revoke())["revoked"] is True
    await town.window.settle()
    assert (await refusal(client.auth_test()))["error"] == "token_revoked"
    again = town.client_for((await access(town, await code_for(town)))["access_token"])
    named = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    assert (await again.apps_uninstall(**named))["ok"]
    await town.window.settle()
    assert (await refusal(again.auth_test()))["error"] == "account_inactive"
