"""The manifest asks for exactly what the adapter uses."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from adapters.chat.slack import web
from adapters.chat.slack.manifest import DELIVERY_SCOPES, METHOD_SCOPES, build_manifest


def test_scopes_are_those_of_the_methods_used() -> None:
    """Every Web API method in the code is in the table of scopes, and no other."""
    source = Path(web.__file__).read_text(encoding="utf-8")
    called = set(re.findall(r"self\._client\.([a-z]+_[A-Za-z_]+)\(", source))
    assert {name.replace("_", ".") for name in called} == set(METHOD_SCOPES)
    scopes = build_manifest("https://bot.test")["oauth_config"]["scopes"]["bot"]
    needed = [*METHOD_SCOPES.values(), *DELIVERY_SCOPES.values()]
    assert scopes == sorted({scope for each in needed for scope in each})
    assert len(scopes) == 7


def test_no_other_file_calls_the_web_api() -> None:
    """One file makes the calls, so the comparison above sees them all."""
    folder = Path(web.__file__).parent
    for path in folder.rglob("*.py"):
        if path.name != "web.py":
            assert "_client." not in path.read_text(encoding="utf-8"), path.name


def test_a_failed_call_names_the_method_that_it_was() -> None:
    """The names in error messages are the names of methods."""
    source = Path(web.__file__).read_text(encoding="utf-8")
    told = set(re.findall(r'raising_chat_errors\("([^"]+)"\)', source))
    assert told == {*METHOD_SCOPES, "response_url"}


@pytest.mark.parametrize("base_url", ["https://bot.test", "https://bot.test/"])
def test_every_address_is_the_one_route(base_url: str) -> None:
    """Commands, presses and events all come to /slack/events."""
    made = build_manifest(base_url, "/acme-topup")
    (command,) = made["features"]["slash_commands"]
    assert [one["type"] for one in made["features"]["shortcuts"]] == ["global", "message"]
    url = "https://bot.test/slack/events"
    assert command["command"] == "/acme-topup"
    assert command["url"] == url
    assert command["should_escape"] is False
    assert made["settings"]["event_subscriptions"]["request_url"] == url
    assert made["settings"]["event_subscriptions"]["bot_events"] == [
        "app_home_opened",
        "app_uninstalled",
        "message.im",
        "tokens_revoked",
    ]
    assert made["settings"]["interactivity"] == {"is_enabled": True, "request_url": url}
    assert made["settings"]["socket_mode_enabled"] is False


def test_socket_mode_names_no_address() -> None:
    """Slack calls nobody then: the bot connects to it."""
    made = build_manifest("", socket_mode=True)
    assert made["settings"]["socket_mode_enabled"] is True
    assert "url" not in json.dumps(made).replace("url_", "")


def test_people_can_write_to_the_bot() -> None:
    """Without the messages tab Slack refuses what people type to the bot."""
    home = build_manifest("https://bot.test")["features"]["app_home"]
    assert home["messages_tab_enabled"]
    assert not home["messages_tab_read_only_enabled"]
    assert json.dumps(home)
