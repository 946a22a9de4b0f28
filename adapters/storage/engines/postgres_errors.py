"""What an error of PostgreSQL means: what happened, and whether to try again.

https://www.postgresql.org/docs/current/errcodes-appendix.html. It asks nobody.
"""

from __future__ import annotations

import psycopg
from sqlalchemy.exc import DBAPIError

_SERIALIZATION_FAILURE, _DEADLOCK, _LOCK_TIMEOUT = "40001", "40P01", "55P03"
_WORTH_REPEATING = frozenset({_SERIALIZATION_FAILURE, _DEADLOCK, _LOCK_TIMEOUT})
# Where a standby was not promoted yet, or a primary is none any more.
_READ_ONLY = "25006"
# A row that does not fit an index never will, whatever family the driver counts it to.
_TOO_MUCH = "54"
# With these a server, or a pooler for it, takes its leave, and says nothing of a commit.
_LEAVING = ("57P", "08")


def is_retryable(error: DBAPIError) -> bool:
    """Whether nothing of the transaction happened, and it may well happen at once."""
    return error.connection_invalidated or _state(error) in _WORTH_REPEATING


def is_lock_timeout(error: DBAPIError) -> bool:
    """Whether somebody else held what was asked for, longer than we wait."""
    return _state(error) == _LOCK_TIMEOUT


def is_transient(error: DBAPIError) -> bool:
    """Whether it is about the server and not about what was asked of it."""
    state = _state(error)
    if state.startswith(_TOO_MUCH):
        return False
    operational = isinstance(error.orig, psycopg.OperationalError)
    return error.connection_invalidated or operational or state == _READ_ONLY


def was_refused(error: DBAPIError) -> bool:
    """Whether the server itself said that it did not commit."""
    state = _state(error)
    return state != "" and not state.startswith(_LEAVING)


def describe_error(error: DBAPIError) -> str:
    """A few words that hold nothing of what was asked."""
    return _state(error) or type(error.orig).__name__


def _state(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or ""
