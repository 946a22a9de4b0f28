"""Fills a database in a statement for each table, and looks what became of it.

Whatever is counted here has a number `n`: its top-up is `TU-n`, its card `card-n`, and so on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import TypeAdapter
from sqlalchemy import Connection, text

from adapters.storage.engines.address import is_postgres, parse_address
from adapters.storage.engines.postgres import connect_engine
from adapters.storage.engines.sqlite import connect, disconnect
from billing.money import Money
from billing.topups import Mode, PaymentSnapshot, PaymentStatus, TopUpStatus
from conversations.messages.cards import top_up_card
from conversations.protocol.views import View
from conversations.text.localizer import Localizer
from tests.support.dialogs.terms import facts

GATEWAY, MERCHANT = "sandbox", "sandbox_merchant"
SUPPORT = "billing@example.com"
TOTAL = Money(5_075, "USD")
# Enough that few transactions meet in one balance, as among many teams.
ACCOUNTS = 100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SERIES = (
    "WITH RECURSIVE series(n) AS (SELECT CAST(:first AS bigint) UNION ALL "
    "SELECT n + 1 FROM series WHERE n < :last) "
)


def statements(name: str) -> list[str]:
    """Those of an SQL file beside this one."""
    whole = Path(__file__).with_name(name).read_text("utf-8")
    bare = re.sub(r"^--.*$", "", whole, flags=re.MULTILINE)
    return [each.strip() for each in bare.split(";") if each.strip()]


def values_now() -> dict[str, object]:
    """What the SQL files call `now`, `expires`, `view` …"""
    now = datetime.now(UTC)
    moments = {
        "now": now,
        # Beyond any bench: only what it schedules itself is due.
        "soon": now + timedelta(hours=2),
        "expires": now + timedelta(hours=1),
        "watched": now + timedelta(hours=73),
    }
    stored = {name: (at - _EPOCH) // timedelta(microseconds=1) for name, at in moments.items()}
    return {**stored, "view": card_of(TopUpStatus.AWAITING_PAYMENT), "accounts": ACCOUNTS}


def card_of(status: TopUpStatus) -> str:
    """What a top-up's card shows in that status, as it is stored."""
    view = top_up_card(facts(status), Localizer("en"), SUPPORT)
    return TypeAdapter(View).dump_json(view).decode()


def open_top_ups(address: str, first: int, number: int) -> None:
    """So many more top-ups that wait, the first of them with that number."""
    with connected(address) as connection:
        fill(connection, "accounts.sql", 0, ACCOUNTS)
        fill(connection, "open.sql", first, number)
        if connection.dialect.name == "postgresql":
            # What its autovacuum does by itself a minute later.
            connection.execute(text("ANALYZE"))


def fill(connection: Connection, name: str, first: int, number: int) -> None:
    """Run the statements of an SQL file over so many numbers."""
    values: Mapping[str, object] = values_now() | {"first": first, "last": first + number - 1}
    for statement in statements(name):
        query = text(_SERIES + statement)
        connection.execute(query, {name: values[name] for name in query.compile().params})


def credited(address: str) -> int:
    """How many top-ups ended well."""
    with connected(address) as connection:
        query = text("SELECT count(*) FROM top_ups WHERE status = 'credited'")
        return int(connection.execute(query).scalar_one())


@contextmanager
def connected(address: str) -> Iterator[Connection]:
    """A connection beside those of the bot, in one transaction."""
    if is_postgres(parse_address(address)):
        engine = connect_engine(address)
        with engine.begin() as connection:
            yield connection
        engine.dispose()
        return
    connection = connect(address)
    with connection.begin():
        yield connection
    disconnect(connection)


def paid(number: int) -> PaymentSnapshot:
    """The gateway says that the top-up of that number was paid as it should be."""
    return PaymentSnapshot(
        gateway=GATEWAY,
        merchant_account=MERCHANT,
        payment_ref=f"pay-{number}",
        reference=f"TU-{number}",
        status=PaymentStatus.PAID,
        amount=TOTAL,
        mode=Mode.SANDBOX,
    )
