"""Nobody keeps others waiting by what they write: work grows with its length, and no faster."""

from __future__ import annotations

import json

import pytest

from adapters.chat.slack import events as slack
from adapters.chat.telegram import events as telegram
from conversations.text.safe_text import TEXT_MAX
from service.chat.inbox import scrub_body
from tests.adapters.slack.test_slack_events import COMMAND
from tests.support.chats.telegram_bot_api import BOT_ID, message
from tests.support.fuzz.bounded_work import SHAPES, Reader, breaks, growths, led, repeated
from tests.support.fuzz.known_things import MEMBERS
from tests.support.fuzz.strangers_words import CHAT_BODY, READERS

DEEP = 100_000


@pytest.mark.parametrize("door", sorted(READERS))
def test_103_four_times_the_text_is_at_most_six_times_the_work(door: str) -> None:
    """For each reader of strangers' words, and whatever they are made of."""
    found = {shape: breaks(READERS[door], text) for shape, text in SHAPES.items()}

    assert {shape: growth for shape, growth in found.items() if growth} == {}


@pytest.mark.parametrize("end", ["", " 5", " 5 card"])
def test_103_a_longest_message_of_words_that_all_differ_is_read_in_its_length(end: str) -> None:
    """With an amount in it and without: no word is held against all others."""
    reader = READERS["conversation"]

    assert (
        breaks(reader, lambda size: " ".join(map(chr, range(0x4E00, 0x4E00 + size // 2))) + end)
        is None
    )


@pytest.mark.parametrize("many", sorted(MEMBERS))
@pytest.mark.parametrize("part", ["a ", "team 1 ", "team-1 card ", "hello "])
def test_103_who_has_four_times_as_much_writes_four_times_as_much(many: str, part: str) -> None:
    """Accounts, ways to pay, top-ups of before: no word is held against each of them."""
    assert breaks(MEMBERS[many], repeated(part)) is None


def test_103_the_law_finds_what_grows_faster() -> None:
    """A reader that looks at each pair of characters breaks it."""
    pairs = Reader(lambda text: [one == other for one in text for other in text], 2_048)

    assert breaks(pairs, SHAPES["'a'"])


def test_103_the_law_goes_to_what_a_door_lets_in() -> None:
    """Three sizes are looked at, the last as long as can be, however long a shorter one takes."""
    read: list[int] = []

    def reads(text: str) -> None:
        read.append(len(text))
        sum(range(100_000))

    assert [each.size for each in growths(Reader(reads, 1_600), repeated("a"), 1)] == [400, 1_600]
    assert read == [100, 400, 1_600]


@pytest.mark.parametrize("size", [TEXT_MAX + 1, CHAT_BODY])
def test_103_no_longer_text_is_kept_than_any_chat_sends(size: int) -> None:
    """Of a longer one its beginning, and no part of a card number that reaches beyond the cut."""
    text = "a" * (TEXT_MAX - 12) + " " + "4242 4242 4242 4242 " * size
    typed = slack.read_delivery({**COMMAND, "text": text[:size]}, "")
    assert typed is not None
    for kept in (
        typed.body["text"],
        telegram.to_delivery(message(1, text[:size]), BOT_ID).body["message"]["text"],
        scrub_body({"text": text[:size]})["text"],
    ):
        assert kept == "a" * (TEXT_MAX - 12)


def test_103_what_is_nested_deeply_is_read_or_refused() -> None:
    """A hundred thousand brackets, and as many as the parser lets through: no reader falls."""
    for depth in (500, 900, DEEP):
        for first, last in (("[", "]"), ('{"a":', "}")):
            for text in (first * depth + "1" + last * depth, led(first, first)(depth)):
                READERS["json"].read(text)
                READERS["gateway's answer"].read(text)


@pytest.mark.parametrize("depth", [50, 400, 900])
def test_103_a_nested_body_is_scrubbed(depth: int) -> None:
    """However deep it is when it can be parsed at all; what is too deep to store is left out."""
    body = json.loads('{"text":' + "[" * depth + '"4242 4242 4242 4242"' + "]" * depth + "}")

    clean = scrub_body(body)

    assert "4242" not in json.dumps(clean)
