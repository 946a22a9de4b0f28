"""Connections at their limit: who is let in, who gives way to whom, and where it listens."""

from __future__ import annotations

import asyncio
import resource
import socket
import sys
from dataclasses import dataclass
from typing import Any, cast

import pytest

from bot.web.connections import (
    CONNECTIONS_MAX,
    LEAVING_MAX,
    REFUSED_AT_ONCE_MAX,
    Connections,
    connections_max,
    listen,
)


@dataclass(eq=False)
class Line:
    """As much of a transport as is asked of it."""

    aborted: bool = False

    def abort(self) -> None:
        self.aborted = True


def lines(connections: Connections, count: int) -> list[Any]:
    """That many are let in, and waited for in this order."""
    found = [cast(asyncio.Transport, Line()) for _ in range(count)]
    for each in found:
        assert connections.make_room()
        connections.mark_waiting(each)
    return found


def gone(found: list[Any]) -> list[int]:
    return [at for at, each in enumerate(found) if each.aborted]


def test_the_limit_is_kept_to_the_last_one() -> None:
    """As many are let in as there is room for; the next takes the place of the first."""
    connections = Connections(3)
    found = lines(connections, 3)
    assert gone(found) == []
    for count in (1, 2, 3):
        assert connections.make_room()
        assert gone(found) == list(range(count))
    assert not connections.make_room()


def test_who_waits_for_an_answer_does_not_give_way() -> None:
    """And who said something since is not the one who was waited for the longest."""
    connections = Connections(3)
    found = lines(connections, 3)
    connections.mark_served(found[0])
    connections.mark_served(found[1])
    connections.mark_waiting(found[1])
    connections.mark_waiting(found[2])
    assert connections.make_room()
    assert gone(found) == [2]
    assert connections.make_room()
    assert gone(found) == [1, 2]
    assert not connections.make_room()


def test_who_is_closed_makes_room_once() -> None:
    """Whether they left by themselves or gave way."""
    connections = Connections(2)
    found = lines(connections, 2)
    connections.forget(found[1])
    assert connections.make_room()
    assert gone(found) == []
    assert connections.make_room()
    assert gone(found) == [0]
    connections.forget(found[0])
    assert not connections.make_room()


def test_nobody_is_let_in_while_sixteen_are_leaving() -> None:
    """The event loop has to close them first."""
    connections = Connections(20)
    found = lines(connections, 20)
    for count in range(16):
        assert not connections.are_many_leaving, count
        assert connections.make_room()
    assert connections.are_many_leaving
    connections.forget(found[0])
    assert not connections.are_many_leaving
    assert LEAVING_MAX == 16


def test_a_crowd_is_told_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    """An operator reads that all room is taken, and how much there is, at once."""
    now = 1.0
    connections = Connections(0, lambda: now)
    for at, told in ((1.0, 1), (60.9, 1), (61.0, 2)):
        now = at
        assert not connections.make_room()
        assert caplog.text.count("connections_full limit=0") == told


# --- where it listens, and for how many --------------------------------------------------------


def test_a_listener_refuses_in_words_who_finds_no_room() -> None:
    """They are told to come again, and the next ones are looked at later."""
    with listen("127.0.0.1", 0, Connections(0)) as listener:
        listener.setblocking(False)
        with socket.create_connection(listener.getsockname()) as newcomer:
            newcomer.settimeout(5)
            with pytest.raises(BlockingIOError):
                listener.accept()
            assert newcomer.recv(1_000).startswith(b"HTTP/1.1 503 ")
            assert newcomer.recv(1) == b""
    assert REFUSED_AT_ONCE_MAX == 64


def test_whoever_has_room_is_accepted() -> None:
    """By the same listener."""
    with (
        listen("127.0.0.1", 0, Connections(1)) as listener,
        socket.create_connection(listener.getsockname()),
    ):
        accepted, _ = listener.accept()
        accepted.close()


def test_nobody_is_accepted_while_many_are_leaving() -> None:
    """Whoever waits at the door is looked at as soon as some are gone."""
    connections = Connections(16)
    found = lines(connections, 16)
    for _ in range(16):
        assert connections.make_room()
    with (
        listen("127.0.0.1", 0, connections) as listener,
        socket.create_connection(listener.getsockname()),
    ):
        with pytest.raises(BlockingIOError):
            listener.accept()
        connections.forget(found[0])
        connections.forget(cast(asyncio.Transport, Line()))
        accepted, _ = listener.accept()
        accepted.close()


V4, V6 = socket.AF_INET, socket.AF_INET6


@pytest.mark.parametrize(
    ("families", "chosen"), [((V6, V4), V4), ((V4, V6), V4), ((V6,), V6), ((V4,), V4)]
)
def test_a_name_of_both_kinds_is_listened_to_as_of_old(
    monkeypatch: pytest.MonkeyPatch,
    families: tuple[socket.AddressFamily, ...],
    chosen: socket.AddressFamily,
) -> None:
    """`localhost` is IPv4 where it can be, as proxies and health checks expect."""
    found = [(each, socket.SOCK_STREAM, 6, "", ("", 0)) for each in families]
    asked: list[Any] = []

    def create(address: tuple[str, int], *, family: socket.AddressFamily) -> socket.socket:
        asked.append((address, family))
        return socket.socket(family, socket.SOCK_STREAM)

    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    monkeypatch.setattr(socket, "create_server", create)
    listen("localhost", 8080, Connections(1)).close()
    assert asked == [(("localhost", 8080), chosen)]


@pytest.mark.parametrize(
    ("allowed", "given"),
    [
        (resource.RLIM_INFINITY, 500),
        (65_536, 500),
        (596, 500),
        (595, 499),
        (256, 160),
        (128, 32),
        (124, 31),
        (64, 16),
    ],
)
def test_descriptors_are_left_for_the_way_out(
    monkeypatch: pytest.MonkeyPatch, allowed: int, given: int
) -> None:
    """Ninety-six, or three quarters of few; and never more than 500 are given away."""
    monkeypatch.setattr(resource, "getrlimit", lambda _: (allowed, allowed))
    assert connections_max() == given
    assert CONNECTIONS_MAX == 500


def test_where_nobody_counts_descriptors_the_limit_is_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Windows knows no such limit."""
    monkeypatch.setitem(sys.modules, "resource", None)
    assert connections_max() == 500
