"""What all use cases share, from the settings. It loads no chat and no gateway.

Commands that touch rows only need no more of the composition root than this.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from adapters.chat import telegram
from adapters.chat.console import KEY
from billing.limits import LimitOverrides, Limits, limits_for, narrow_limits
from billing.methods import PaymentMethod, offered_methods
from bot.settings.config import Config
from bot.settings.gateways import METHOD_NAMES
from bot.wiring.traits import TRAITS
from conversations.protocol.facts import AccountFacts
from service.common.fail_points import FailPoint, no_fail_point
from service.common.ids import Sources
from service.common.keys import LINKS
from service.common.languages import load_catalogues
from service.common.metrics import Metrics, NullMetrics
from service.common.services import Merchant, Remembered, Services
from service.common.signed_tokens import derive_key


@dataclass(frozen=True, slots=True)
class Begun:
    """What a bot that serves has read from its database; see `bot.wiring.begin`."""

    remembered: Remembered = ()
    live_open: bool = True
    recovering_since: datetime | None = None
    copied_at: datetime | None = None


_NOTHING_READ = Begun()


def services_of(
    config: Config,
    sources: Sources,
    methods: tuple[PaymentMethod, ...] = (),
    reach_fail_point: Callable[[FailPoint], None] = no_fail_point,
    measures: Metrics | None = None,
    begun: Begun = _NOTHING_READ,
) -> Services:
    """Clock, ids, secrets and policy; without `methods` for commands that open no top-up."""
    token = config.telegram.token.get_secret_value() if config.telegram else ""
    keys = tuple(derive_key(key, LINKS) for key in config.storage.keys)
    merchants = merchants_of(config)
    return Services(
        sources=sources,
        secret=keys[0],
        older_secrets=keys[1:],
        support=config.people.support_contact,
        zone=config.people.timezone,
        locale=config.people.locale,
        catalogues=load_catalogues(),
        methods=methods,
        remembered=begun.remembered,
        live_open=begun.live_open,
        recovering_since=begun.recovering_since,
        copied_at=begun.copied_at,
        merchants=merchants,
        signup_open=config.people.signup_open,
        tenants={telegram.TRAITS.platform: token.partition(":")[0], KEY.platform: KEY.tenant},
        traits=TRAITS,
        method_names=METHOD_NAMES,
        limits=partial(_limits, config, methods, {one.gateway: one.mode for one in merchants}),
        reach_fail_point=reach_fail_point,
        metrics=measures or NullMetrics(),
    )


def _limits(
    config: Config,
    methods: tuple[PaymentMethod, ...],
    modes: Mapping[str, str],
    account: AccountFacts,
) -> Limits:
    """As usual or as set, and nothing that is too small or too large for its ways to pay."""
    currency = account.currency
    bounds = limits_for(currency, config.amounts.get(currency, LimitOverrides()))
    fitting = [
        one
        for one in offered_methods(methods, currency, account.country)
        if modes.get(one.gateway, account.mode) == account.mode
    ]
    found = [each for method in fitting if (each := method.range_in(currency))]
    most = [each.most_minor for each in found]
    unbounded = None in most
    return narrow_limits(
        bounds,
        max((each.least_minor for each in found), default=0),
        None if unbounded else max((each for each in most if each), default=None),
    )


def merchants_of(config: Config) -> tuple[Merchant, ...]:
    """Our account at each gateway that is configured, in their order; nobody is asked."""
    chosen = config.gateways.chosen
    return tuple(Merchant(each.name, each.merchant_account, each.mode) for each in chosen)
