"""Opens a database of either engine for a test, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from adapters.storage.engines.address import is_postgres, parse_address
from adapters.storage.engines.postgres import connect_engine
from adapters.storage.engines.sqlite import connect, disconnect


@contextmanager
def opened(address: str) -> Iterator[Connection]:
    """A connection in a transaction, which is committed at the end."""
    if is_postgres(parse_address(address)):
        engine = connect_engine(address)
        try:
            with engine.begin() as connection:
                yield connection
        finally:
            engine.dispose()
        return
    connection = connect(address)
    try:
        with connection.begin():
            yield connection
    finally:
        disconnect(connection)
