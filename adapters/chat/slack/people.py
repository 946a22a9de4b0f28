"""Who a person is, as Slack says: name, language, clock, and whether they are a full member.

What Slack does not say in time counts against nobody for looking, and against all for paying.
Whoever is a member of one workspace is a stranger in the next, so both are remembered together.
https://docs.slack.dev/reference/methods/users.info
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from adapters.chat.slack.payloads import is_organisation
from conversations.protocol.events import Membership
from conversations.protocol.ports import ChatError

_STANDING_FRESH = timedelta(seconds=60)
_REMEMBERED = timedelta(hours=1)
_WAIT_SECONDS = 0.5
_MAX_REMEMBERED = 10_000
# Slack names half a minute or so; a clock that jumps must not shut people out for longer.
_CLOSED_MAX = timedelta(minutes=5)

_log = logging.getLogger(__name__)


class PersonLookup(Protocol):
    """The one call that is needed here."""

    async def person(self, user: str) -> Mapping[str, Any]:
        """Slack's record of a person. Raises ChatError."""


@dataclass(frozen=True, slots=True)
class Person:
    """What Slack said of somebody, and when it was asked."""

    name: str
    locale: str
    zone: str
    membership: Membership
    asked_at: datetime


class PeopleCache:
    """Remembers people for a minute, and for an hour while Slack is silent.

    One token may serve all workspaces of an organisation: a team and a user say who is meant.
    """

    def __init__(self, web: PersonLookup, now: Callable[[], datetime]) -> None:
        self._web, self._now = web, now
        self._known: dict[tuple[str, str], Person] = {}
        self._asking: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._closed_until: datetime | None = None

    async def delivery_fields(self, team: str, user: str) -> dict[str, str]:
        """What a stored delivery keeps of its person; waits half a second for it at most."""
        known = await self._person(team, user)
        if known is None:
            return {"standing": Membership.UNKNOWN}
        said = {"name": known.name, "locale": known.locale, "zone": known.zone}
        kept = {name: text for name, text in said.items() if text}
        return {**kept, "standing": self._standing(known)}

    async def membership(self, team: str, user: str) -> Membership:
        """How a person stands to a workspace; waits half a second for it at most."""
        known = await self._person(team, user)
        return Membership.UNKNOWN if known is None else self._standing(known)

    async def _person(self, team: str, user: str) -> Person | None:
        known = self._known.get((team, user))
        if known is None or abs(self._now() - known.asked_at) >= _STANDING_FRESH:
            await self._ask(team, user)
            known = self._known.get((team, user))
        return known

    def _standing(self, known: Person) -> Membership:
        age = abs(self._now() - known.asked_at)
        if known.membership is not Membership.MEMBER or age < _STANDING_FRESH:
            return known.membership
        return Membership.REMEMBERED if age <= _REMEMBERED else Membership.UNKNOWN

    def _is_closed(self) -> bool:
        """Whether Slack wants to be left alone; what a clock that ran ahead made of it is over."""
        now, until = self._now(), self._closed_until
        return until is not None and now < until <= now + _CLOSED_MAX

    async def _ask(self, team: str, user: str) -> None:
        """Ask once, however many wait; a late answer serves whoever comes next."""
        task = self._asking.get((team, user))
        if task is None and self._is_closed():
            # Slack wants to be left alone so long, whoever it is about.
            return
        if task is None:
            task = asyncio.create_task(self._learn(team, user))
            self._asking[team, user] = task
            task.add_done_callback(lambda _: self._asking.pop((team, user), None))
        await asyncio.wait({task}, timeout=_WAIT_SECONDS)

    async def _learn(self, team: str, user: str) -> None:
        asked_at = self._now()
        try:
            record = await self._web.person(user)
        except ChatError as error:
            _log.warning("Slack did not say who somebody is: %s", error)
            if error.retry_after is not None:
                self._closed_until = self._now() + min(error.retry_after, _CLOSED_MAX)
            return
        if len(self._known) >= _MAX_REMEMBERED:
            self._known.clear()
        self._known[team, user] = _person(record, team, asked_at)


def _person(record: Mapping[str, Any], team: str, asked_at: datetime) -> Person:
    return Person(
        name=_text(record, "name"),
        locale=_text(record, "locale"),
        zone=_text(record, "tz"),
        membership=_standing_of(record, team),
        asked_at=asked_at,
    )


def _standing_of(record: Mapping[str, Any], team: str) -> Membership:
    """Guests are restricted members; strangers and former members are none of this workspace."""
    if record.get("is_restricted") or record.get("is_ultra_restricted"):
        return Membership.GUEST
    if record.get("is_stranger") or record.get("deleted") or record.get("is_bot"):
        return Membership.OUTSIDER
    enterprise = record.get("enterprise_user")
    teams = enterprise.get("teams") if isinstance(enterprise, Mapping) else None
    of_teams = [_text(record, "team_id"), *(teams if isinstance(teams, list) else ())]
    # Who belongs to an organisation need not belong to the workspace that is asked about.
    is_workspace = team and not is_organisation(team)
    return Membership.MEMBER if is_workspace and team in of_teams else Membership.OUTSIDER


def _text(record: Mapping[str, Any], name: str) -> str:
    value = record.get(name)
    return value if isinstance(value, str) else ""
