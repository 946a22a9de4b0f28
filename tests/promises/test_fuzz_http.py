"""Raw bytes at every door of the bot: whatever comes, the answer is no server error."""

from __future__ import annotations

import asyncio
import gzip
import json
import resource
from collections.abc import Iterator
from random import Random
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.gateways import standard_webhooks
from tests.support.bots.bot_place import START, callback_key
from tests.support.fuzz import door as fuzz_door
from tests.support.fuzz.door import DEEP, HUGE, METHODS, NAMES, Door, signed
from tests.support.fuzz.http import GROWTH_BYTES_MAX
from tests.support.fuzz.sayings import TYPES, sayings

EXAMPLES = 250
DOORS = (
    "/slack/events",
    "/slack/install",
    "/slack/oauth_redirect",
    "/telegram/webhook",
    "/webhooks/sandbox",
    "/webhooks/stripe",
    "/webhooks/",
    "/pay/",
    "/paid/",
    "/sandbox/checkout/",
    "/sandbox/v1/checkouts",
    "/metrics",
    "/healthz",
    "/readyz",
    "/",
)


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    directory = tmp_path_factory.mktemp("door")
    with asyncio.Runner() as runner:
        opened = fuzz_door.door(directory, runner.run)
        try:
            yield runner.run(opened.__aenter__())
        finally:
            runner.run(opened.__aexit__(None, None, None))


header_values = st.binary(max_size=40) | st.sampled_from(
    [*TYPES, b"1795435200", b"v1,AAAA", b"v0=" + b"0" * 64, b"Bearer x", b"*/*", b"99999999999"]
)
headers = st.lists(st.tuples(st.sampled_from(NAMES).map(str.encode), header_values), max_size=8)
bodies = st.lists(
    st.binary(max_size=200)
    | st.sampled_from([b"payload=", b"{", b"[" * 500, b'{"type":', b"%ff%00", b"\xed\xa0\x80"]),
    max_size=4,
)
methods = st.sampled_from(METHODS)
paths = st.builds(
    lambda head, tail: head + tail,
    st.sampled_from(DOORS),
    st.text(max_size=30) | st.sampled_from(["", "x", "../..", "\0", "%00", "\ud800", "cs_"]),
)


@settings(max_examples=EXAMPLES)
@given(method=methods, path=paths, sent=headers, body=bodies)
def test_13_raw_requests_break_nothing(
    door: Door, method: str, path: str, sent: list[tuple[bytes, bytes]], body: list[bytes]
) -> None:
    """Any method, path, headers and bytes, unsigned: below 500, and nothing is written."""
    before = door.place.money()

    assert door.status(method, path, sent, body) < 500
    assert door.place.money() == before


@settings(max_examples=EXAMPLES)
@given(path=st.sampled_from(["/slack/events", "/webhooks/sandbox", "/pay/x"]), body=bodies)
def test_13_raw_posts_break_nothing(door: Door, path: str, body: list[bytes]) -> None:
    """Any bytes posted to the three doors that people and machines use: a 4xx."""
    for content_type in TYPES:
        assert 400 <= door.status("POST", path, [(b"content-type", content_type)], body) < 500


words = st.text(max_size=8) | st.sampled_from(
    ["type", "data", "checkout", "payment.paid", "payment.failed", "cs_0000000000", "payment"]
)
events = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=4),
    max_leaves=10,
)
callbacks = st.binary(max_size=200) | events.map(json.dumps).map(str.encode)


@settings(max_examples=EXAMPLES)
@given(body=callbacks, encoding=st.sampled_from(["utf-8", "utf-16", "utf-32"]))
def test_13_signed_nonsense_breaks_nothing(door: Door, body: bytes, encoding: str) -> None:
    """Whatever the gateway's key signed: taken or refused, and no money moves by it."""
    whole = body.decode("latin-1").encode(encoding, "replace")
    signed = standard_webhooks.sign(callback_key(), "msg_1", START, whole)
    sent = [(name.encode(), value.encode()) for name, value in signed.items()]
    before = door.place.money()

    assert door.status("POST", "/webhooks/sandbox", sent, [whole]) in (204, 401)
    assert door.place.money() == before


@pytest.mark.parametrize(
    "large",
    [HUGE, b"[" * DEEP, b'{"a":' * DEEP, gzip.compress(HUGE)],
    ids=["10 MB", "deep list", "deep object", "gzip"],
)
def test_13_large_bodies_break_nothing(door: Door, large: bytes) -> None:
    """Ten megabytes, deep JSON and a gzip bomb, signed by everybody's key, at every door."""
    before = door.place.money()
    kinds = [[*signed(kind, large), (b"content-encoding", b"gzip")] for kind in TYPES[:2]]
    parts = [large[at : at + 65_536] for at in range(0, len(large), 65_536)]
    # To sign takes copies, too; what counts is what the bot takes.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for path in door.paths:
        for headers in kinds:
            assert door.status("POST", path, headers, parts) < 500, path

    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak) * 1024
    assert grown < GROWTH_BYTES_MAX
    assert door.place.money() == before


@pytest.mark.parametrize("depth", [50, 300, 490, 990, 5_000])
def test_103_genuine_json_may_be_nested(door: Door, depth: int) -> None:
    """As deep as a parser takes it, within what each sender sends, signed: below 500."""
    dice = Random(depth)  # noqa: S311 (the same tries again)
    for path, said, _ in sayings(dice, door.paths):
        for first, last in (("[", "]"), ('{"a":', "}")):
            deep = first * depth + "1" + last * depth
            whole = json.dumps({**_deepest(said), "deep": "HERE"})
            whole = whole.replace('"HERE"', deep)
            form = urlencode({"payload": whole}).encode()
            for kind, body in ((TYPES[0], whole.encode()), (TYPES[1], form)):
                assert door.status("POST", path, signed(kind, body, path), [body]) < 500, path


def _deepest(said: dict[str, Any]) -> dict[str, Any]:
    """Also inside what is read of it."""
    return {
        name: {**inner, "deep": "HERE"} if isinstance(inner, dict) else inner
        for name, inner in said.items()
    }
