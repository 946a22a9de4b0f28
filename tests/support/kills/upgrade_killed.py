"""Kills upgrades of one database, each a little later than the one before, until one gets through.

`python -m tests.support.kills.upgrade_killed ADDRESS STEP` prints a line of JSON for
each: at which statement it
was killed, how it ended, and which tables are there. A fork for each: it asserts nothing.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any

from sqlalchemy import Engine, event

from adapters.storage.maintenance.upgrade import upgrade
from tests.support.databases.databases import opened
from tests.support.databases.filled import revision

FINISHED = 0


def main(address: str, step: int) -> None:
    """Until an upgrade ends by itself."""
    for statement in count(1, step):
        end = _in_a_child(partial(_upgrade_and_die, address, statement))
        _in_a_child(partial(_look, address, statement, end))
        if end == FINISHED:
            return


def _upgrade_and_die(address: str, statement: int) -> None:
    left = count(statement, -1)

    def executes(*_: Any) -> None:
        if next(left) == 1:
            os.kill(os.getpid(), signal.SIGKILL)

    # After it: the statement was done, and nothing of it is committed.
    event.listen(Engine, "after_cursor_execute", executes)
    upgrade(address)


def _look(address: str, statement: int, end: int) -> None:
    with opened(address) as connection:
        found = {"statement": statement, "end": end, "revision": revision(connection)}
    os.write(1, json.dumps(found).encode() + b"\n")


def _in_a_child(work: Callable[[], None]) -> int:
    """How a child that does this ended; nothing that it opened is left here."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        work()
    except BaseException as error:
        os.write(2, repr(error).encode())
        os._exit(1)
    os._exit(FINISHED)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
