"""Long polling: every raw update is stored before Telegram may forget it."""

from __future__ import annotations

import logging
import random
from collections.abc import Awaitable, Callable
from typing import NoReturn

from telegram.error import NetworkError, TelegramError

from adapters.chat.telegram.errors import PollingTrouble, UnnumberedError, polling_trouble
from adapters.chat.telegram.events import update_id

_FIRST_WAIT_SECONDS = 1.0
_LONGEST_WAIT_SECONDS = 30.0
_SLOW_WAIT_SECONDS = 15.0
_DOUBLINGS = 5
# How soon a bot takes over from one that ended its polling.
_LOOK_SECONDS = 5.0

log = logging.getLogger(__name__)
_chance = random.SystemRandom()

Pause = Callable[[float], Awaitable[None]]


class UpdatePoller:
    """`ask` fetches the updates from an offset on; `keep` returns once an update is stored.

    It asks only while `mine` says that no other bot does.

    The offset moves only after a whole batch is stored: whatever happens before that, Telegram
    sends the batch again. Nothing ends it but cancelling.
    """

    def __init__(
        self,
        ask: Callable[[int | None], Awaitable[object]],
        keep: Callable[[object], Awaitable[None]],
        mine: Callable[[], Awaitable[bool]],
        *,
        pause: Pause,
        token: str,
    ) -> None:
        self._ask = ask
        self._keep = keep
        self._mine = mine
        self._pause = pause
        self._token = token
        self._offset: int | None = None
        self._failures = 0
        self._outage: str | None = None

    async def run(self) -> NoReturn:
        """Ask and keep, for ever."""
        while True:
            try:
                if await self._mine():
                    await self._round()
                    self._go_on()
                else:
                    await self._pause(_LOOK_SECONDS)
            except Exception as error:  # whatever server or storage do, polling goes on
                await self._stand_still(polling_trouble(error, self._token))

    async def _round(self) -> None:
        updates = await self._fetch()
        for update in updates:
            await self._keep(update)
        numbers = [number for number in map(update_id, updates) if number is not None]
        if updates and not numbers:
            raise UnnumberedError
        self._offset = max((number + 1 for number in numbers), default=self._offset)

    async def _fetch(self) -> list[object]:
        try:
            updates = await self._ask(self._offset)
        except TelegramError:
            raise
        except Exception as error:  # an answer in a shape that even the library does not expect
            raise NetworkError(f"unreadable answer ({type(error).__name__})") from None
        if not isinstance(updates, list):
            raise NetworkError("the answer is no list of updates")
        return updates

    async def _stand_still(self, trouble: PollingTrouble) -> None:
        if trouble.kind != self._outage:
            self._outage = trouble.kind
            log.warning(trouble.sentence)
        self._failures += 1
        if trouble.wait is not None:
            await self._pause(trouble.wait.total_seconds())
        else:
            await self._pause(back_off(self._failures, slow=trouble.slow))

    def _go_on(self) -> None:
        if self._outage is not None:
            log.info("Telegram's updates arrive again.")
        self._outage, self._failures = None, 0


def back_off(failures: int, *, slow: bool = False) -> float:
    """Seconds to wait after so many failures in a row: 1 to 30, with jitter."""
    longest = _FIRST_WAIT_SECONDS * 2 ** min(failures, _DOUBLINGS)
    shortest = _SLOW_WAIT_SECONDS if slow else _FIRST_WAIT_SECONDS
    return _chance.uniform(shortest, min(max(longest, shortest), _LONGEST_WAIT_SECONDS))
