"""The metrics port: what use cases report, and an implementation that drops it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from billing.ports import CallbackFlaw


class Callback(StrEnum):
    """What became of a gateway's callback that has none of the flaws which a gateway names."""

    STORED = "stored"
    UNKNOWN_GATEWAY = "unknown_gateway"
    TOO_LARGE = "too_large"
    CUT_OFF = "cut_off"
    LEFT_ASIDE = "left_aside"


class Whose(StrEnum):
    """Whose a checkout is that was left aside."""

    ANOTHER_PRODUCT = "another_product"
    ANOTHER_INSTALLATION = "another_installation"
    UNMARKED = "unmarked"


@dataclass(frozen=True, slots=True)
class Credited:
    """A payment was credited, so long `after` its first callback; None when none had come."""

    after: timedelta | None


class Measures(Protocol):
    """Called after the fact: what was rolled back is not told, and nothing waits for it."""

    def callback(self, gateway: str, became: Callback | CallbackFlaw) -> None:
        """A gateway's callback came; `gateway` is "" for one that is not configured."""

    def acknowledged(self, webhook: str, status: int, seconds: float) -> None:
        """A webhook was answered, so long after its headers came."""

    def credited(self, gateway: str, after: timedelta | None) -> None:
        """A payment was credited, see `Credited`."""

    def left_aside(self, gateway: str, whose: Whose) -> None:
        """A checkout was asked about that is not for us to take in."""

    def chat_failed(self, platform: str, verdict: str) -> None:
        """A chat platform did not take a message."""

    def dropped(self, table: str, rows: int) -> None:
        """Rows were kept for long enough."""


class Silence:
    """Measures that nobody takes."""

    def callback(self, gateway: str, became: Callback | CallbackFlaw) -> None:
        """Nothing."""

    def acknowledged(self, webhook: str, status: int, seconds: float) -> None:
        """Nothing."""

    def credited(self, gateway: str, after: timedelta | None) -> None:
        """Nothing."""

    def left_aside(self, gateway: str, whose: Whose) -> None:
        """Nothing."""

    def chat_failed(self, platform: str, verdict: str) -> None:
        """Nothing."""

    def dropped(self, table: str, rows: int) -> None:
        """Nothing."""
