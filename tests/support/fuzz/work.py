"""Texts of every make at every door: work and memory grow with their length, and no faster."""

from __future__ import annotations

import asyncio
import json
import tempfile
import tracemalloc
from collections import defaultdict
from collections.abc import Iterable
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random

from tests.support.fuzz.bounded_work import (
    GROWTH_MAX,
    Reader,
    Shape,
    breaks,
    halves,
    led,
    repeated,
)
from tests.support.fuzz.door import door
from tests.support.fuzz.fuzzing import Progress
from tests.support.fuzz.strangers_words import READERS
from tests.support.fuzz.web_readers import web_readers

# A word of one letter is a string, its place in a list, and the same once more for its meaning.
WORD_BYTES = 400
# At a door it is a body, what that is parsed to, and what is kept; the sender is counted, too.
DOOR_BYTES = 300
BYTES_ALWAYS = 1_000_000
PARTS = (
    *"1aéb٠０ \t\n-._,;:/\\()[]{}<>&\"'`*~@#%=+?!$€",
    *("\u0301", "\u0327", "\ud800", "\udfff", "\u200d", "\u202e", "\ufdfa", "💸", "\0", "½"),
    *("100", "1,000", "4242", "USD", "F CFA", "k", "team-a", "card", "/topup", "/start@", "p_"),
    *("https://", "hooks.slack.com", "<tel:", "<@U1|", "&amp;", "%41", "xoxb-", "whsec_", "v1="),
    *("code=", "Bearer ", "response_url", "de-", "TU-", "-100", "1795435200.", '{"a":', "null,"),
)


def work(seed: int, tries: int, progress: Progress) -> None:
    """Four times the text takes at most six times the work, and so much memory a character."""
    dice = Random(seed)
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        stack = AsyncExitStack()
        opened = runner.run(stack.enter_async_context(door(Path(folder), runner.run)))
        try:
            over_http = web_readers(opened)
            doors = _by_door([*READERS, *over_http])
            for _ in range(tries):
                name, (made_of, shape) = (
                    dice.choice(doors[dice.choice(sorted(doors))]),
                    _shape(dice),
                )
                reader = {**READERS, **over_http}[name]
                try:
                    broken = breaks(reader, shape)
                    assert broken is None, broken
                    _keeps_little(reader, shape, DOOR_BYTES if name in over_http else WORD_BYTES)
                except Exception as error:
                    raise AssertionError(name, made_of) from error
                progress()
        finally:
            runner.run(stack.aclose())


def _by_door(names: Iterable[str]) -> dict[str, list[str]]:
    """Each door with its ways in, so that one with many is not tried more often than others."""
    doors: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted(names):
        doors[name.partition(": ")[0]].append(name)
    return doors


def _shape(dice: Random) -> tuple[str, Shape]:
    """What a text is made of, and the text of any length."""
    first = "".join(dice.choice(PARTS) for _ in range(dice.randrange(1, 5)))
    then = "".join(dice.choice(PARTS) for _ in range(dice.randrange(1, 4)))
    kind = dice.randrange(4)
    if kind == 0:
        return f"{first!r}, then {then!r} again and again", led(first, then)
    if kind == 1:
        return f"half of {first!r}, half of {then!r}", halves(first, then)
    if kind == 2:
        return f"a JSON text of {first!r}", _quoted(repeated(first))
    return f"{first!r} again and again", repeated(first)


def _quoted(shape: Shape) -> Shape:
    return lambda size: json.dumps({"text": shape(max(size - 12, 1))})


def _keeps_little(reader: Reader, shape: Shape, each: int) -> None:
    """So many bytes for each character of the longest text, and four times the fourth part's."""
    size = reader.most
    smaller, larger = (_peak(reader, shape(most)) for most in (size // 4, size))
    assert larger < each * size + BYTES_ALWAYS, f"{larger} bytes for {size}"
    assert larger < GROWTH_MAX * smaller + BYTES_ALWAYS, f"{smaller}, then {larger} bytes"


def _peak(reader: Reader, text: str) -> int:
    """The most bytes that were held at once for a text."""
    tracemalloc.start()
    try:
        reader.read(text)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
