"""What a Web API method is, and which scopes it asks for; it runs none.

Scopes: https://docs.slack.dev/reference/methods, the page of each method.
"""

from collections.abc import Callable

from playground.slack.world.records import Installation, Json, SlackError
from playground.slack.world.world import SlackWorld

Method = Callable[[SlackWorld, Installation, Json], Json]
TRUE = (True, 1, "true", "1")

_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
# Any one of them is enough. Methods that are not listed ask for none.
_SCOPES = {
    "chat.delete": ("chat:write",),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.info": _READ,
    "conversations.list": _READ,
    "conversations.members": _READ,
    "conversations.open": ("im:write", "channels:manage", "groups:write", "mpim:write"),
    "team.info": ("team:read",),
    "users.info": ("users:read",),
}


def check_scope(method: str, app: Installation) -> None:
    """SlackError missing_scope when the installation was not granted what the method needs."""
    needed = _SCOPES.get(method, ())
    if app.scopes and needed and not set(needed) & set(app.scopes):
        raise SlackError("missing_scope", needed=needed[0], provided=",".join(app.scopes))


def required(args: Json, name: str) -> str:
    """A string argument that must be there; SlackError invalid_arguments names it."""
    value = args.get(name)
    if not isinstance(value, str) or not value:
        raise SlackError("invalid_arguments", (f"[ERROR] missing required field: {name}",))
    return value
