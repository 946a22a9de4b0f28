"""What all use cases share: clock, id generator, secrets, prices, policy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from billing.limits import Limits
from billing.methods import MethodNames, PaymentMethod
from billing.topups import Mode
from conversations.protocol.facts import AccountFacts, usual_limits
from conversations.text.localizer import Localizer
from service.common import signed_tokens
from service.common.fail_points import FailPoint, no_fail_point
from service.common.ids import Sources
from service.common.languages import ENGLISH, Catalogue, speaker_of
from service.common.metrics import Metrics, NullMetrics
from service.common.signed_tokens import PayLink
from service.ports.chats import ChatTraits, Traits


@dataclass(frozen=True, slots=True)
class Merchant:
    """Where the money of one gateway goes, as the use cases need to know it."""

    gateway: str
    merchant_account: str
    mode: str


Remembered = tuple[tuple[datetime, bytes], ...]
"""Every key that ever signed here, and since when it makes codes; the oldest first."""


@dataclass(frozen=True, slots=True)
class Services:
    """Clock, ids, secrets, prices and policy. `methods` are those of all gateways, in order;
    `method_names` also those that no gateway offers now.

    `traits` says what each platform has; one that is not there has nothing of it.
    `tenants` names our one tenant on platforms where a link does not: the Telegram bot.
    `locale` and `zone` are for channels, and for people of whom we know neither.
    `secret` signs; what `older_secrets` signed still holds, until an operator drops them. What
    has no end is held by what is `remembered` too: see service/common/keys.py. Real money is not
    dealt with (`live_open`) by a bot that may serve a copy of its database. What was opened before
    `recovering_since` may not be known, since the database was set back; what is of before
    `copied_at` is taken care of by the bot whose database was copied.
    """

    sources: Sources
    secret: bytes = field(repr=False)
    support: str
    zone: str
    methods: tuple[PaymentMethod, ...]
    merchants: tuple[Merchant, ...]
    older_secrets: tuple[bytes, ...] = field(default=(), repr=False)
    remembered: Remembered = field(default=(), repr=False)
    signup_open: bool = False
    tenants: Mapping[str, str] = field(default_factory=dict)
    traits: Traits = field(default_factory=dict)
    method_names: Mapping[str, MethodNames] = field(default_factory=dict)
    locale: str = ENGLISH
    catalogues: Mapping[str, Catalogue] = field(default_factory=dict)
    limits: Callable[[AccountFacts], Limits] = usual_limits
    reach_fail_point: Callable[[FailPoint], None] = no_fail_point
    metrics: Metrics = field(default_factory=NullMetrics)
    live_open: bool = True
    recovering_since: datetime | None = None
    copied_at: datetime | None = None

    def localizer(self, locale: str | None = None, zone: str | None = None) -> Localizer:
        """Speaks to a person of that locale and zone, as far as they are known."""
        return speaker_of(locale or self.locale, zone or self.zone, self.catalogues)

    def page_code(self, top_up: str, revision: int, made_at: datetime) -> str:
        """The four characters on the card and on the pay page."""
        return signed_tokens.page_code(PayLink(top_up, revision), self.secret_of(made_at))

    def secret_of(self, made_at: datetime) -> bytes:
        """What signs for a top-up made at that time, as long as it lives.

        A card that stands there already must go on showing the same code, and one attempt at a
        gateway always comes with one address.
        """
        keys = self.remembered
        by_then = [key for since, key in keys if since <= made_at] or [key for _, key in keys[:1]]
        return by_then[-1] if by_then else self.secrets[-1]

    @property
    def secrets(self) -> tuple[bytes, ...]:
        """Every key whose signature holds on a pay link, the one that signs first."""
        return (self.secret, *self.older_secrets)

    @property
    def lasting_secrets(self) -> tuple[bytes, ...]:
        """Every key whose signature holds where it has no end: on buttons, for the way back."""
        return (*self.secrets, *(key for _, key in self.remembered))

    def traits_of(self, platform: str) -> ChatTraits:
        """What a platform has; nothing where nobody said so."""
        return self.traits.get(platform) or ChatTraits(platform)

    def deals_in(self, mode: str) -> bool:
        """Whether that kind of money is dealt with now."""
        return self.live_open or mode != Mode.LIVE

    def asks(self, gateway: str, mode: str) -> bool:
        """Whether that gateway is asked what was paid there of that kind of money."""
        merchant = self.merchant(gateway)
        return merchant is not None and self.deals_in(merchant.mode) and self.deals_in(mode)

    def merchant(self, gateway: str) -> Merchant | None:
        """Our account at a gateway that is configured."""
        return next((one for one in self.merchants if one.gateway == gateway), None)
