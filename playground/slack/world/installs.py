"""The app comes to a workspace and goes from it; who may do that is not asked here."""

import hmac
from dataclasses import replace

from playground.slack.world.records import SLACKBOT, Installation, Json, SlackError, Team, User
from playground.slack.world.world import SlackWorld


def install_at_home(world: SlackWorld) -> Installation:
    """Install the app in the settings' own workspace, with the settings' token."""
    settings = world.settings
    app = Installation(settings.team_id, settings.bot_user_id, settings.bot_token)
    return _settle(world, app)


def install(
    world: SlackWorld, team: Team, by: User, scopes: tuple[str, ...], *, everywhere: bool
) -> Installation:
    """Install in one workspace, or in its whole organisation; what is there gets more scopes."""
    key = team.enterprise_id if everywhere else team.id
    known = world.apps.get(key)
    if known is not None:
        wider = (*known.scopes, *(scope for scope in scopes if scope not in known.scopes))
        granted = wider if known.scopes else ()
        return _settle(world, replace(known, scopes=granted, installed_by=by.id))
    token = "-".join(("xoxb", world.new_id(""), world.new_id("")))
    app = Installation(
        "" if everywhere else team.id,
        _bot_of(world, key),
        token,
        scopes,
        by.id,
        team.enterprise_id,
    )
    return _settle(world, app)


def uninstall(world: SlackWorld, app: Installation, error: str = "account_inactive") -> None:
    """Remove the app: its token is good no more, and it hears of both, in no promised order."""
    key = app.team_id or app.enterprise_id
    if key not in world.apps:
        raise SlackError("app_not_found")
    del world.apps[key]
    world.dead_tokens[app.bot_token] = error
    world.homes = {u: view for u, view in world.homes.items() if view.bot != app.bot_user_id}
    for user_id, stack in world.modals.items():
        world.modals[user_id] = [view for view in stack if view.bot != app.bot_user_id]
    world.changed()
    gone: Json = {"oauth": [], "bot": [app.bot_user_id]}
    world.announce(app, {"type": "tokens_revoked", "tokens": gone})
    world.announce(app, {"type": "app_uninstalled"})


def app_by_token(world: SlackWorld, token: str) -> Installation:
    """Whose bot token this is; SlackError not_authed, invalid_auth, or why it is dead."""
    if not token:
        raise SlackError("not_authed")
    for app in world.apps.values():
        if app.bot_token and hmac.compare_digest(token.encode(), app.bot_token.encode()):
            return app
    raise SlackError(world.dead_tokens.get(token, "invalid_auth"))


def _settle(world: SlackWorld, app: Installation) -> Installation:
    """Keep an installation, and open its direct message for each of its people."""
    world.apps[app.team_id or app.enterprise_id] = app
    world.dead_tokens.pop(app.bot_token, None)
    for user in tuple(world.users.values()):
        if not user.is_bot and world.serves(app, user.team_id):
            world.open_im(app, user.id)
    world.changed()
    return app


def _bot_of(world: SlackWorld, key: str) -> str:
    """The bot user of a workspace or organisation; it outlives an uninstallation."""
    for user in world.users.values():
        if user.is_bot and user.team_id == key and user.id != SLACKBOT:
            return user.id
    bot_id = world.new_id("U")
    like = world.users[world.settings.bot_user_id]
    world.users[bot_id] = replace(like, id=bot_id, team_id=key)
    return bot_id
