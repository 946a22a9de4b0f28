"""What a card becomes after each outcome of showing it: a pure, total machine.

`wanted` and `wanted_rev` are desired, `message` and `shown_rev` are delivered; a card is due
while the two revisions differ, and given up for as long as `given_up_rev` is the one wanted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias, assert_never

from conversations.protocol.ports import ChatOpened, MessageRef, Verdict
from conversations.protocol.records import Card

TRIES_MAX = 30
# Outages alone leave a card this many tries short of being given up.
OUTAGE_TRIES = TRIES_MAX - 10
# Somebody has to let the bot in again: soon, or not for a long time.
SHUT_OUT_PAUSE = timedelta(minutes=5)
SHUT_OUT_PAUSE_MAX = timedelta(hours=1)
_AT_ONCE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The card should look like this one: its view, language, zone and subject."""

    card: Card


@dataclass(frozen=True, slots=True)
class Shown:
    """That message shows this revision now; None where none has to."""

    revision: int
    message: MessageRef | None


@dataclass(frozen=True, slots=True)
class Failed:
    """The platform did not take this revision, which was to replace that message, if any.

    `retry_after` is how long it asked us to wait.
    """

    revision: int
    replacing: MessageRef | None
    verdict: Verdict
    error: str
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Overtaken:
    """Somebody else shows the chat's cards by now; what was sent last may not be what stands."""


@dataclass(frozen=True, slots=True)
class ChatReachable:
    """The card's chat took a message, although the platform did not say that it opened."""


@dataclass(frozen=True, slots=True)
class Dismissed:
    """An operator wants to hear no more of what is not shown for this verdict."""

    verdict: str


Outcome: TypeAlias = Wanted | Shown | Failed | Overtaken | ChatReachable | ChatOpened | Dismissed


def after_outcome(
    card: Card, outcome: Outcome, now: datetime, back_off: Callable[[int], timedelta]
) -> tuple[Card, datetime | None]:
    """The card as it is then, and when to try it again; None where there is nothing to try.

    `back_off` gives the pause after so many tries, where the platform asked for none.
    """
    pause = _AT_ONCE
    match outcome:
        case Wanted(wanted):
            card = _wanted(card, wanted)
        case Shown():
            card = _shown(card, outcome)
        case Failed():
            card, pause = _failed(card, outcome, back_off)
        case Overtaken():
            card = replace(card, wanted_rev=card.wanted_rev + 1)
        case ChatReachable():
            card = _reached(card)
        case ChatOpened():
            card = _opened(card)
        case Dismissed(verdict):
            card = replace(card, dismissed=card.refused) if card.refused == verdict else card
        case _:
            assert_never(outcome)
    return card, now + pause if is_due(card) else None


def is_given_up(card: Card) -> bool:
    """Whether what it should show is tried no more, until its chat opens."""
    return card.shown_rev < card.wanted_rev == card.given_up_rev


def is_due(card: Card) -> bool:
    """Whether it is still to be shown."""
    return card.shown_rev < card.wanted_rev and not is_given_up(card)


def _wanted(card: Card, wanted: Card) -> Card:
    changed = replace(
        card,
        wanted=wanted.wanted,
        locale=wanted.locale,
        zone=wanted.zone,
        subject=wanted.subject,
    )
    if changed == card:
        return card
    return replace(changed, wanted_rev=card.wanted_rev + 1, tries=0, error=None, dismissed=None)


def _shown(card: Card, shown: Shown) -> Card:
    if not card.shown_rev <= shown.revision <= card.wanted_rev:
        # Late word of an older revision.
        return card
    # Tries at a newer revision that is wanted by now are not this one's.
    tries = 0 if shown.revision == card.wanted_rev else card.tries
    return replace(
        card,
        shown_rev=shown.revision,
        message=shown.message,
        tries=tries,
        error=None,
        refused=None,
        dismissed=None,
    )


def _failed(
    card: Card, failed: Failed, back_off: Callable[[int], timedelta]
) -> tuple[Card, timedelta]:
    if failed.verdict is Verdict.LOST and failed.replacing is not None:
        lost = card.message == failed.replacing
        return (replace(card, message=None) if lost else card), _AT_ONCE
    if card.wanted_rev != failed.revision or card.shown_rev == failed.revision:
        # What failed is not wanted any more, or was shown by somebody else meanwhile.
        return card, failed.retry_after or _AT_ONCE
    most = OUTAGE_TRIES if _is_blameless(failed.verdict) else TRIES_MAX
    # Of tries that an outage does not count there may be more already.
    tries = card.tries + 1 if card.tries < most else card.tries
    card = replace(card, tries=tries, error=failed.error)
    if _ends(failed.verdict, tries):
        return replace(card, given_up_rev=card.wanted_rev, refused=failed.verdict), _AT_ONCE
    if failed.verdict is Verdict.SHUT_OUT:
        card = replace(card, refused=failed.verdict)
    return card, failed.retry_after or _pause(failed.verdict, tries, back_off)


def _reached(card: Card) -> Card:
    if card.refused is Verdict.GONE and is_given_up(card):
        return replace(card, given_up_rev=0, tries=0)
    return card


def _opened(card: Card) -> Card:
    if is_given_up(card):
        return replace(card, given_up_rev=0, tries=0, refused=None, dismissed=None)
    return card


def _is_blameless(verdict: Verdict) -> bool:
    """Whether it says nothing against the card."""
    return verdict in (Verdict.OUTAGE, Verdict.SHUT_OUT)


def _ends(verdict: Verdict, tries: int) -> bool:
    """Whether to try no more, now that it failed so often."""
    match verdict:
        case Verdict.OUTAGE | Verdict.SHUT_OUT:
            return False
        case Verdict.GONE | Verdict.HOPELESS:
            return True
        case Verdict.UNCLEAR | Verdict.LOST:
            return tries >= TRIES_MAX
        case _:
            assert_never(verdict)


def _pause(verdict: Verdict, tries: int, back_off: Callable[[int], timedelta]) -> timedelta:
    """How long until the next try, where the platform did not say."""
    if verdict is not Verdict.SHUT_OUT:
        return back_off(tries)
    return min(SHUT_OUT_PAUSE * (1 << min(tries - 1, 10)), SHUT_OUT_PAUSE_MAX)
