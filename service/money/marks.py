"""Which checkouts are ours, and whether this database is served where it was.

An installation's mark is made at its first start and stays in its database. A copy of the database
has the same mark: it is noticed by where it lives, and takes no real money until somebody says
which of the two it is.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from billing.marks import UNMARKED, InstallationMarks, MarkStatus
from billing.topups import Mode, Payment, PaymentSnapshot
from service.common.ids import Sources
from service.common.services import Merchant
from service.money.accounts import OPERATOR, OperatorError
from service.ports.store import Tx

# What a mark looks like; see `Sources.mark`.
_MARK = re.compile(r"in_[0-9a-f]{16}")
_BOT = "bot"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Deployment:
    """Where a database is served: settings, and a digest of what each of them says."""

    parts: Mapping[str, str]

    @property
    def text(self) -> str:
        """As it is stored."""
        return json.dumps(dict(self.parts), sort_keys=True)

    def differs(self, stored: str) -> tuple[str, ...]:
        """The settings that say something else than what is stored."""
        known = json.loads(stored)
        return tuple(name for name, digest in self.parts.items() if known.get(name) != digest)


def own_mark(tx: Tx, sources: Sources) -> str:
    """The mark of this installation, made now where there is none yet."""
    known = tx.marks.read().own
    if known is not None:
        return known
    tx.marks.put(sources.new_mark(), MarkStatus.OWN, sources.now())
    # Another bot may have been quicker.
    return tx.marks.read().own or ""


def is_ours(tx: Tx, snapshot: PaymentSnapshot, known: Payment | None) -> bool:
    """Whether a payment is for us to take in; `known` is what we have of it."""
    marks = tx.marks.read()
    if snapshot.installation is not None:
        return snapshot.installation in marks.own_marks(known=True)
    named = snapshot.reference and tx.top_ups.get(snapshot.reference)
    return None in marks.own_marks(known=bool(named) or known is not None)


def check_deployment(
    tx: Tx, place: Deployment, merchants: Sequence[Merchant], sources: Sources
) -> tuple[str, ...]:
    """At a bot's start: the settings that differ from where this database was served before.

    Where is noted once real money is at stake. Until then the mark may be in copies of a database
    that somebody tried out, so it is replaced then, and adopted.
    """
    now, before = sources.now(), tx.marks.read().own
    mark, stored = own_mark(tx, sources), tx.marks.read().place
    if stored is not None:
        return place.differs(stored)
    if not _is_live(tx, merchants):
        return ()
    if before is not None:
        tx.marks.put(before, MarkStatus.ADOPTED, now)
        mark = sources.new_mark()
        tx.audit.write(now, _BOT, "mark_renewed", mark, {"reason": "real money is taken now"})
    tx.marks.put(mark, MarkStatus.OWN, now, place.text)
    return ()


def log_moved(moved: tuple[str, ...], merchants: Sequence[Merchant]) -> None:
    """Say at start that the database was served elsewhere before; real money waits then."""
    if not moved:
        return
    settings = " and ".join(moved)
    if any(one.mode == Mode.LIVE for one in merchants):
        log.error(
            "live_money_closed: by %s this database was served elsewhere before. If it moved "
            "here, and nothing serves it there any more: topup-bot installation confirm --reason "
            "WHY. If it is a copy, such as for staging: topup-bot installation renew --reason "
            "WHY. Then start the bot again. Until then it takes, credits and sends back no real "
            "money.",
            settings,
        )
    else:
        log.warning("database_served_elsewhere_before settings=%s", settings)


def adopt_mark(tx: Tx, mark: str, reason: str, now: datetime) -> bool:
    """Take over the checkouts of a lost database; False when they are ours already."""
    if mark != UNMARKED and not _MARK.fullmatch(mark):
        raise OperatorError(
            f"{mark}: no mark such as in_0123456789abcdef. The log names it where a payment is "
            f"left aside, and so does a checkout's metadata; {UNMARKED} stands for checkouts "
            "of versions that left none."
        )
    marks = tx.marks.read()
    if mark == marks.own or mark in marks.adopted:
        return False
    tx.marks.put(mark, MarkStatus.ADOPTED, now)
    tx.audit.write(now, OPERATOR, "mark_adopted", mark, {"reason": reason})
    return True


def confirm_move(tx: Tx, place: Deployment, reason: str, sources: Sources) -> str:
    """The database moved here: the mark stays, and lives here from now on."""
    now, mark = sources.now(), own_mark(tx, sources)
    tx.marks.put(mark, MarkStatus.OWN, now, place.text)
    tx.audit.write(now, OPERATOR, "installation_confirmed", mark, {"reason": reason})
    return mark


def renew_mark(tx: Tx, place: Deployment, reason: str, sources: Sources) -> str:
    """The database is a copy: a new mark, and no old checkout is its own unless adopted."""
    now, marks = sources.now(), tx.marks.read()
    for each in {marks.own, *marks.adopted} - {None}:
        tx.marks.put(each or "", MarkStatus.FORMER, now)
    mark = sources.new_mark()
    tx.marks.put(mark, MarkStatus.OWN, now, place.text)
    detail = {"reason": reason, "was": marks.own}
    tx.audit.write(now, OPERATOR, "installation_renewed", mark, detail)
    return mark


def take_over_marks(tx: Tx, replaced: InstallationMarks, now: datetime) -> None:
    """After a restore: what the database that was replaced had opened is ours as before."""
    own = tx.marks.read().own
    if own is None and replaced.own is not None:
        tx.marks.put(replaced.own, MarkStatus.OWN, now, replaced.place)
    elif replaced.own not in (None, own):
        tx.marks.put(replaced.own or "", MarkStatus.ADOPTED, now)
    known = tx.marks.read()
    for mark in replaced.adopted - known.adopted - {known.own}:
        tx.marks.put(mark or "", MarkStatus.ADOPTED, now)


def _is_live(tx: Tx, merchants: Sequence[Merchant]) -> bool:
    """Whether real money is at stake: it can be taken, or there is an account for it."""
    taken = any(one.mode == Mode.LIVE for one in merchants)
    return taken or any(one.mode is Mode.LIVE for one in tx.accounts.all())
