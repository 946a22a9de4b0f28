"""The page where a workspace's people let the app in, and the codes it gives; no token is shown.

https://docs.slack.dev/authentication/installing-with-oauth
"""

import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment, PackageLoader
from starlette.datastructures import FormData, QueryParams
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from playground.slack.world.installs import install
from playground.slack.world.records import Installation, Json, SlackError, Team, User
from playground.slack.world.scopes import told
from playground.slack.world.world import SlackWorld

_CODE_LIFE = timedelta(minutes=10)
_PATH = "/slack/oauth/v2/authorize"
_USUAL_CALLBACK = "/slack/oauth_redirect"
_SEE_OTHER = 303
_PAGES = Environment(loader=PackageLoader("playground", "static/slack"), autoescape=True)


@dataclass(frozen=True, slots=True)
class _Wish:
    """What the app asks for, checked; a redirect address is kept as it was sent."""

    scopes: tuple[str, ...]
    redirect_uri: str
    state: str
    team_id: str

    def answer_to(self, usual: str, **more: str) -> str:
        address = self.redirect_uri or usual
        joint = "&" if urlsplit(address).query else "?"
        return f"{address}{joint}{urlencode({**more, 'state': self.state})}"


@dataclass(slots=True)
class _Grant:
    team: Team
    by: User
    everywhere: bool
    wish: _Wish
    expires_at: datetime
    is_used: bool = False


@dataclass(slots=True)
class OAuth:
    """Serves the page, and exchanges its codes: each once, within ten minutes."""

    world: SlackWorld
    _grants: dict[str, _Grant] = field(default_factory=dict)

    def routes(self) -> list[Route]:
        return [
            Route(_PATH, self._show, methods=["GET"]),
            Route(_PATH, self._decide, methods=["POST"]),
        ]

    def exchange(self, args: Json) -> Json:
        """The answer of oauth.v2.access, whose client is checked; SlackError in its words."""
        code = str(args.get("code") or "")
        grant = self._grants.get(code)
        if grant is None or self.world.now() >= grant.expires_at:
            raise SlackError("invalid_code")
        if grant.is_used:
            raise SlackError("code_already_used")
        if grant.wish.redirect_uri != str(args.get("redirect_uri") or ""):
            raise SlackError("bad_redirect_uri")
        grant.is_used = True
        wish = grant.wish
        app = install(self.world, grant.team, grant.by, wish.scopes, everywhere=grant.everywhere)
        return self._installed(app, grant)

    def check_client(self, client_id: str, client_secret: str) -> None:
        """SlackError invalid_client_id or bad_client_secret."""
        settings = self.world.settings
        if not hmac.compare_digest(client_id.encode(), settings.client_id.encode()):
            raise SlackError("invalid_client_id")
        known = settings.client_secret
        if not known or not hmac.compare_digest(client_secret.encode(), known.encode()):
            raise SlackError("bad_client_secret")

    def _installed(self, app: Installation, grant: _Grant) -> Json:
        team, everywhere = grant.team, grant.everywhere
        organisation = {"id": team.enterprise_id, "name": team.enterprise_name}
        return {
            "app_id": self.world.settings.api_app_id,
            "authed_user": {"id": grant.by.id},
            "scope": ",".join(app.scopes or grant.wish.scopes),
            "token_type": "bot",
            "access_token": app.bot_token,
            "bot_user_id": app.bot_user_id,
            "team": None if everywhere else {"id": team.id, "name": team.name},
            "enterprise": organisation if team.enterprise_id else None,
            "is_enterprise_install": everywhere,
        }

    # -- the page

    async def _show(self, request: Request) -> Response:
        try:
            wish = self._wish(request.query_params)
        except SlackError as refusal:
            return _page("oauth_refused.html", 400, error=refusal.code)
        team = self._team(wish)
        query = dict(request.query_params)
        others = [
            (one.name, f"?{urlencode({**query, 'team': one.id})}")
            for one in self._workspaces()
            if one.id != team.id
        ]
        bot = self.world.users[self.world.settings.bot_user_id]
        allowed = self._origin(wish.redirect_uri or self._usual_callback())
        return _page(
            "oauth.html",
            200,
            allowed,
            app=bot,
            team=team,
            others=others,
            people=self._installers(team),
            scopes=told(wish.scopes, bot.real_name),
            query={**query, "team": team.id},
        )

    async def _decide(self, request: Request) -> Response:
        form = await request.form()
        host = request.headers.get("host", "")
        if request.headers.get("origin", f"http://{host}") != f"http://{host}":
            return _page("oauth_refused.html", 403, error="bad_origin")
        try:
            wish = self._wish(form)
            if form.get("decision") != "allow":
                return self._leave(wish, error="access_denied")
            return self._leave(wish, code=self._grant(wish, form))
        except SlackError as refusal:
            return _page("oauth_refused.html", 400, error=refusal.code)

    def _grant(self, wish: _Wish, form: FormData) -> str:
        team = self._team(wish)
        by = next((one for one in self._installers(team) if one.id == form.get("person")), None)
        if by is None:
            raise SlackError("user_not_allowed")
        everywhere = form.get("where") == "organisation" and bool(team.enterprise_id)
        code = secrets.token_hex(16)
        until = self.world.now() + _CODE_LIFE
        self._grants[code] = _Grant(team, by, everywhere, wish, until)
        return code

    def _leave(self, wish: _Wish, **more: str) -> Response:
        address = wish.answer_to(self._usual_callback(), **more)
        return RedirectResponse(address, _SEE_OTHER, headers={"Cache-Control": "no-store"})

    def _wish(self, asked: QueryParams | FormData) -> _Wish:
        """SlackError invalid_client_id, no_scopes, bad_redirect_uri or invalid_team_for_…"""

        def one(name: str) -> str:
            return str(asked.get(name) or "")

        if one("client_id") != self.world.settings.client_id:
            raise SlackError("invalid_client_id")
        scopes = tuple(filter(None, (scope.strip() for scope in one("scope").split(","))))
        if not scopes:
            raise SlackError("no_scopes")
        redirect_uri = one("redirect_uri")
        if redirect_uri and self._origin(redirect_uri) != self._origin(self._usual_callback()):
            raise SlackError("bad_redirect_uri")
        return _Wish(scopes, redirect_uri, one("state"), one("team"))

    def _workspaces(self) -> list[Team]:
        return [team for team in self.world.teams.values() if not team.is_outside]

    def _team(self, wish: _Wish) -> Team:
        teams = self._workspaces()
        return next((team for team in teams if team.id == wish.team_id), teams[0])

    def _installers(self, team: Team) -> list[User]:
        """Who may install: the workspace's own people, but no guests."""
        people = (u for u in self.world.users.values() if u.team_id == team.id and not u.is_bot)
        return [user for user in people if not (user.is_restricted or user.is_ultra_restricted)]

    def _usual_callback(self) -> str:
        return self._origin(self.world.settings.bot_url) + _USUAL_CALLBACK

    def _origin(self, address: str) -> str:
        parts = urlsplit(address)
        return f"{parts.scheme}://{parts.netloc}"


def _page(name: str, status: int, target: str = "", **shown: object) -> HTMLResponse:
    """A page without scripts; the form may lead to this server, and on to the app's."""
    policy = (
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; "
        "frame-ancestors 'none'; "
        f"form-action 'self' {target}"
    )
    headers = {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        # With no-referrer a browser would not say from where the form was posted.
        "Referrer-Policy": "same-origin",
    }
    return HTMLResponse(_PAGES.get_template(name).render(**shown), status, headers=headers)
