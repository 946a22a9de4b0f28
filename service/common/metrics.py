"""The metrics port: what use cases report, and an implementation that drops it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from billing.ports import CallbackFlaw


class CallbackResult(StrEnum):
    """What became of a gateway's callback that has none of the flaws which a gateway names."""

    STORED = "stored"
    UNKNOWN_GATEWAY = "unknown_gateway"
    TOO_LARGE = "too_large"
    CUT_OFF = "cut_off"
    LEFT_ASIDE = "left_aside"


class Owner(StrEnum):
    """Whose a checkout is that was left aside."""

    ANOTHER_PRODUCT = "another_product"
    ANOTHER_INSTALLATION = "another_installation"
    UNMARKED = "unmarked"


@dataclass(frozen=True, slots=True)
class Credited:
    """A payment was credited, so long `after` its first callback; None when none had come."""

    after: timedelta | None


class Metrics(Protocol):
    """Called after the fact: what was rolled back is not told, and nothing waits for it."""

    def count_callback(self, gateway: str, became: CallbackResult | CallbackFlaw) -> None:
        """A gateway's callback came; `gateway` is "" for one that is not configured."""

    def observe_acknowledgement(self, webhook: str, status: int, seconds: float) -> None:
        """A webhook was answered, so long after its headers came."""

    def observe_credit(self, gateway: str, after: timedelta | None) -> None:
        """A payment was credited, see `Credited`."""

    def count_left_aside(self, gateway: str, whose: Owner) -> None:
        """A checkout was asked about that is not for us to take in."""

    def count_chat_failure(self, platform: str, verdict: str) -> None:
        """A chat platform did not take a message."""

    def count_dropped_rows(self, table: str, rows: int) -> None:
        """Rows were kept for long enough."""


class NullMetrics:
    """Measures that nobody takes."""

    def count_callback(self, gateway: str, became: CallbackResult | CallbackFlaw) -> None:
        """Nothing."""

    def observe_acknowledgement(self, webhook: str, status: int, seconds: float) -> None:
        """Nothing."""

    def observe_credit(self, gateway: str, after: timedelta | None) -> None:
        """Nothing."""

    def count_left_aside(self, gateway: str, whose: Owner) -> None:
        """Nothing."""

    def count_chat_failure(self, platform: str, verdict: str) -> None:
        """Nothing."""

    def count_dropped_rows(self, table: str, rows: int) -> None:
        """Nothing."""
