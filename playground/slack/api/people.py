"""The Web API's look-ups: who, where, which team; they change no message.

An installation sees its own workspaces, and of others what shares a channel with its bot.
"""

from zoneinfo import ZoneInfo

from playground.slack.api.methods import TRUE, Method, required
from playground.slack.events.payloads import channel_payload
from playground.slack.world.records import Channel, Installation, Json, SlackError, User
from playground.slack.world.world import SlackWorld


def auth_test(world: SlackWorld, app: Installation, args: Json) -> Json:
    """Of an organisation-wide token, the organisation stands where the workspace would."""
    team = world.teams.get(app.team_id)
    whole = next(t for t in world.teams.values() if t.enterprise_id == app.enterprise_id)
    domain = team.domain if team else f"{whole.domain}.enterprise"
    answer: Json = {
        "url": f"https://{domain}.slack.com/",
        "team": team.name if team else whole.enterprise_name,
        "user": world.users[app.bot_user_id].name,
        "team_id": app.team_id or app.enterprise_id,
        "user_id": app.bot_user_id,
        "bot_id": app.bot_id,
        "is_enterprise_install": app.is_enterprise_install,
    }
    return {**answer, "enterprise_id": app.enterprise_id} if app.enterprise_id else answer


def conversations_open(world: SlackWorld, app: Installation, args: Json) -> Json:
    users = args.get("users")
    if isinstance(users, list):
        users = ",".join(users)
    if not users:
        channel = visible_channel(world, app, required(args, "channel"))
        return {"channel": {"id": channel.id}}
    if "," in str(users):
        raise SlackError("not_enabled", ("[ERROR] group messages are not part of this world",))
    channel = world.open_im(app, str(users))
    whole = args.get("return_im") in TRUE
    return {"channel": channel_payload(world, app, channel) if whole else {"id": channel.id}}


def conversations_members(world: SlackWorld, app: Installation, args: Json) -> Json:
    channel = visible_channel(world, app, required(args, "channel"))
    return {"members": list(channel.members), "response_metadata": {"next_cursor": ""}}


def conversations_info(world: SlackWorld, app: Installation, args: Json) -> Json:
    channel = visible_channel(world, app, required(args, "channel"))
    shown = channel_payload(world, app, channel)
    if args.get("include_num_members") in TRUE:
        shown["num_members"] = len(channel.members)
    return {"channel": shown}


def conversations_list(world: SlackWorld, app: Installation, args: Json) -> Json:
    kinds = str(args.get("types") or "public_channel").split(",")
    shown = [
        channel_payload(world, app, channel)
        for channel in world.channels.values()
        if _sees(world, app, channel) and ("im" if channel.is_im else "public_channel") in kinds
    ]
    return {"channels": shown, "response_metadata": {"next_cursor": ""}}


def users_info(world: SlackWorld, app: Installation, args: Json) -> Json:
    user = world.users.get(required(args, "user"))
    if user is None or not _knows(world, app, user):
        raise SlackError("user_not_found")
    shown = _user_payload(world, app, user)
    if args.get("include_locale") in TRUE:
        shown["locale"] = user.locale
    return {"user": shown}


def team_info(world: SlackWorld, app: Installation, args: Json) -> Json:
    team = world.teams.get(str(args.get("team") or app.team_id))
    if team is None:
        raise SlackError("team_not_found")
    shown: Json = {"id": team.id, "name": team.name, "domain": team.domain, "icon": {}}
    if team.enterprise_id:
        shown |= {"enterprise_id": team.enterprise_id, "enterprise_name": team.enterprise_name}
    return {"team": shown}


def visible_channel(world: SlackWorld, app: Installation, channel_id: str) -> Channel:
    """A channel that this installation may know of; SlackError channel_not_found."""
    channel = world.channels.get(channel_id)
    if channel is None or not _sees(world, app, channel):
        raise SlackError("channel_not_found")
    return channel


def _sees(world: SlackWorld, app: Installation, channel: Channel) -> bool:
    is_member = app.bot_user_id in channel.members
    return is_member or (not channel.is_im and world.serves(app, channel.team_id))


def _knows(world: SlackWorld, app: Installation, user: User) -> bool:
    shared = (c for c in world.channels.values() if app.bot_user_id in c.members)
    return (
        user.id == app.bot_user_id
        or world.serves(app, user.team_id)
        or any(user.id in channel.members for channel in shared)
    )


def _is_stranger(world: SlackWorld, app: Installation, user: User) -> bool:
    """Of another company and in no channel that the app sees; a partner in one is no stranger.

    A direct message is no such channel. https://docs.slack.dev/reference/objects/user-object
    """
    if user.is_bot or world.serves(app, user.team_id):
        return False
    seen = (c for c in world.channels.values() if not c.is_im and _sees(world, app, c))
    return not any(user.id in channel.members for channel in seen)


def _user_payload(world: SlackWorld, app: Installation, user: User) -> Json:
    offset = world.now().astimezone(ZoneInfo(user.tz)).utcoffset()
    shown: Json = {
        "id": user.id,
        "team_id": user.team_id,
        "name": user.name,
        "real_name": user.real_name,
        "deleted": False,
        "color": user.colour.lstrip("#"),
        "tz": user.tz,
        "tz_label": user.tz.replace("_", " "),
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "is_admin": user.is_admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "is_restricted": user.is_restricted or user.is_ultra_restricted,
        "is_ultra_restricted": user.is_ultra_restricted,
        "profile": _profile(world, app, user),
    }
    if _is_stranger(world, app, user):
        shown["is_stranger"] = True
    team = world.teams.get(user.team_id)
    if team is not None and team.enterprise_id and not user.is_bot:
        shown["enterprise_user"] = {
            "id": user.id,
            "enterprise_id": team.enterprise_id,
            "enterprise_name": team.enterprise_name,
            "is_admin": False,
            "is_owner": False,
            "teams": [team.id],
        }
    return shown


def _profile(world: SlackWorld, app: Installation, user: User) -> Json:
    """An address is told only to an app that may ask for it, and never a stranger's."""
    profile = {
        "display_name": user.name,
        "real_name": user.real_name,
        "team": user.team_id,
    }
    may_ask = not app.scopes or "users:read.email" in app.scopes
    if may_ask and not user.is_bot and world.serves(app, user.team_id):
        profile["email"] = f"{user.name}@{world.teams[user.team_id].domain}.example"
    return profile


METHODS: dict[str, Method] = {
    "auth.test": auth_test,
    "conversations.info": conversations_info,
    "conversations.list": conversations_list,
    "conversations.members": conversations_members,
    "conversations.open": conversations_open,
    "team.info": team_info,
    "users.info": users_info,
}
