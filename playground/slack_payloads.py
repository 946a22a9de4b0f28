"""The JSON in which Slack tells a bot what happened; it decides nothing."""

from typing import Any

from playground.slack_records import Channel, Json, Message, User, View
from playground.slack_world import SlackWorld


def message_payload(world: SlackWorld, message: Message) -> Json:
    shown: Json = {
        "type": "message",
        "user": message.user,
        "text": message.text,
        "ts": message.ts,
        "team": world.settings.team_id,
    }
    if message.user == world.settings.bot_user_id:
        shown |= {"bot_id": world.settings.bot_id, "app_id": world.settings.api_app_id}
    if message.blocks:
        shown["blocks"] = message.blocks
    if message.thread_ts:
        shown["thread_ts"] = message.thread_ts
    if message.edited_ts:
        shown["edited"] = {"user": message.user, "ts": message.edited_ts}
    if message.metadata:
        shown["metadata"] = message.metadata
    return shown


def view_payload(world: SlackWorld, view: View) -> Json:
    body = view.body
    return {
        "id": view.id,
        "team_id": world.settings.team_id,
        "type": body["type"],
        "blocks": body["blocks"],
        "private_metadata": body.get("private_metadata", ""),
        "callback_id": body.get("callback_id", ""),
        "state": {"values": view.values},
        "hash": view.hash,
        "title": body.get("title"),
        "close": body.get("close"),
        "submit": body.get("submit"),
        "clear_on_close": body.get("clear_on_close", False),
        "notify_on_close": body.get("notify_on_close", False),
        "previous_view_id": view.previous_id or None,
        "root_view_id": view.root_id,
        "app_id": world.settings.api_app_id,
        "external_id": body.get("external_id", ""),
        "app_installed_team_id": world.settings.team_id,
        "bot_id": world.settings.bot_id,
    }


def channel_payload(world: SlackWorld, channel: Channel) -> Json:
    common = {
        "id": channel.id,
        "is_im": channel.is_im,
        "is_mpim": False,
        "is_archived": False,
        "is_ext_shared": channel.is_ext_shared,
        "is_shared": channel.is_ext_shared,
        "is_org_shared": False,
    }
    if channel.is_im:
        return {**common, "user": channel.members[0], "is_channel": False, "is_group": False}
    return {
        **common,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": True,
        "is_group": False,
        "is_private": False,
        "is_member": world.settings.bot_user_id in channel.members,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
    }


def command_payload(
    world: SlackWorld, user: User, channel: Channel, command: str, text: str
) -> dict[str, str]:
    """The form of a slash command, without `response_url` and `trigger_id`."""
    team = world.teams[world.settings.team_id]
    return {
        "team_id": team.id,
        "team_domain": team.domain,
        "channel_id": channel.id,
        "channel_name": channel.name,
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": world.settings.api_app_id,
        "is_enterprise_install": "false",
    }


def event_payload(world: SlackWorld, event: Json) -> Json:
    """The Events API envelope round one event."""
    settings = world.settings
    return {
        "team_id": settings.team_id,
        "context_team_id": settings.team_id,
        "api_app_id": settings.api_app_id,
        "event": event,
        "type": "event_callback",
        "event_id": world.new_id("Ev"),
        "event_time": int(world.now().timestamp()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": settings.team_id,
                "user_id": settings.bot_user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": world.new_id("4-"),
    }


def message_event(world: SlackWorld, message: Message) -> Json:
    """What a person said to the bot in private, as the event `message` of type `im`."""
    event: Json = {
        "type": "message",
        "client_msg_id": world.new_id(""),
        "text": message.text,
        "user": message.user,
        "ts": message.ts,
        "team": world.users[message.user].team_id,
        "channel": message.channel,
        "event_ts": message.ts,
        "channel_type": "im",
    }
    return {**event, "thread_ts": message.thread_ts} if message.thread_ts else event


def interaction(world: SlackWorld, kind: str, user: User, **more: Any) -> Json:
    """What block_actions, view_submission and view_closed have in common, and the rest."""
    team = world.teams[world.settings.team_id]
    person = {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team_id}
    return {
        "type": kind,
        "user": person,
        "api_app_id": world.settings.api_app_id,
        "team": {"id": team.id, "domain": team.domain},
        "enterprise": None,
        "is_enterprise_install": False,
        **more,
    }


def message_surface(world: SlackWorld, channel: Channel, message: Message) -> Json:
    """Where a button was pressed, when it was in a message."""
    container = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": bool(message.ephemeral_to),
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    surface: Json = {
        "container": container,
        "channel": {"id": channel.id, "name": channel.name},
    }
    if not message.ephemeral_to:
        surface["message"] = message_payload(world, message)
    return surface
