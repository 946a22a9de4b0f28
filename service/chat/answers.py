"""Who waits for the answer to a delivery, so that it can be given in place."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from conversations.protocol.views import Reply

Replies = tuple[Reply, ...]


@dataclass(frozen=True, slots=True)
class AwaitedReplies:
    """Answers that are waited for in this process, by the number of their delivery."""

    _waiting: dict[int, asyncio.Future[Replies]] = field(default_factory=dict)

    def expect(self) -> Expectation:
        """Somebody waits from now on, for a delivery that has no number yet."""
        return Expectation(self, asyncio.get_running_loop().create_future())

    def note_number(self, delivery: int, answer: asyncio.Future[Replies]) -> None:
        """It is this delivery that is waited for. Called in any thread."""
        self._waiting[delivery] = answer

    def forget(self, delivery: int) -> None:
        """Nobody waits any more; that nobody did is no error."""
        self._waiting.pop(delivery, None)

    def is_expected(self, delivery: int) -> bool:
        """Whether somebody waited for it and has not gone away."""
        return delivery in self._waiting

    def give(self, delivery: int, replies: Replies) -> bool:
        """Hand the replies to whoever waits; False when nobody does any more."""
        waiting = self._waiting.get(delivery)
        if waiting is None or waiting.done():
            return False
        waiting.set_result(replies)
        return True

    async def wait_for(self, delivery: int, seconds: float) -> Replies | None:
        """The replies once they are given; None where nobody waits. Raises TimeoutError."""
        waiting = self._waiting.get(delivery)
        if waiting is None:
            return None
        try:
            return await asyncio.wait_for(waiting, seconds)
        finally:
            self.forget(delivery)


@dataclass(slots=True)
class Expectation:
    """That somebody waits for a delivery, whose number only the transaction that adds it tells."""

    _answers: AwaitedReplies
    _answer: asyncio.Future[Replies]
    _number: int | None = None

    def note_number(self, delivery: int) -> None:
        """It is this delivery; a transaction that runs again gives another number than before."""
        self.end()
        self._answers.note_number(delivery, self._answer)
        self._number = delivery

    def end(self) -> None:
        """Nobody waits for it under the number that it has, if any."""
        if self._number is not None:
            self._answers.forget(self._number)
