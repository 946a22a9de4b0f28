"""The Web API's views methods: modals on a stack of three, App Homes; stale hashes are refused."""

from dataclasses import replace

from playground.slack.api.methods import Method, required
from playground.slack.blocks.blocks import checked_view
from playground.slack.events.payloads import view_payload
from playground.slack.world.records import Installation, Json, SlackError, View
from playground.slack.world.world import SlackWorld

_MAX_STACK = 3


def views_open(world: SlackWorld, app: Installation, args: Json) -> Json:
    body = _body(world, app, args, "modal")
    trigger = world.take_trigger(required(args, "trigger_id"), app)
    view = world.new_view(trigger.user, trigger.bot, body)
    world.modals[trigger.user] = [view]
    world.changed()
    return {"view": view_payload(world, view)}


def views_push(world: SlackWorld, app: Installation, args: Json) -> Json:
    body = _body(world, app, args, "modal")
    trigger = world.take_trigger(required(args, "trigger_id"), app)
    return {"view": view_payload(world, push(world, trigger.user, trigger.bot, body))}


def push(world: SlackWorld, user_id: str, bot: str, body: Json) -> View:
    """Lay a checked modal on top of the open ones; SlackError push_limit_reached, not_found."""
    stack = world.modals.get(user_id, [])
    if not stack or stack[-1].bot != bot:
        raise SlackError("not_found")
    if len(stack) >= _MAX_STACK:
        raise SlackError("push_limit_reached")
    view = world.new_view(user_id, bot, body, below=stack[-1])
    world.modals[user_id] = [*stack, view]
    world.changed()
    return view


def views_update(world: SlackWorld, app: Installation, args: Json) -> Json:
    view = _find(world, app, args)
    body = _body(world, app, args, str(view.body["type"]), but=view)
    if args.get("hash") and args["hash"] != view.hash:
        raise SlackError("hash_conflict")
    return {"view": view_payload(world, world.replace_view(replace(view, body=body)))}


def views_publish(world: SlackWorld, app: Installation, args: Json) -> Json:
    user_id = required(args, "user_id")
    user = world.users.get(user_id)
    if user is None or user.is_bot or not (user.is_stranger or world.serves(app, user.team_id)):
        raise SlackError("user_not_found")
    old = world.homes.get(user_id)
    body = _body(world, app, args, "home", but=old)
    if old is not None and args.get("hash") and args["hash"] != old.hash:
        raise SlackError("hash_conflict")
    if old is None:
        world.homes[user_id] = world.new_view(user_id, app.bot_user_id, body)
    new = world.replace_view(replace(world.homes[user_id], body=body))
    return {"view": view_payload(world, new)}


def _body(
    world: SlackWorld, app: Installation, args: Json, kind: str, but: View | None = None
) -> Json:
    if "view" not in args:
        raise SlackError("invalid_arguments", ("[ERROR] missing required field: view",))
    body = checked_view(args["view"], world.new_id, kind)
    external_id = body.get("external_id")
    mine = (view for view in world.views() if view.bot == app.bot_user_id)
    others = (view for view in mine if but is None or view.id != but.id)
    if external_id and any(view.body.get("external_id") == external_id for view in others):
        raise SlackError("duplicate_external_id")
    return body


def _find(world: SlackWorld, app: Installation, args: Json) -> View:
    view_id, external_id = args.get("view_id"), args.get("external_id")
    if not view_id and not external_id:
        raise SlackError("invalid_arguments", ("[ERROR] missing required field: view_id",))
    for view in (one for one in world.views() if one.bot == app.bot_user_id):
        if view.id == view_id or (external_id and view.body.get("external_id") == external_id):
            return view
    raise SlackError("not_found")


METHODS: dict[str, Method] = {
    "views.open": views_open,
    "views.publish": views_publish,
    "views.push": views_push,
    "views.update": views_update,
}
