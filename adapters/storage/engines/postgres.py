"""Connects to PostgreSQL without session settings, so that a pooler may stand between.

It knows no table.
"""

from __future__ import annotations

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import QueuePool

from adapters.storage.engines.address import UnusableDatabase, parse_address

CONNECTIONS = 8
BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED"
# One message to the server, and all of it ends with the transaction. Who waits for a lock gives
# up and tries again; who stopped in the middle does not keep others waiting for ever.
BEGIN_BRIEFLY = (
    f"{BEGIN}; "
    "SET LOCAL lock_timeout = '3s'; "
    "SET LOCAL statement_timeout = '15s'; "
    "SET LOCAL idle_in_transaction_session_timeout = '15s'"
)
_DRIVER = "postgresql+psycopg"
_CONNECT = {
    # Prepared statements belong to a connection, which behind a pooler is somebody else's next.
    "prepare_threshold": None,
    "connect_timeout": 5,
    # A server that vanished without a word is noticed in seconds, not hours.
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
    "application_name": "topup-bot",
}


def connect_engine(database_url: str, begin: str = BEGIN) -> Engine:
    """An engine whose server answered just now. Raises UnusableDatabase with what it said."""
    url = parse_address(database_url).set(drivername=_DRIVER)
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=CONNECTIONS,
        max_overflow=0,
        connect_args={name: each for name, each in _CONNECT.items() if name not in url.query},
        use_native_hstore=False,
        # What people typed belongs in no log, not even beside an error.
        hide_parameters=True,
        # Of an INSERT, too, callers ask whether there was a row to insert.
        execution_options={"preserve_rowcount": True},
    )

    def begin_as_asked(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", _begin_nothing_unasked)
    event.listen(engine, "begin", begin_as_asked)
    try:
        engine.connect().close()
    except OperationalError as error:
        engine.dispose()
        why, *_ = str(error.orig).strip().splitlines()
        raise UnusableDatabase(f"The database in DATABASE_URL does not answer: {why}") from None
    return engine


def _begin_nothing_unasked(driver: DBAPIConnection, _record: object) -> None:
    # The driver's own BEGIN would be a message of its own, and could not set limits.
    driver.autocommit = True
