"""Makes fresh ids: top-ups that people read aloud, and opaque ones."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from conversations.protocol.people import PERSON
from service.common.clock import OffsetClock
from service.common.signed_tokens import CARD_ID_BYTES, CROCKFORD

TOP_UP_LENGTH = 8
PERSON_BYTES = 8
_CHECK_MODULUS = 31


@dataclass(frozen=True, slots=True)
class Sources:
    """The clock and the dice, injected so that tests can hold both."""

    now: Callable[[], datetime]
    random_bytes: Callable[[int], bytes]

    def new_card_id(self) -> str:
        """An id for a card or a draft: 16 hexadecimal digits."""
        return self.random_bytes(CARD_ID_BYTES).hex()

    def new_top_up_id(self) -> str:
        """`TU-` and eight of Crockford's characters, the last one a check of the others."""
        digits = [byte % len(CROCKFORD) for byte in self.random_bytes(TOP_UP_LENGTH - 1)]
        body = "".join(CROCKFORD[digit] for digit in digits)
        return f"TU-{body}{check_character(body)}"

    def new_person_name(self) -> str:
        """What somebody is called in ledger and audit: 16 hexadecimal digits behind a word."""
        return f"{PERSON}{self.random_bytes(PERSON_BYTES).hex()}"

    def new_attempt_id(self) -> str:
        """An idempotency key: 32 hexadecimal digits."""
        return self.random_bytes(16).hex()

    def new_mark(self) -> str:
        """An installation's mark on its checkouts: `in_` and 16 hexadecimal digits."""
        return f"in_{self.random_bytes(8).hex()}"


def check_character(body: str) -> str:
    """One character that changes when any other changes, or two neighbours swap."""
    weighted = sum((at + 2) * CROCKFORD.index(digit) for at, digit in enumerate(body))
    return CROCKFORD[weighted % _CHECK_MODULUS]


def system_sources(offset_file: Path | None = None) -> Sources:
    """The machine's own dice and clock, the clock moved by a playground's file if there is one."""
    now = _now if offset_file is None else OffsetClock(offset_file)
    return Sources(now=now, random_bytes=secrets.token_bytes)


def _now() -> datetime:
    return datetime.now(UTC)
