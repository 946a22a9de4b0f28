"""One person's view of the emulated Slack, ready to draw; it changes nothing."""

from dataclasses import asdict

from playground.slack.world.records import (
    SLACKBOT,
    Channel,
    Installation,
    Json,
    Message,
    Team,
    User,
    View,
)
from playground.slack.world.world import SlackWorld

_MAX_SHOWN = 100


def state_for(world: SlackWorld, user: User) -> Json:
    stack = world.modals.get(user.id, [])
    team = _workspace_of(world, user)
    app = world.app_for(team.id)
    settings = world.settings
    return {
        "team": asdict(team),
        "me": user.id,
        "bot": app.bot_user_id if app else "",
        "users": {someone.id: _user(world, team, someone) for someone in world.users.values()},
        "people": [someone.id for someone in _people(world, team)],
        "workspaces": [_workspace(world, one) for one in workspaces(world)],
        "channels": [
            _channel(world, channel, user)
            for channel in world.channels.values()
            if user.id in channel.members
        ],
        "modal": _view(stack[-1]) if stack else None,
        "modal_depth": len(stack),
        "home": _view(world.homes[user.id]) if user.id in world.homes else None,
        "commands": [asdict(command) for command in world.commands] if app else [],
        "shortcuts": [asdict(one) for one in settings.shortcuts] if app else [],
        "install_url": settings.install_url,
        "socket_mode": settings.socket_mode,
    }


def workspaces(world: SlackWorld) -> list[Team]:
    """Those that have a window: not the companies one only shares a channel with."""
    return [team for team in world.teams.values() if not team.is_outside]


def _workspace_of(world: SlackWorld, user: User) -> Team:
    """The workspace a person has before them; for a stranger, the one that invited them."""
    team = world.teams[user.team_id]
    return world.teams[world.settings.team_id] if team.is_outside else team


def _people(world: SlackWorld, team: Team) -> list[User]:
    people = (user for user in world.users.values() if not user.is_bot)
    return [user for user in people if _workspace_of(world, user).id == team.id]


def _workspace(world: SlackWorld, team: Team) -> Json:
    app: Installation | None = world.app_for(team.id)
    return {
        **asdict(team),
        "people": [someone.id for someone in _people(world, team)],
        "installed": app is not None,
        "everywhere": bool(app and app.is_enterprise_install),
        "home": team.id == world.settings.team_id,
    }


def _user(world: SlackWorld, team: Team, user: User) -> Json:
    own = world.teams.get(user.team_id)
    outside = own is not None and own.id != team.id and not user.is_bot
    return {
        "name": user.real_name,
        "initials": user.initials,
        "colour": user.colour,
        "tz": user.tz,
        "locale": user.locale,
        "is_bot": user.is_bot,
        "is_app": user.is_bot and user.id != SLACKBOT,
        "is_guest": user.is_restricted or user.is_ultra_restricted,
        "is_stranger": outside,
        "team": own.name if own else "",
    }


def _channel(world: SlackWorld, channel: Channel, user: User) -> Json:
    seen = [m for m in world.messages.get(channel.id, []) if m.ephemeral_to in ("", user.id)]
    names = [world.teams[team_id].name for team_id in (channel.team_id, *channel.connected)]
    own = world.teams[user.team_id].name
    return {
        "id": channel.id,
        "name": channel.name,
        "is_im": channel.is_im,
        "with": _other(channel, user),
        "is_ext_shared": channel.is_ext_shared,
        "shared_with": [name for name in names if name != own] if channel.is_ext_shared else [],
        "topic": channel.topic,
        "members": list(channel.members),
        "is_served": _is_served(world, channel),
        "messages": [_message(message) for message in seen[-_MAX_SHOWN:]],
    }


def _other(channel: Channel, user: User) -> str:
    others = [member for member in channel.members if member != user.id]
    return others[0] if channel.is_im and others else ""


def _is_served(world: SlackWorld, channel: Channel) -> bool:
    """Whether the bot of a direct message is still installed."""
    bots = {app.bot_user_id for app in world.apps.values()}
    return not channel.is_im or bool(bots & set(channel.members))


def _message(message: Message) -> Json:
    return {
        "ts": message.ts,
        "user": message.user,
        "text": message.text,
        "blocks": message.blocks,
        "thread_ts": message.thread_ts,
        "broadcast": message.broadcast,
        "edited": bool(message.edited_ts),
        "ephemeral": bool(message.ephemeral_to),
        "revision": message.revision,
    }


def _view(view: View) -> Json:
    body = {name: view.body.get(name) for name in ("title", "submit", "close", "blocks")}
    return {"id": view.id, "hash": view.hash, "type": view.body["type"], **body}
