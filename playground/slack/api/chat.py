"""The Web API's chat methods, each for one installation; they send nothing to the bot."""

from dataclasses import replace

from playground.slack.api.methods import TRUE, Method, required
from playground.slack.api.people import visible_channel
from playground.slack.blocks.blocks import checked_blocks, checked_metadata
from playground.slack.events.payloads import message_payload
from playground.slack.world.records import Blocks, Channel, Installation, Json, Message, SlackError
from playground.slack.world.world import SlackWorld

_MAX_TEXT = 40_000


def post_message(world: SlackWorld, app: Installation, args: Json) -> Json:
    channel = _postable(world, app, required(args, "channel"))
    text, blocks = content(world, args)
    thread_ts = str(args.get("thread_ts") or "")
    if thread_ts:
        thread_ts = world.thread_of(channel.id, thread_ts)
    broadcast = bool(thread_ts) and args.get("reply_broadcast") in TRUE
    metadata = checked_metadata(args["metadata"]) if args.get("metadata") else None
    message = Message(
        world.next_ts(), channel.id, app.bot_user_id, text, blocks, thread_ts,
        broadcast=broadcast, metadata=metadata,
    )  # fmt: skip
    world.add_message(message)
    payload = message_payload(world, message)
    return {"channel": channel.id, "ts": message.ts, "message": payload}


def update(world: SlackWorld, app: Installation, args: Json) -> Json:
    channel = visible_channel(world, app, required(args, "channel"))
    message = _own_message(world, app, channel, required(args, "ts"), "cant_update_message")
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


def post_ephemeral(world: SlackWorld, app: Installation, args: Json) -> Json:
    channel = _postable(world, app, required(args, "channel"))
    user_id = required(args, "user")
    if user_id not in channel.members:
        raise SlackError("user_not_in_channel")
    text, blocks = content(world, args)
    message = Message(
        world.next_ts(), channel.id, app.bot_user_id, text, blocks,
        str(args.get("thread_ts") or ""), ephemeral_to=user_id,
    )  # fmt: skip
    world.add_message(message)
    return {"message_ts": message.ts}


def delete(world: SlackWorld, app: Installation, args: Json) -> Json:
    channel = visible_channel(world, app, required(args, "channel"))
    message = _own_message(world, app, channel, required(args, "ts"), "cant_delete_message")
    world.remove_message(channel.id, message.ts)
    return {"channel": channel.id, "ts": message.ts}


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


def _postable(world: SlackWorld, app: Installation, name: str) -> Channel:
    """Where the bot may post: an id, a channel's name, or a person (their direct message)."""
    if name in world.users:
        return world.open_im(app, name)
    named = (
        channel
        for channel in world.channels.values()
        if not channel.is_im
        and channel.name == name.lstrip("#")
        and world.serves(app, channel.team_id)
    )
    channel = next(named, None) or visible_channel(world, app, name)
    if app.bot_user_id not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _own_message(
    world: SlackWorld, app: Installation, channel: Channel, ts: str, refusal: str
) -> Message:
    message = world.message(channel.id, ts)
    if message.ephemeral_to:
        raise SlackError("message_not_found")
    if message.user != app.bot_user_id:
        raise SlackError(refusal)
    return message


METHODS: dict[str, Method] = {
    "chat.delete": delete,
    "chat.postEphemeral": post_ephemeral,
    "chat.postMessage": post_message,
    "chat.update": update,
}
