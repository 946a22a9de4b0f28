"""What a person is told that each permission means; it grants none."""

from dataclasses import dataclass

_SAID = "Messages and other content in "
_KNOWN = "Basic information about "
_THERE = " that {app} has been added to"
_VIEW = {
    "channels:history": f"{_SAID}public channels{_THERE}",
    "channels:read": f"{_KNOWN}public channels in the workspace",
    "groups:history": f"{_SAID}private channels{_THERE}",
    "groups:read": f"{_KNOWN}private channels{_THERE}",
    "im:history": f"{_SAID}direct messages{_THERE}",
    "im:read": f"{_KNOWN}direct messages{_THERE}",
    "team:read": "The name, e-mail domain, and icon of the workspace",
    "usergroups:read": "User groups in the workspace",
    "users:read": "People in the workspace",
    "users:read.email": "E-mail addresses of people in the workspace",
}
_ACT = {
    "channels:join": "Join public channels in the workspace",
    "chat:write": "Send messages as @{app}",
    "chat:write.public": "Send messages to channels @{app} isn’t a member of",
    "commands": "Add shortcuts and slash commands that people can use",
    "files:write": "Upload, edit, and delete files as {app}",
    "im:write": "Start direct messages with people",
}


@dataclass(frozen=True, slots=True)
class Told:
    """Sentences for what the app will be able to view, and to do."""

    view: tuple[str, ...]
    act: tuple[str, ...]


def told(scopes: tuple[str, ...], app: str) -> Told:
    """Sentences for these scopes; one that is not known here is shown by its name."""
    known = {**_VIEW, **_ACT}
    lines = {scope: known.get(scope, scope).format(app=app) for scope in scopes}
    return Told(
        tuple(line for scope, line in lines.items() if scope in _VIEW),
        tuple(line for scope, line in lines.items() if scope not in _VIEW),
    )
