"""The Web API's chat, conversations, users and auth methods; they send nothing to the bot."""

from collections.abc import Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

from playground.slack_blocks import checked_blocks, checked_metadata
from playground.slack_payloads import channel_payload, message_payload
from playground.slack_records import Blocks, Channel, Json, Message, SlackError, User
from playground.slack_world import SlackWorld

Method = Callable[[SlackWorld, Json], Json]

_MAX_TEXT = 40_000
_TRUE = (True, 1, "true", "1")


def required(args: Json, name: str) -> str:
    """A string argument that must be there; SlackError invalid_arguments names it."""
    value = args.get(name)
    if not isinstance(value, str) or not value:
        raise SlackError("invalid_arguments", (f"[ERROR] missing required field: {name}",))
    return value


def auth_test(world: SlackWorld, args: Json) -> Json:
    team = world.teams[world.settings.team_id]
    return {
        "url": f"https://{team.domain}.slack.com/",
        "team": team.name,
        "user": world.users[world.settings.bot_user_id].name,
        "team_id": team.id,
        "user_id": world.settings.bot_user_id,
        "bot_id": world.settings.bot_id,
        "is_enterprise_install": False,
    }


def api_test(world: SlackWorld, args: Json) -> Json:
    if "error" in args:
        raise SlackError(str(args["error"]))
    return {"args": args} if args else {}


def post_message(world: SlackWorld, args: Json) -> Json:
    channel = _postable(world, required(args, "channel"))
    text, blocks = content(world, args)
    thread_ts = str(args.get("thread_ts") or "")
    if thread_ts:
        thread_ts = world.message(channel.id, thread_ts).thread_ts or thread_ts
    metadata = checked_metadata(args["metadata"]) if args.get("metadata") else None
    message = Message(
        world.next_ts(), channel.id, world.settings.bot_user_id, text, blocks, thread_ts,
        metadata=metadata,
    )  # fmt: skip
    world.add_message(message)
    payload = message_payload(world, message)
    return {"channel": channel.id, "ts": message.ts, "message": payload}


def update(world: SlackWorld, args: Json) -> Json:
    channel = _channel(world, required(args, "channel"))
    message = _own_message(world, channel, required(args, "ts"), "cant_update_message")
    text, blocks = content(world, args)
    keeps_blocks = "blocks" not in args and not text
    edited_ts = message.edited_ts if blocks else world.next_ts()
    new = replace(
        message,
        text=text or message.text,
        blocks=message.blocks if keeps_blocks else blocks,
        edited_ts=edited_ts,
        metadata=checked_metadata(args["metadata"]) if args.get("metadata") else message.metadata,
    )
    new = world.replace_message(new)
    payload = message_payload(world, new)
    return {"channel": channel.id, "ts": new.ts, "text": new.text, "message": payload}


def post_ephemeral(world: SlackWorld, args: Json) -> Json:
    channel = _postable(world, required(args, "channel"))
    user_id = required(args, "user")
    if user_id not in channel.members:
        raise SlackError("user_not_in_channel")
    text, blocks = content(world, args)
    message = Message(
        world.next_ts(), channel.id, world.settings.bot_user_id, text, blocks,
        str(args.get("thread_ts") or ""), ephemeral_to=user_id,
    )  # fmt: skip
    world.add_message(message)
    return {"message_ts": message.ts}


def delete(world: SlackWorld, args: Json) -> Json:
    channel = _channel(world, required(args, "channel"))
    message = _own_message(world, channel, required(args, "ts"), "cant_delete_message")
    world.remove_message(channel.id, message.ts)
    return {"channel": channel.id, "ts": message.ts}


def conversations_open(world: SlackWorld, args: Json) -> Json:
    users = args.get("users")
    if isinstance(users, list):
        users = ",".join(users)
    if not users:
        channel = _channel(world, required(args, "channel"))
        return {"channel": {"id": channel.id}}
    if "," in str(users):
        raise SlackError("not_enabled", ("[ERROR] group messages are not part of this world",))
    channel = world.open_im(str(users))
    whole = args.get("return_im") in _TRUE
    return {"channel": channel_payload(world, channel) if whole else {"id": channel.id}}


def conversations_members(world: SlackWorld, args: Json) -> Json:
    channel = _channel(world, required(args, "channel"))
    return {"members": list(channel.members), "response_metadata": {"next_cursor": ""}}


def conversations_info(world: SlackWorld, args: Json) -> Json:
    channel = _channel(world, required(args, "channel"))
    shown = channel_payload(world, channel)
    if args.get("include_num_members") in _TRUE:
        shown["num_members"] = len(channel.members)
    return {"channel": shown}


def conversations_list(world: SlackWorld, args: Json) -> Json:
    kinds = str(args.get("types") or "public_channel").split(",")
    shown = [
        channel_payload(world, channel)
        for channel in world.channels.values()
        if ("im" if channel.is_im else "public_channel") in kinds
    ]
    return {"channels": shown, "response_metadata": {"next_cursor": ""}}


def users_info(world: SlackWorld, args: Json) -> Json:
    user = world.users.get(required(args, "user"))
    if user is None:
        raise SlackError("user_not_found")
    shown = _user_payload(world, user)
    if args.get("include_locale") in _TRUE:
        shown["locale"] = user.locale
    return {"user": shown}


def team_info(world: SlackWorld, args: Json) -> Json:
    team = world.teams.get(str(args.get("team") or world.settings.team_id))
    if team is None:
        raise SlackError("team_not_found")
    return {"team": {"id": team.id, "name": team.name, "domain": team.domain, "icon": {}}}


def content(world: SlackWorld, args: Json) -> tuple[str, Blocks]:
    """Text and checked blocks of a message; SlackError no_text, msg_too_long, invalid_blocks."""
    text = args.get("text") or ""
    blocks = args.get("blocks")
    if not isinstance(text, str):
        raise SlackError("invalid_arguments", ("[ERROR] must be a string [json-pointer:/text]",))
    if not text and not blocks:
        raise SlackError("no_text")
    if len(text) > _MAX_TEXT:
        raise SlackError("msg_too_long")
    return text, checked_blocks(blocks, world.new_id) if blocks is not None else []


def _channel(world: SlackWorld, channel_id: str) -> Channel:
    channel = world.channels.get(channel_id)
    if channel is None or (channel.is_im and world.settings.bot_user_id not in channel.members):
        raise SlackError("channel_not_found")
    return channel


def _postable(world: SlackWorld, name: str) -> Channel:
    """Where the bot may post: an id, a channel's name, or a person (their direct message)."""
    if name in world.users:
        return world.open_im(name)
    named = (c for c in world.channels.values() if not c.is_im and c.name == name.lstrip("#"))
    channel = world.channels.get(name) or next(named, None)
    if channel is None:
        raise SlackError("channel_not_found")
    if world.settings.bot_user_id not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _own_message(world: SlackWorld, channel: Channel, ts: str, refusal: str) -> Message:
    message = world.message(channel.id, ts)
    if message.ephemeral_to:
        raise SlackError("message_not_found")
    if message.user != world.settings.bot_user_id:
        raise SlackError(refusal)
    return message


def _user_payload(world: SlackWorld, user: User) -> Json:
    offset = world.now().astimezone(ZoneInfo(user.tz)).utcoffset()
    return {
        "id": user.id,
        "team_id": user.team_id,
        "name": user.name,
        "real_name": user.real_name,
        "deleted": False,
        "color": user.colour.lstrip("#"),
        "tz": user.tz,
        "tz_label": user.tz.replace("_", " "),
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "is_admin": False,
        "is_owner": False,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "is_restricted": user.is_restricted,
        "is_ultra_restricted": False,
        "is_stranger": user.is_stranger,
        "profile": {
            "display_name": user.name,
            "real_name": user.real_name,
            "team": user.team_id,
        },
    }


METHODS: dict[str, Method] = {
    "api.test": api_test,
    "auth.test": auth_test,
    "chat.delete": delete,
    "chat.postEphemeral": post_ephemeral,
    "chat.postMessage": post_message,
    "chat.update": update,
    "conversations.info": conversations_info,
    "conversations.list": conversations_list,
    "conversations.members": conversations_members,
    "conversations.open": conversations_open,
    "team.info": team_info,
    "users.info": users_info,
}
