"""Translates sentences and formats facts for one person: their language, place and clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_date, format_time, get_timezone_name
from babel.numbers import format_percent

from billing.money import Money, format_money, known_locale

FIRST_STRONG_ISOLATE = "\u2068"
POP_DIRECTIONAL_ISOLATE = "\u2069"
# Marks that reorder text around them; a typed name must not carry them into our sentences.
_BIDI_MARKS = dict.fromkeys(
    [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C], None
)

# A sentence that ends so needs no full stop when another follows it.
_ENDINGS = (".", "?", "!", "…", ":")

Fact = Money | datetime | int | str


@dataclass(frozen=True, slots=True)
class TypedText:
    """Text that some person typed or named; it is wrapped so it cannot reorder a sentence."""

    text: str


@dataclass(frozen=True, slots=True)
class Localizer:
    """Speaks to one person: in the language of the catalogue, with facts by locale and zone.

    `locale` (`de-AT`) writes amounts and times, `zone` is an IANA zone. `catalogue` has our
    English sentences and their translations into `language`; what it lacks stays English.
    """

    locale: str = "en"
    zone: str = "UTC"
    language: str = "en"
    catalogue: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    def text(self, sentence: str, **facts: Fact | TypedText) -> str:
        """The sentence, translated, with its facts filled in as this person reads them."""
        spoken = self.catalogue.get(sentence, sentence)
        return spoken.format(**{name: self.format(value) for name, value in facts.items()})

    @property
    def direction(self) -> str:
        """Which way the language is written: `ltr` or `rtl`, as HTML says it."""
        return known_locale(self.language).text_direction

    def format(self, value: Fact | TypedText) -> str:
        """One fact as text: money and times by locale and zone, typed text isolated."""
        match value:
            case TypedText(text):
                return isolate_direction(text)
            case Money():
                return format_money(value, self.locale)
            case datetime():
                return self.format_time(value)
            case _:
                return str(value)

    def format_percent(self, basis_points: int) -> str:
        """A share as people there write it: `1.5%`, `1,5 %`."""
        share, locale = Decimal(basis_points) / 10_000, known_locale(self.locale)
        return format_percent(share, locale=locale, decimal_quantization=False)

    def format_time(self, at: datetime) -> str:
        """A time of day with its zone: `14:05 UTC`."""
        local = at.astimezone(_zone(self.zone))
        time = format_time(local, "short", locale=known_locale(self.locale))
        return f"{time} {_zone_name(local, self.locale)}"

    def format_date_time(self, at: datetime) -> str:
        """A date and time of day with its zone: `Nov 23, 2026, 2:05 PM UTC`."""
        return f"{self.format_date(at)}, {self.format_time(at)}"

    def format_date(self, at: datetime) -> str:
        """A date: `Nov 23, 2026`."""
        local = at.astimezone(_zone(self.zone))
        return format_date(local, "medium", locale=known_locale(self.locale))


def isolate_direction(text: str) -> str:
    """Typed text without direction marks of its own, wrapped so it cannot reorder neighbours."""
    return FIRST_STRONG_ISOLATE + without_direction_marks(text) + POP_DIRECTIONAL_ISOLATE


def without_direction_marks(text: str) -> str:
    """Typed text that stands alone, as on a button: without direction marks of its own."""
    return text.translate(_BIDI_MARKS)


def with_full_stop(text: str) -> str:
    """A title as a sentence that others may follow: with a full stop, unless it ends already."""
    return text if text.endswith(_ENDINGS) else f"{text}."


def _zone_name(local: datetime, locale: str) -> str:
    """What people there call it (CET, in German MEZ), or the distance: UTC+05:45."""
    spoken = get_timezone_name(local, "short", locale=known_locale(locale))
    named = next((name for name in (spoken, local.tzname() or "") if name[:1].isalpha()), None)
    offset = local.strftime("%z")
    return named or f"UTC{offset[:3]}:{offset[3:]}"


@lru_cache
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
