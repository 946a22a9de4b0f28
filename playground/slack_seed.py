"""The workspace a newcomer finds: one team, three people, two channels, nothing said yet."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from playground.slack_records import SLACKBOT, Channel, Command, SlackSettings, Team, User
from playground.slack_world import SlackWorld, random_id, utc_now


def default_world(
    settings: SlackSettings,
    *,
    path: Path | None = None,
    now: Callable[[], datetime] = utc_now,
    new_id: Callable[[str], str] = random_id,
) -> SlackWorld:
    """Acme as it was left at `path`, or a fresh one when there is no snapshot."""
    world = SlackWorld(settings, now, new_id, path)
    world.commands = [
        Command("/topup", "[amount currency account method]", "Add money to a prepaid account")
    ]
    if path is not None and path.exists():
        world.restore(json.loads(path.read_text(encoding="utf-8")))
    else:
        _seed(world)
    return world


def _seed(world: SlackWorld) -> None:
    team_id, bot = world.settings.team_id, world.settings.bot_user_id
    teams = (Team(team_id, "Acme", "acme"), Team("T0OTHER", "Other Ltd", "other"))
    users = (
        User("U0ANA", team_id, "ana", "Ana Silva", "AS", "#2b6cb0", "Europe/Lisbon"),
        User("U0BEN", team_id, "ben", "Ben Okafor", "BO", "#b7791f", "Europe/Berlin"),
        User(
            "U0CLEO", "T0OTHER", "cleo", "Cleo Marsh", "CM", "#97266d", "America/New_York",
            is_restricted=True, is_stranger=True,
        ),
        User(bot, team_id, "topupbot", "topup-bot", "+$", "#0b7a53", is_bot=True),
        User(SLACKBOT, team_id, "slackbot", "Slackbot", "S", "#4a154b", is_bot=True),
    )  # fmt: skip
    channels = (
        Channel(
            "C0GENERAL", "general", ("U0ANA", "U0BEN", "U0CLEO"),
            is_ext_shared=True, topic="Shared with Other Ltd; topup-bot is not a member here",
        ),
        Channel(
            "C0BILLING", "cloud-billing", ("U0ANA", "U0BEN", bot),
            topic="Low-balance alerts arrive here",
        ),
    )  # fmt: skip
    world.teams = {team.id: team for team in teams}
    world.users = {user.id: user for user in users}
    world.channels = {channel.id: channel for channel in channels}
    for name in ("ANA", "BEN", "CLEO"):
        members = (f"U0{name}", bot)
        world.channels[f"D0{name}"] = Channel(f"D0{name}", "directmessage", members, is_im=True)
