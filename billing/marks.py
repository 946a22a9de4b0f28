"""The marks that installations leave on their checkouts, and which of them are ours.

Several bots, and other products, may share one account at a gateway. Each takes in only what was
opened under its own mark, or under one that it took over from a database that is lost.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

# Stands for checkouts that an older version opened: those name a top-up, and no installation.
UNMARKED = "unmarked"


class MarkStatus(StrEnum):
    """What a mark is to this installation."""

    OWN = "own"
    ADOPTED = "adopted"
    # Of the installation that this database was copied from.
    FORMER = "former"


@dataclass(frozen=True, slots=True)
class InstallationMarks:
    """Every mark that this installation knows. `place` is where `own` lives; None: not noted."""

    own: str | None = None
    adopted: frozenset[str] = frozenset()
    former: frozenset[str] = frozenset()
    place: str | None = None
    # When `own` was made.
    since: datetime | None = field(default=None, compare=False)

    @property
    def copied_at(self) -> datetime | None:
        """When this database was called a copy: who it was copied from has what is older."""
        return self.since if self.former else None

    def own_marks(self, *, known: bool) -> frozenset[str | None]:
        """The marks of checkouts that are ours; None is among them where no mark is needed.

        A checkout without a mark is ours where its top-up is `known` here, unless this database
        is a copy: then the installation that it was copied from knows that top-up, too.
        """
        marked: frozenset[str | None] = self.adopted | ({self.own} if self.own else set())
        unmarked = UNMARKED in self.adopted or (known and not self.former)
        return (marked - {UNMARKED}) | ({None} if unmarked else frozenset())
