"""The JSON in which Slack tells a bot what happened; it decides nothing."""

from typing import Any

from playground.slack.world.records import (
    SLACKBOT,
    Channel,
    Installation,
    Json,
    Message,
    User,
    View,
    bot_id_of,
)
from playground.slack.world.world import SlackWorld


def message_payload(world: SlackWorld, message: Message) -> Json:
    author = world.users.get(message.user)
    shown: Json = {
        "type": "message",
        "user": message.user,
        "text": message.text,
        "ts": message.ts,
        "team": author.team_id if author else world.settings.team_id,
    }
    if author and author.is_bot and author.id != SLACKBOT:
        shown |= {"bot_id": bot_id_of(author.id), "app_id": world.settings.api_app_id}
    if message.blocks:
        shown["blocks"] = message.blocks
    if message.edited_ts:
        shown["edited"] = {"user": message.user, "ts": message.edited_ts}
    if message.metadata:
        shown["metadata"] = message.metadata
    return {**shown, **_thread(world, message)}


def _thread(world: SlackWorld, message: Message) -> Json:
    """What a message says of its thread, as a reply or as the parent of some."""
    if message.thread_ts:
        reply = {"thread_ts": message.thread_ts}
        if message.broadcast:
            reply["subtype"] = "thread_broadcast"
        for parent in world.messages.get(message.channel, []):
            if parent.ts == message.thread_ts:
                reply["parent_user_id"] = parent.user
        return reply
    replies = world.replies(message)
    if not replies:
        return {}
    authors = list(dict.fromkeys(reply.user for reply in replies))
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users_count": len(authors),
        "reply_users": authors,
        "latest_reply": replies[-1].ts,
        "is_locked": False,
        "subscribed": False,
    }


def view_payload(world: SlackWorld, view: View) -> Json:
    body, team_id = view.body, world.users[view.user].team_id
    return {
        "id": view.id,
        "team_id": team_id,
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
        "app_installed_team_id": world.app_of(view.bot).team_id or team_id,
        "bot_id": bot_id_of(view.bot),
    }


def channel_payload(world: SlackWorld, app: Installation, channel: Channel) -> Json:
    common = {
        "id": channel.id,
        "is_im": channel.is_im,
        "is_mpim": False,
        "is_archived": False,
        "is_ext_shared": channel.is_ext_shared,
        "is_shared": channel.is_ext_shared,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "context_team_id": channel.team_id,
    }
    if channel.is_im:
        return {**common, "user": channel.members[0], "is_channel": False, "is_group": False}
    shown: Json = {
        **common,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": True,
        "is_group": False,
        "is_private": False,
        "is_member": app.bot_user_id in channel.members,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "shared_team_ids": [channel.team_id, *channel.connected],
    }
    if channel.is_ext_shared:
        shown["connected_team_ids"] = list(channel.connected)
        shown["conversation_host_id"] = channel.team_id
    return shown


def command_payload(
    world: SlackWorld, app: Installation, user: User, channel: Channel, command: str, text: str
) -> dict[str, str]:
    """The form of a slash command, without `response_url` and `trigger_id`."""
    team = world.teams[_context(world, app, user)]
    form = {
        "team_id": team.id,
        "team_domain": team.domain,
        "channel_id": channel.id,
        "channel_name": channel.name,
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": world.settings.api_app_id,
        "is_enterprise_install": str(app.is_enterprise_install).lower(),
    }
    if team.enterprise_id:
        form |= {"enterprise_id": team.enterprise_id, "enterprise_name": team.enterprise_name}
    return form


def event_payload(world: SlackWorld, app: Installation, event: Json) -> Json:
    """The Events API envelope round one event."""
    author = world.users.get(str(event.get("user", "")))
    team_id = _context(world, app, author)
    channel = world.channels.get(str(event.get("channel", "")))
    payload: Json = {
        "team_id": team_id,
        "context_team_id": team_id,
        "context_enterprise_id": app.enterprise_id or None,
        "api_app_id": world.settings.api_app_id,
        "event": event,
        "type": "event_callback",
        "event_id": world.new_id("Ev"),
        "event_time": int(world.now().timestamp()),
        "authorizations": [_authorization(app)],
        "is_ext_shared_channel": bool(channel and channel.is_ext_shared),
        "event_context": world.new_id("4-"),
    }
    return {**payload, "enterprise_id": app.enterprise_id} if app.enterprise_id else payload


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
    return {**event, **_thread(world, message)} if message.thread_ts else event


def interaction(
    world: SlackWorld, kind: str, user: User, *, app: Installation | None = None, **more: Any
) -> Json:
    """What all interactive payloads have in common, and the rest; `app` None is that at home."""
    app = app or world.home()
    team = world.teams[_context(world, app, user)]
    whole: Json = {"id": team.id, "domain": team.domain}
    enterprise = None
    if team.enterprise_id:
        enterprise = {"id": team.enterprise_id, "name": team.enterprise_name}
        whole |= {"enterprise_id": team.enterprise_id, "enterprise_name": team.enterprise_name}
    return {
        "type": kind,
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team_id},
        "api_app_id": world.settings.api_app_id,
        "team": whole,
        "enterprise": enterprise,
        "is_enterprise_install": app.is_enterprise_install,
        **more,
    }


def shortcut(world: SlackWorld, app: Installation, user: User, callback_id: str) -> Json:
    """A global shortcut, which knows of no channel."""
    return interaction(world, "shortcut", user, app=app, **_run(world, app, user, callback_id))


def message_action(
    world: SlackWorld,
    app: Installation,
    user: User,
    callback_id: str,
    message: Message,
    response_url: str,
) -> Json:
    """A message shortcut, with the message it was run on."""
    channel = world.channels[message.channel]
    return interaction(
        world,
        "message_action",
        user,
        app=app,
        **_run(world, app, user, callback_id),
        channel={"id": channel.id, "name": channel.name},
        message_ts=message.ts,
        message=message_payload(world, message),
        response_url=response_url,
    )


def _run(world: SlackWorld, app: Installation, user: User, callback_id: str) -> Json:
    return {
        "callback_id": callback_id,
        "action_ts": world.next_ts(),
        "trigger_id": world.issue_trigger(user.id, bot=app.bot_user_id),
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


def _context(world: SlackWorld, app: Installation, user: User | None) -> str:
    """The workspace from which the app is to see something: the installation's, or the user's."""
    if app.team_id:
        return app.team_id
    if user is not None and world.serves(app, user.team_id):
        return user.team_id
    return next(t.id for t in world.teams.values() if t.enterprise_id == app.enterprise_id)


def _authorization(app: Installation) -> Json:
    return {
        "enterprise_id": app.enterprise_id or None,
        "team_id": app.team_id or None,
        "user_id": app.bot_user_id,
        "is_bot": True,
        "is_enterprise_install": app.is_enterprise_install,
    }
