"""The manifest of the Slack app, with exactly the permissions that the adapter uses.

https://docs.slack.dev/reference/app-manifest. It is only built here; a person gives it to Slack.
"""

from __future__ import annotations

from typing import Any

from adapters.chat.slack.payloads import ABOUT_SHORTCUT, TOP_UP_SHORTCUT
from adapters.chat.slack.traits import EVENTS_PATH

REDIRECT_PATH = "/slack/oauth_redirect"

# Which bot scopes each Web API method and each kind of delivery needs.
METHOD_SCOPES: dict[str, tuple[str, ...]] = {
    "auth.test": (),
    "chat.delete": ("chat:write",),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.info": ("channels:read", "groups:read"),
    "conversations.members": ("channels:read", "groups:read"),
    "conversations.open": ("im:write",),
    "users.info": ("users:read",),
    "views.open": (),
    "views.publish": (),
    "views.update": (),
}
DELIVERY_SCOPES: dict[str, tuple[str, ...]] = {
    "app_home_opened": (),
    "app_uninstalled": (),
    "message.im": ("im:history",),
    "shortcut": ("commands",),
    "slash_command": ("commands",),
    "tokens_revoked": (),
}
_EVENTS = sorted(DELIVERY_SCOPES.keys() - {"shortcut", "slash_command"})


def build_manifest(
    base_url: str,
    command: str = "/topup",
    *,
    name: str = "Top-up",
    socket_mode: bool = False,
    distributed: bool = False,
) -> dict[str, Any]:
    """The manifest, ready for JSON or YAML. `base_url` is where Slack reaches the bot.

    `distributed` is for an app that several workspaces, or an organisation, install.
    """
    redirects = {"redirect_urls": [base_url.rstrip("/") + REDIRECT_PATH]} if distributed else {}
    url = "" if socket_mode else base_url.rstrip("/") + EVENTS_PATH
    return {
        "display_information": {
            "name": name,
            "description": "Top up prepaid accounts, and hear before one runs dry.",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": name, "always_online": True},
            "shortcuts": _shortcuts(),
            "slash_commands": [_command(command) | _reached("url", url)],
        },
        "oauth_config": {**redirects, "scopes": {"bot": bot_scopes()}},
        "settings": {
            "event_subscriptions": {**_reached("request_url", url), "bot_events": _EVENTS},
            "interactivity": {"is_enabled": True, **_reached("request_url", url)},
            "org_deploy_enabled": distributed,
            "socket_mode_enabled": socket_mode,
            "token_rotation_enabled": False,
        },
    }


def _reached(name: str, url: str) -> dict[str, str]:
    """Where Slack calls; nowhere in Socket Mode."""
    return {name: url} if url else {}


def _shortcuts() -> list[dict[str, str]]:
    return [
        {
            "name": "Top up a balance",
            "type": "global",
            "callback_id": TOP_UP_SHORTCUT,
            "description": "Add money to an account",
        },
        {
            "name": "Top up this account",
            "type": "message",
            "callback_id": ABOUT_SHORTCUT,
            "description": "Add money to the account of this alert",
        },
    ]


def _command(command: str) -> dict[str, Any]:
    return {
        "command": command,
        "description": "Add money to an account",
        "usage_hint": "50 USD card | balance | history | status | cancel | help",
        "should_escape": False,
    }


def bot_scopes() -> list[str]:
    """Every bot scope that the adapter needs, in order."""
    needed = (*METHOD_SCOPES.values(), *DELIVERY_SCOPES.values())
    return sorted({scope for scopes in needed for scope in scopes})
