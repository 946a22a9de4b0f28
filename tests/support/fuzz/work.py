"""Texts of every make at every door: work and memory grow with their length, and no faster."""

from __future__ import annotations

import asyncio
import json
import tempfile
import tracemalloc
from collections.abc import Mapping
from contextlib import AsyncExitStack
from functools import partial
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
from tests.support.fuzz.door import NAMES, TYPES, Door, Headers, door, signed
from tests.support.fuzz.fuzzing import Progress
from tests.support.fuzz.strangers_words import GATEWAY_BODY, HEADER, READERS

# A word of one letter is a string, its place in a list, and the same once more for its meaning.
BYTES_PER_CHARACTER, BYTES_ALWAYS = 600, 2_000_000
PARTS = (
    *"1aéb٠０ \t\n-._,;:/\\()[]{}<>&\"'`*~@#%=+?!$€",
    *("\u0301", "\u0327", "\ud800", "\udfff", "\u200d", "\u202e", "\ufdfa", "💸", "\0", "½"),
    *("100", "1,000", "4242", "USD", "F CFA", "k", "team-a", "card", "/topup", "/start@", "p_"),
    *("https://", "hooks.slack.com", "<tel:", "<@U1|", "&amp;", "%41", "xoxb-", "whsec_", "v1="),
    *("code=", "Bearer ", "response_url", "de-", "TU-", "-100", "1795435200.", '{"a":', "null,"),
)


ADDRESSES = ("", "/pay", "/paid", "/webhooks", "/sandbox/checkout")
BODIES = ("/slack/events", "/telegram/webhook", "/webhooks/stripe", "/sandbox/v1/checkouts")


def work(seed: int, tries: int, progress: Progress) -> None:
    """Four times the text takes at most six times the work, and so much memory a character."""
    dice = Random(seed)
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        stack = AsyncExitStack()
        opened = runner.run(stack.enter_async_context(door(Path(folder), runner.run)))
        try:
            readers = {**READERS, **over_http(opened)}
            for _ in range(tries):
                name, (made_of, shape) = dice.choice(sorted(readers)), _shape(dice)
                try:
                    broken = breaks(readers[name], shape)
                    assert broken is None, broken
                    _keeps_little(readers[name], shape)
                except Exception as error:
                    raise AssertionError(name, made_of) from error
                progress()
        finally:
            runner.run(stack.aclose())


def over_http(opened: Door) -> Mapping[str, Reader]:
    """The same for whole requests: a text in the address, in any header, and in any body."""

    def asks(method: str, path: str, headers: Headers, body: bytes = b"") -> None:
        status = opened.status(method, path, headers, [body])
        assert status < 500, (status, method, path)

    def in_header(name: str, text: str) -> None:
        asks("GET", "/x", [(name.encode(), _raw(text))])

    def in_address(path: str, text: str) -> None:
        asks("POST", f"{path}/{text}", [])

    def in_body(path: str, text: str) -> None:
        for kind in TYPES[:2]:
            asks("POST", path, signed(kind, _raw(text), path), _raw(text))

    return {
        **{f"header {each}": Reader(partial(in_header, each), HEADER) for each in NAMES},
        **{f"address {each}": Reader(partial(in_address, each), HEADER) for each in ADDRESSES},
        **{f"body {each}": Reader(partial(in_body, each), GATEWAY_BODY) for each in BODIES},
    }


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


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


def _keeps_little(reader: Reader, shape: Shape) -> None:
    size = min(reader.most, 64 * 1024)
    smaller, larger = (_peak(reader, shape(each)) for each in (size // 4, size))
    assert larger < BYTES_PER_CHARACTER * size + BYTES_ALWAYS, f"{larger} bytes for {size}"
    assert larger < GROWTH_MAX * smaller + BYTES_ALWAYS, f"{smaller}, then {larger} bytes"


def _peak(reader: Reader, text: str) -> int:
    """The most bytes that were held at once for a text."""
    tracemalloc.start()
    try:
        reader.read(text)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
