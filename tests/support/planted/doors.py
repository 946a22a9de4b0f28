"""Bugs at the doors that strangers come through, to be planted: see catalogue.py."""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping
from typing import Any

from bot.watch import logs
from bot.web.connections import Connections, Listener
from service.common import languages

Patches = Mapping[tuple[Any, str], Any]


def quadratic_redactor() -> Patches:
    """A run of digits is looked at from each of them."""
    shapes = logs._SHAPES.pattern.replace("(?<![0-9])[0-9]{4,}+", "[0-9]{4,}")
    assert shapes != logs._SHAPES.pattern
    return {(logs, "_SHAPES"): re.compile(shapes, re.VERBOSE)}


def endless_tag() -> Patches:
    return {(languages, "TAG_CHARACTERS_MAX"): 10**9}


def everybody_accepted() -> Patches:
    def accept(self: Listener) -> tuple[socket.socket, Any]:
        accepted = socket.socket.accept(self)
        self._connections.make_room()
        return accepted

    return {(Listener, "accept"): accept}


def nobody_gives_way() -> Patches:
    def _let_one_go(self: Connections) -> bool:
        return False

    return {(Connections, "_let_one_go"): _let_one_go}
