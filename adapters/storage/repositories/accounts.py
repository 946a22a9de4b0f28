"""Rows of accounts and their links. A balance changes only together with postings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, select, update

from adapters.storage.schema.statements import expect_one, insert, locked_row
from adapters.storage.schema.tables import accounts, links
from billing.records import Account
from billing.topups import Mode
from service.ports.records import Link, LinkKind

# Statements are built once: building them is most of what a short transaction would cost.
_ACCOUNT = select(accounts).where(accounts.c.id == bindparam("this"))
_ADD_ACCOUNT = insert(accounts).on_conflict_do_nothing(index_elements=["id"])
_ADD_LINK = insert(links).on_conflict_do_nothing()
_NAMED = (
    select(accounts)
    .where(accounts.c.id.in_(bindparam("these", expanding=True)))
    .order_by(accounts.c.id)
)
_LINK_KEY = [column.name for column in links.primary_key.columns]
_LINKS = select(links).order_by(*links.primary_key.columns)
# Every kind is named, since the index has it before the ids.
_LINKS_TO = _LINKS.where(
    links.c.platform == bindparam("on"),
    links.c.kind.in_(list(LinkKind)),
    links.c.external_id.in_(bindparam("these", expanding=True)),
)
_CHANNELS = _LINKS.where(
    links.c.platform == bindparam("on"),
    links.c.kind == LinkKind.CHANNEL,
    links.c.tenant.in_(["", bindparam("of")]),
)


class AccountRows:
    """Accounts and who may use them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, account: Account, at: datetime) -> bool:
        """False when the id is taken. Raises ValueError for a balance nobody posted."""
        if account.balance_minor:
            raise ValueError("an account begins empty: post what it holds")
        row = {
            "id": account.id,
            "title": account.title,
            "currency": account.currency,
            "mode": account.mode,
            "threshold_minor": account.threshold_minor,
            "alert_card": account.alert_card,
            "country": account.country,
            "overdraft_minor": account.overdraft_minor,
            "created_at": at,
        }
        return self._connection.execute(_ADD_ACCOUNT, row).rowcount == 1

    def get(self, account: str) -> Account | None:
        """The account with that id."""
        row = self._connection.execute(_ACCOUNT, {"this": account}).first()
        return _account(row) if row else None

    def lock(self, account: str) -> Account | None:
        """The same, to be changed: who else would change it waits."""
        row = locked_row(self._connection, _ACCOUNT, {"this": account}, "account")
        return _account(row) if row else None

    def all(self) -> Sequence[Account]:
        """Every account, by id."""
        rows = self._connection.execute(select(accounts).order_by(accounts.c.id))
        return [_account(row) for row in rows]

    def named(self, ids: Iterable[str]) -> Sequence[Account]:
        """Those with these ids, by id."""
        these = {"these": sorted(ids)}
        return [_account(row) for row in self._connection.execute(_NAMED, these)]

    def link(self, link: Link, at: datetime) -> bool:
        """False when it is linked already."""
        row = {
            "account": link.account,
            "platform": link.platform,
            "tenant": link.tenant,
            "kind": link.kind,
            "external_id": link.external_id,
            "created_at": at,
        }
        return self._connection.execute(_ADD_LINK, row).rowcount == 1

    def move_channel_links(self, platform: str, channel: str, to: str) -> Sequence[str]:
        """A channel has another id now; the accounts that are linked to it."""
        old = (
            (links.c.platform == platform)
            & (links.c.kind == LinkKind.CHANNEL)
            & (links.c.external_id == channel)
        )
        found = self._connection.execute(select(links).where(old)).all()
        for row in found:
            # Somebody may have linked the new id by hand already.
            moved = {**row._mapping, "external_id": to}
            self._connection.execute(_ADD_LINK, moved)
        self._connection.execute(delete(links).where(old))
        return [row.account for row in found]

    def links(self, account: str | None = None) -> Sequence[Link]:
        """The links of one account, or of all, in the order of their keys."""
        query = _LINKS
        if account is not None:
            query = query.where(links.c.account == account)
        return [_link(row) for row in self._connection.execute(query)]

    def links_to(self, platform: str, external_ids: Iterable[str]) -> Sequence[Link]:
        """Links of a platform to anything of these names, in the order of their keys."""
        where = {"on": platform, "these": sorted(external_ids)}
        return [_link(row) for row in self._connection.execute(_LINKS_TO, where)]

    def channels(self, platform: str, tenant: str) -> Sequence[Link]:
        """Links to a channel of a tenant or of none in particular, in the order of their keys."""
        where = {"on": platform, "of": tenant}
        return [_link(row) for row in self._connection.execute(_CHANNELS, where)]

    def unlink(self, link: Link) -> bool:
        """False when it was not linked."""
        key = (links.c[name] == getattr(link, name) for name in _LINK_KEY)
        return self._connection.execute(delete(links).where(*key)).rowcount == 1

    def set_title(self, account: str, title: str) -> None:
        """What people read from now on. Raises LookupError."""
        self._set(account, title=title)

    def set_threshold(self, account: str, threshold_minor: int | None) -> None:
        """Alert below this balance; None for no alert. Raises LookupError."""
        self._set(account, threshold_minor=threshold_minor)

    def set_overdraft(self, account: str, overdraft_minor: int | None) -> None:
        """How far below zero it may go; None for not at all. Raises LookupError."""
        self._set(account, overdraft_minor=overdraft_minor)

    def set_alert_card(self, account: str, card: str | None) -> None:
        """The card that tells of the low balance now. Raises LookupError."""
        self._set(account, alert_card=card)

    def _set(self, account: str, **values: Any) -> None:
        statement = update(accounts).where(accounts.c.id == account).values(values)
        expect_one(self._connection.execute(statement), f"account {account}")


def _account(row: Row[Any]) -> Account:
    return Account(
        id=row.id,
        title=row.title,
        currency=row.currency,
        mode=Mode(row.mode),
        balance_minor=row.balance_minor,
        threshold_minor=row.threshold_minor,
        alert_card=row.alert_card,
        country=row.country,
        overdraft_minor=row.overdraft_minor,
    )


def _link(row: Row[Any]) -> Link:
    return Link(row.account, row.platform, row.tenant, LinkKind(row.kind), row.external_id)
