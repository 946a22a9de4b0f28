"""Counts how full everything is, in the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, case, func, select

from adapters.storage.schema.tables import held, lanes, payments, stuck, tasks, top_ups
from adapters.storage.schema.tables_chat import cards, deliveries, due, quarantined, told
from conversations.protocol.records import LaneLevel, Levels

_AGES = (("1h", timedelta(hours=1)), ("1d", timedelta(days=1)), ("3d", timedelta(days=3)))
_OLDER = "older"


def levels(connection: Connection, now: datetime, kinds: Sequence[str]) -> Levels:
    """What waits, is stuck, held, set aside or due now; lanes of these kinds only."""
    return Levels(
        cards_waiting=_cards_waiting(connection),
        cards_refused=_cards_refused(connection),
        stuck=_stuck(connection, now),
        held=_held(connection),
        quarantined=_quarantined(connection),
        tasks=_tasks(connection),
        lanes=_lanes(connection, now, kinds),
    )


def _cards_waiting(connection: Connection) -> dict[str, int]:
    query = select(cards.c.platform, func.count()).where(due).group_by(cards.c.platform)
    return {platform: count for platform, count in connection.execute(query)}


def _cards_refused(connection: Connection) -> dict[tuple[str, ...], int]:
    by = cards.c.platform, cards.c.refused
    query = select(*by, func.count()).where(told).group_by(*by)
    return {(platform, why): count for platform, why, count in connection.execute(query)}


def _stuck(connection: Connection, now: datetime) -> dict[tuple[str, ...], int]:
    young = [(top_ups.c.created_at > now - limit, name) for name, limit in _AGES]
    age = case(*young, else_=_OLDER).label("age")
    query = (
        select(top_ups.c.status, age, func.count()).where(stuck).group_by(top_ups.c.status, age)
    )
    return {(status, found): count for status, found, count in connection.execute(query)}


def _held(connection: Connection) -> int:
    query = select(func.count()).select_from(payments).where(held)
    return connection.execute(query).scalar_one()


def _quarantined(connection: Connection) -> int:
    query = select(func.count()).select_from(deliveries).where(quarantined)
    return connection.execute(query).scalar_one()


def _tasks(connection: Connection) -> dict[str, int]:
    query = select(tasks.c.kind, func.count()).where(tasks.c.closed_at.is_(None))
    return {kind: count for kind, count in connection.execute(query.group_by(tasks.c.kind))}


def _lanes(connection: Connection, now: datetime, kinds: Sequence[str]) -> list[LaneLevel]:
    """Each kind, also one with nothing due; a claim whose lease ran out is due."""
    query = (
        select(lanes.c.kind, func.count(), func.min(lanes.c.claimable_at))
        .where(lanes.c.kind.in_(kinds), lanes.c.claimable_at <= now)
        .group_by(lanes.c.kind)
    )
    late = {kind: (count, now - oldest) for kind, count, oldest in connection.execute(query)}
    return [LaneLevel(kind, *late.get(kind, (0, timedelta(0)))) for kind in kinds]
