"""Faults that are on until they are switched off, and how often each happened."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Toggles:
    """What is `on` in one place."""

    on: set[str] = field(default_factory=set)
    happened: Counter[str] = field(default_factory=Counter)

    def turn(self, fault: str, *, on: bool) -> None:
        """Switch it on or off."""
        if on:
            self.on.add(fault)
        else:
            self.on.discard(fault)

    def happens(self, fault: str, times: int = 1) -> bool:
        """Whether it is on; if so it is counted."""
        if fault in self.on:
            self.happened[fault] += times
        return fault in self.on

    def happens_once(self, fault: str) -> bool:
        """The same, and then it is off."""
        found = self.happens(fault)
        self.on.discard(fault)
        return found
