"""One person's view of the emulated Slack, ready to draw; it changes nothing."""

from dataclasses import asdict

from playground.slack_records import Channel, Json, Message, User, View
from playground.slack_world import SlackWorld

_MAX_SHOWN = 100


def state_for(world: SlackWorld, user: User) -> Json:
    stack = world.modals.get(user.id, [])
    team = world.teams[world.settings.team_id]
    return {
        "team": asdict(team),
        "me": user.id,
        "bot": world.settings.bot_user_id,
        "users": {someone.id: _user(world, someone) for someone in world.users.values()},
        "people": [someone.id for someone in world.users.values() if not someone.is_bot],
        "channels": [
            _channel(world, channel, user)
            for channel in world.channels.values()
            if user.id in channel.members
        ],
        "modal": _view(stack[-1]) if stack else None,
        "modal_depth": len(stack),
        "home": _view(world.homes[user.id]) if user.id in world.homes else None,
        "commands": [asdict(command) for command in world.commands],
    }


def _user(world: SlackWorld, user: User) -> Json:
    return {
        "name": user.real_name,
        "initials": user.initials,
        "colour": user.colour,
        "tz": user.tz,
        "locale": user.locale,
        "is_bot": user.is_bot,
        "is_stranger": user.is_stranger,
        "team": world.teams[user.team_id].name,
    }


def _channel(world: SlackWorld, channel: Channel, user: User) -> Json:
    seen = [m for m in world.messages.get(channel.id, []) if m.ephemeral_to in ("", user.id)]
    return {
        "id": channel.id,
        "name": channel.name,
        "is_im": channel.is_im,
        "is_ext_shared": channel.is_ext_shared,
        "topic": channel.topic,
        "members": list(channel.members),
        "messages": [_message(message) for message in seen[-_MAX_SHOWN:]],
    }


def _message(message: Message) -> Json:
    return {
        "ts": message.ts,
        "user": message.user,
        "text": message.text,
        "blocks": message.blocks,
        "thread_ts": message.thread_ts,
        "edited": bool(message.edited_ts),
        "ephemeral": bool(message.ephemeral_to),
        "revision": message.revision,
    }


def _view(view: View) -> Json:
    body = {name: view.body.get(name) for name in ("title", "submit", "close", "blocks")}
    return {"id": view.id, "hash": view.hash, "type": view.body["type"], **body}
