"""Keeps the emulated Slack in a file over a restart; triggers, modals and ephemerals are lost."""

import json
import os
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any, TypeVar

from playground.kit.owned import write_owned
from playground.slack.world.records import Channel, Installation, Json, Message, Team, User, View
from playground.slack.world.world import SlackWorld

_Record = TypeVar("_Record", Channel, Installation, Message, Team, User, View)
_TUPLES = ("members", "connected", "scopes")


def keep(world: SlackWorld, path: Path) -> None:
    """Write a snapshot at every change from now on."""
    world.listeners.append(lambda: _write(path, _snapshot(world)))


def restore(world: SlackWorld, path: Path) -> None:
    """Take the file's snapshot up; the settings' token replaces the one kept with it."""
    data = json.loads(path.read_text(encoding="utf-8"))
    at_home: Json = {"team_id": world.settings.team_id, "bot": world.settings.bot_user_id}
    world.teams |= {row["id"]: _read(Team, row) for row in data["teams"]}
    world.users |= {row["id"]: _read(User, row) for row in data["users"]}
    world.channels |= {row["id"]: _read(Channel, at_home | row) for row in data["channels"]}
    for row in data["messages"]:
        world.messages.setdefault(row["channel"], []).append(_read(Message, row))
    world.homes |= {row["user"]: _read(View, at_home | row) for row in data["homes"]}
    world.last_micros = int(data["last_micros"])
    if "apps" in data:
        apps = [_app(world, row) for row in data["apps"]]
        world.apps = {app.team_id or app.enterprise_id: app for app in apps}


def _app(world: SlackWorld, row: Json) -> Installation:
    app = _read(Installation, row)
    if app.team_id == world.settings.team_id and world.settings.bot_token:
        return replace(app, bot_token=world.settings.bot_token)
    return app


def _snapshot(world: SlackWorld) -> Json:
    lasting = [m for kept in world.messages.values() for m in kept if not m.ephemeral_to]
    return {
        "teams": [asdict(team) for team in world.teams.values()],
        "apps": [asdict(app) for app in world.apps.values()],
        "users": [asdict(user) for user in world.users.values()],
        "channels": [asdict(channel) for channel in world.channels.values()],
        "messages": [asdict(message) for message in lasting],
        "homes": [asdict(view) for view in world.homes.values()],
        "last_micros": world.last_micros,
    }


def _read(kind: type[_Record], row: Json) -> _Record:
    """A record from JSON; what another version of this file calls otherwise is left out."""
    names = {one.name for one in fields(kind)}
    known: dict[str, Any] = {
        name: tuple(v) if name in _TUPLES else v for name, v in row.items() if name in names
    }
    return kind(**known)


def _write(path: Path, data: Json) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_suffix(".new")
    write_owned(scratch, json.dumps(data, ensure_ascii=False))
    os.replace(scratch, path)
