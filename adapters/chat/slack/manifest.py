"""The manifest of the Slack app, with exactly the permissions that the adapter uses.

https://docs.slack.dev/reference/app-manifest. It is only built here; a person gives it to Slack.
"""

from __future__ import annotations

from typing import Any

EVENTS_PATH = "/slack/events"

# Which bot scopes each Web API method and each kind of delivery needs.
METHOD_SCOPES: dict[str, tuple[str, ...]] = {
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.members": ("channels:read", "groups:read"),
    "conversations.open": ("im:write",),
    "views.open": (),
}
DELIVERY_SCOPES: dict[str, tuple[str, ...]] = {
    "message.im": ("im:history",),
    "slash_command": ("commands",),
}


def manifest(base_url: str, command: str = "/topup", *, name: str = "Top-up") -> dict[str, Any]:
    """The manifest, ready for JSON or YAML. `base_url` is where Slack reaches the bot."""
    url = base_url.rstrip("/") + EVENTS_PATH
    return {
        "display_information": {
            "name": name,
            "description": "Top up prepaid accounts, and hear before one runs dry.",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": False,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": name, "always_online": True},
            "slash_commands": [_command(command, url)],
        },
        "oauth_config": {"scopes": {"bot": _scopes()}},
        "settings": {
            "event_subscriptions": {
                "request_url": url,
                "bot_events": sorted(DELIVERY_SCOPES.keys() - {"slash_command"}),
            },
            "interactivity": {"is_enabled": True, "request_url": url},
            "org_deploy_enabled": False,
            "socket_mode_enabled": False,
            "token_rotation_enabled": False,
        },
    }


def _command(command: str, url: str) -> dict[str, Any]:
    return {
        "command": command,
        "url": url,
        "description": "Add money to an account",
        "usage_hint": "50 USD card | balance | history | status | cancel | help",
        "should_escape": False,
    }


def _scopes() -> list[str]:
    needed = (*METHOD_SCOPES.values(), *DELIVERY_SCOPES.values())
    return sorted({scope for scopes in needed for scope in scopes})
