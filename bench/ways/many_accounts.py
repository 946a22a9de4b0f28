"""A turn while more and more accounts and people are known: it should stay flat.

Beside the same among a hundred. The dialog and what it leaves out are telegram_turn's.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from bench.counter import talking
from bench.phones import Phones
from bench.rounds import Race
from bench.stage import Stage
from bench.ways.telegram_turn import PEOPLE, Telegram, bot, dialogs

SIZES, QUICK_SIZES = (100, 1_000, 10_000), (100, 1_000)


@asynccontextmanager
async def races(stage: Stage) -> AsyncIterator[Sequence[Race]]:
    """One for each engine."""
    found = []
    async with AsyncExitStack() as stack:
        for engine in stage.engines:
            rivals = []
            for size in SIZES if stage.share == 1 else QUICK_SIZES:
                phones = Phones()
                chat, database = Telegram(bot(phones)), stage.database(engine)
                inbox = await stack.enter_async_context(talking(database, chat, PEOPLE, size))
                rivals.append(dialogs(f"{size:,} accounts", phones, chat.taking(inbox), 1))
            found.append(Race(f"turn, {engine}", rivals[0], tuple(rivals[1:])))
        yield found
