"""Works a bot's runners by hand, one lane after the other, and notes the SQL that runs meanwhile.

Nothing happens beside anything else, so that what is noted is the same each time. It asserts
nothing.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, event

from service.lanes.keys import LaneKind
from service.lanes.lanes import Runner

BEGIN = "BEGIN"
_COLUMNS = re.compile(r"^SELECT [^()]+ FROM")


@dataclass(slots=True)
class Steps:
    """What ran so far: each transaction's BEGIN and each statement; looks in vain are left out.

    Kinds of work that recur by themselves rest, unless they are taken out of `resting`.
    """

    seen: list[str] = field(default_factory=list)
    resting: frozenset[str] = frozenset({LaneKind.SEAL, LaneKind.RETAIN})

    async def work_off(self, runners: Sequence[Runner]) -> None:
        """Return once nothing is due any more."""
        await _finished(runners)
        awake = [runner for runner in runners if runner.kind not in self.resting]
        while any([await self._step(runner) for runner in awake]):
            pass

    async def _step(self, runner: Runner) -> bool:
        """Claim one lane and work on it; whether there was one."""
        # Two at once would share a commit or not. What looks ahead does so by the machine's clock.
        runner._at_once, runner._look_ahead_at = 1, math.inf
        before = len(self.seen)
        found = await runner._claim_some()
        if not found:
            del self.seen[before:]
        await _finished([runner])
        return found


async def _finished(runners: Sequence[Runner]) -> None:
    while busy := [task for runner in runners for task in runner._busy]:
        await asyncio.wait(busy)


@contextmanager
def noting(steps: Steps) -> Iterator[None]:
    """Note what runs on any engine, while entered."""

    def begin(_connection: Connection) -> None:
        steps.seen.append(BEGIN)

    def execute(_connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        # How an engine begins is one message that some drivers send and others do not.
        if not statement.startswith(BEGIN):
            steps.seen.append(_COLUMNS.sub("SELECT … FROM", " ".join(statement.split())))

    event.listen(Engine, "begin", begin)
    event.listen(Engine, "before_cursor_execute", execute)
    try:
        yield
    finally:
        event.remove(Engine, "begin", begin)
        event.remove(Engine, "before_cursor_execute", execute)


async def started() -> None:
    """Return once bots that have just started have asked about what is watched."""
    asking = [each for each in asyncio.all_tasks() if "_ask_once" in repr(each.get_coro())]
    if asking:
        await asyncio.wait(asking)
