"""What a piece of text costs: every reader of strangers' words, and the law that holds for it.

The law: the times at n, 4n and 16n characters grow at most sixfold a step, and the last is the
longest text that a door lets in. It knows no seconds. What seems to break it is measured again,
each time as the best of more tries.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

GROWTH_MAX = 6.0
TRIES = (1, 5, 10, 20, 40)
# Times below are chance.
NOTICED = 15e-6

Read = Callable[[str], object]
Shape = Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Reader:
    """Something that reads text, and the most characters that can get there."""

    read: Read
    most: int
    # Where shorter texts take another way, only what is longer than that compares.
    least: int = 1
    # How many times the work of the fourth part a text may be.
    growth_max: float = GROWTH_MAX


@dataclass(frozen=True, slots=True)
class Growth:
    """How often longer the fourfold text took, at which size."""

    size: int
    times: float


def repeated(part: str) -> Shape:
    """The part again and again."""
    return lambda size: (part * (size // len(part) + 1))[:size]


def halves(first: str, second: str) -> Shape:
    """The one, and then the other: what is looked for is far away."""
    return lambda size: first * (size // 2 // len(first)) + second * (size // 2 // len(second))


def led(first: str, then: str) -> Shape:
    """Something that begins as what is looked for, and goes on without its end."""
    return lambda size: first + then * ((size - len(first)) // len(then))


SHAPES: dict[str, Shape] = {
    **{
        repr(part): repeated(part)
        for part in (
            *("1", "a", "\u0661", " ", "-", ".", "(", "<", "[", "{", "&", "\\", "`", "/", "\0"),
            *("\u0301", "\ud800", "\U0001f4b8", "\u200d", "\ufdfa", "1 ", "1-", "1,", "$1 ", "- "),
            *("100 ", "100 100.1 ", "de-", "de,", "://a:", "1:", "<tel:", "&amp;", "%41", "a=b&"),
            *("v1=1,t=1,", "4242 4242 4242 4242 ", "F CFA ", "50 F ", "team-a card ", "code=a"),
        )
    },
    "marks out of order": halves("\u0301", "\u0327"),
    "an address without an end": led("https://hooks.slack.com", "a"),
    "a link without an end": led("<https:", "a"),
    "a token's digits": halves("1", ":"),
    "a command": led("/start@a", " "),
    "a start link": led("/start ", " p_"),
    "minus signs": halves("- ", "5 "),
    "brackets that close": halves("(", ")"),
    "deep lists": halves("[", "]"),
    "deep objects": led('{"a":', '{"a":'),
}


def growths(reader: Reader, shape: Shape, tries: int) -> Iterator[Growth]:
    """Each step of the law for that text, as far as it can be measured."""
    smaller = 0.0
    for size in (reader.most // 16, reader.most // 4, reader.most):
        if size < reader.least:
            continue
        larger = best(reader.read, shape(size), tries, until=smaller * reader.growth_max)
        if smaller >= NOTICED:
            yield Growth(size, larger / smaller)
        smaller = larger


def breaks(reader: Reader, shape: Shape) -> Growth | None:
    """What breaks the law at every go, each of more tries: the machine has others to serve."""
    found = None
    for tries in TRIES:
        steps = growths(reader, shape, tries)
        found = next((each for each in steps if each.times > reader.growth_max), None)
        if found is None:
            break
    return found


def best(read: Read, text: str, tries: int, until: float = 0.0) -> float:
    """The best of some times on this thread; what is good enough is not measured again."""
    found = _time(read, text)
    for _ in range(tries - 1):
        if found <= until:
            break
        found = min(found, _time(read, text))
    return found


def _time(read: Read, text: str) -> float:
    began = time.thread_time()
    read(text)
    return time.thread_time() - began
