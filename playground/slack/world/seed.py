"""The workspaces a newcomer finds: Acme with the app, Globex without; nothing is said yet."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from playground.slack.world import snapshot as slack_snapshot
from playground.slack.world.installs import install_at_home
from playground.slack.world.records import SLACKBOT, Channel, Command, SlackSettings, Team, User
from playground.slack.world.world import SlackWorld, random_id, utc_now

_OTHER, _GLOBEX = "T0OTHER", "T0GLOBEX"


def default_world(
    settings: SlackSettings,
    *,
    path: Path | None = None,
    now: Callable[[], datetime] = utc_now,
    new_id: Callable[[str], str] = random_id,
) -> SlackWorld:
    """The workspaces as they were left at `path`, or fresh ones when there is no snapshot."""
    world = SlackWorld(settings, now, new_id)
    hint = "50 USD card | balance | history | status | cancel | help"
    world.commands = [Command("/topup", hint, "Add money to an account")]
    _seed(world)
    if settings.bot_token:
        install_at_home(world)
    if path is not None:
        if path.exists():
            slack_snapshot.restore(world, path)
        slack_snapshot.keep(world, path)
    return world


def _seed(world: SlackWorld) -> None:
    home, bot = world.settings.team_id, world.settings.bot_user_id
    world.teams = {team.id: team for team in _teams(home)}
    world.users = {user.id: user for user in _users(home, bot)}
    world.channels = {channel.id: channel for channel in _channels(home, bot)}


def _teams(home: str) -> tuple[Team, ...]:
    return (
        Team(home, "Acme", "acme"),
        Team(_GLOBEX, "Globex", "globex", "E0GLOBEX", "Globex Corporation"),
        Team(_OTHER, "Other Ltd", "other", is_outside=True),
    )


def _users(home: str, bot: str) -> tuple[User, ...]:
    return (
        User(
            "U0ANA", home, "ana", "Ana Silva", "AS", "#2b6cb0", "Europe/Lisbon", is_admin=True
        ),
        User("U0BEN", home, "ben", "Ben Okafor", "BO", "#b7791f", "Europe/Berlin"),
        User(
            "U0DANA", home, "dana", "Dana Novak", "DN", "#2f855a", "Europe/Prague",
            is_restricted=True,
        ),
        User(
            "U0CLEO", _OTHER, "cleo", "Cleo Marsh", "CM", "#97266d", "America/New_York",
            is_stranger=True,
        ),
        User(
            "W0GIL", _GLOBEX, "gil", "Gil Weber", "GW", "#5a67d8", "Europe/Zurich", "de-DE",
            is_admin=True,
        ),
        User(bot, home, "topupbot", "topup-bot", "+$", "#0b7a53", is_bot=True),
        User(SLACKBOT, home, "slackbot", "Slackbot", "S", "#4a154b", is_bot=True),
    )  # fmt: skip


def _channels(home: str, bot: str) -> tuple[Channel, ...]:
    named = (
        Channel("C0GENERAL", "general", ("U0ANA", "U0BEN"), home, topic="Company-wide news"),
        Channel(
            "C0BILLING", "cloud-billing", ("U0ANA", "U0BEN", "U0DANA", bot), home,
            topic="Low-balance alerts arrive here",
        ),
        Channel(
            "C0PARTNERS", "partners", ("U0ANA", "U0BEN", "U0CLEO", bot), home,
            connected=(_OTHER,), topic="Joint projects",
        ),
        Channel("C0GLOBEX", "operations", ("W0GIL",), _GLOBEX, topic="Servers and suppliers"),
    )  # fmt: skip
    # Cleo's is one that Slack would not open: it shows how a partner is refused.
    direct = tuple(
        Channel(f"D0{name}", "directmessage", (f"U0{name}", bot), home, is_im=True)
        for name in ("ANA", "BEN", "DANA", "CLEO")
    )
    return named + direct
