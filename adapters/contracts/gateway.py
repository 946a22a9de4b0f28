"""What every payment gateway must hold: a test class that each gateway's tests inherit.

It knows no gateway's own words; a `GatewayWorld` lends it the gateway and the server behind it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

import pytest

from billing.money import Money
from billing.ports import (
    AttemptReused,
    BadSignature,
    CheckoutRequest,
    GatewayError,
    HostedPage,
    PaymentGateway,
    PaymentHint,
)
from billing.topups import PaymentStatus

EVIL_PAGES = (
    "https://evil.example/checkout",
    "https://{host}@evil.example/checkout",
    "https://{host}.evil.example/checkout",
    "https://evil.example\\@{host}/checkout",
    "//evil.example/checkout",
    "javascript:alert(1)",
    "",
)
MARK = "in_0123456789abcdef"
EXACT_TOTALS = (
    Money(5_000, "JPY"),
    Money(1, "JPY"),
    Money(5_075, "EUR"),
    Money(10, "EUR"),
    Money(12_340, "KWD"),
    Money(999_999_990, "KWD"),
)


@dataclass(frozen=True, slots=True)
class SignedCallback:
    """A callback as it arrives; header names in lower case."""

    headers: Mapping[str, str]
    body: bytes


class GatewayWorld(Protocol):
    """A gateway, the server it speaks to, and hands to work that server with."""

    @property
    def gateway(self) -> PaymentGateway:
        """The gateway under test."""

    @property
    def now(self) -> datetime:
        """The time in this world."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """Texts that must never be seen: API keys, webhook secrets."""

    def callback(self, checkout_ref: str, at: datetime) -> SignedCallback:
        """A genuine callback that says the checkout was paid, signed at that time."""

    def unknown_callback(self, at: datetime) -> SignedCallback:
        """A genuine callback of a type that the gateway may add tomorrow."""

    async def pay(self, page: HostedPage) -> None:
        """Pay as a person with a good card."""

    def idempotency_keys(self) -> list[str]:
        """The keys that orders arrived with at the server, in order."""

    def leading_to(self, url: str) -> PaymentGateway:
        """The gateway, when its server answers an order with that hosted page."""

    def failing(self, status: int | None) -> PaymentGateway:
        """The gateway, when a proxy answers everything with a page and a status, or nobody."""

    def with_odd_entries(self) -> PaymentGateway:
        """The gateway, when every list in its answers begins with something that nobody can read.

        A payment's refunds, a checkout's payments and a list of checkouts are such lists.
        """

    def replying(self, body: str) -> PaymentGateway:
        """The gateway, when everything is answered with a success that has this body."""

    def refusing(self, status: int, code: str = "parameter_invalid") -> PaymentGateway:
        """The gateway, when its server itself refuses everything by that status and code."""


def checkout_request(now: datetime, total: Money, attempt: str = "attempt-1") -> CheckoutRequest:
    """One attempt to pay by card within the hour."""
    return CheckoutRequest(
        attempt=attempt,
        reference="TU-7K3M9Q2X",
        installation=MARK,
        description="Top up Team Rocket",
        total=total,
        method="card",
        expires_at=now + timedelta(hours=1),
        return_url="https://bot.example/pay/return",
    )


class GatewayContract:
    """Inherit, and give a fixture `world` that is a `GatewayWorld`."""

    # --- callbacks ---

    def test_a_genuine_callback_gives_its_hint(self, world: GatewayWorld) -> None:
        """A callback that the gateway signed names its checkout, itself and what happened."""
        callback = world.callback("cs_genuine1", world.now)

        (hint,) = _read(world, callback)
        assert hint.checkout_ref == "cs_genuine1"
        assert hint.event
        assert hint.kind.encode() in callback.body

    def test_a_forged_signature_is_refused(self, world: GatewayWorld) -> None:
        """Without any one of its signature headers, or with one altered, nothing is read."""
        callback = world.callback("cs_genuine1", world.now)

        for name, value in callback.headers.items():
            kept = {key: text for key, text in callback.headers.items() if key != name}
            for headers in (kept, kept | {name: value + "0"}, kept | {name: ""}):
                with pytest.raises(BadSignature):
                    _read(world, replace(callback, headers=headers))

    def test_no_bit_of_the_body_may_differ(self, world: GatewayWorld) -> None:
        """A callback with any single bit flipped, cut short or grown is refused."""
        callback = world.callback("cs_genuine1", world.now)
        flipped = [_flipped(callback.body, bit) for bit in range(len(callback.body) * 8)]

        for body in [*flipped, callback.body[:-1], callback.body + b" ", b""]:
            with pytest.raises(BadSignature):
                _read(world, replace(callback, body=body))

    @pytest.mark.parametrize("seconds", [-86_400, -301, 301, 86_400])
    def test_an_old_or_future_callback_is_refused(self, world: GatewayWorld, seconds: int) -> None:
        """A signature counts within five minutes of now, either way."""
        callback = world.callback("cs_genuine1", world.now + timedelta(seconds=seconds))

        with pytest.raises(BadSignature):
            _read(world, callback)

    @pytest.mark.parametrize("seconds", [-299, 299])
    def test_a_clock_may_be_a_little_off(self, world: GatewayWorld, seconds: int) -> None:
        """Up to five minutes between two clocks are forgiven."""
        callback = world.callback("cs_genuine1", world.now + timedelta(seconds=seconds))

        assert _read(world, callback)

    def test_a_replay_says_the_same_again(self, world: GatewayWorld) -> None:
        """The same callback read twice gives equal hints: reading keeps nothing."""
        callback = world.callback("cs_genuine1", world.now)

        assert _read(world, callback) == _read(world, callback)

    def test_an_unknown_event_gives_no_hint(self, world: GatewayWorld) -> None:
        """An event of a type not known here is genuine and means nothing to us."""
        assert _read(world, world.unknown_callback(world.now)) == ()

    # --- checkout and payment ---

    @pytest.mark.parametrize("total", EXACT_TOTALS, ids=str)
    async def test_the_amount_stays_exact(self, world: GatewayWorld, total: Money) -> None:
        """What was asked for is what was paid, to the minor unit, whatever the exponent."""
        page = await world.gateway.open_checkout(checkout_request(world.now, total))

        (before,) = await world.gateway.fetch(page.checkout_ref)
        await world.pay(page)
        (after,) = await world.gateway.fetch(page.checkout_ref)

        assert before.status is PaymentStatus.OPEN
        assert after.status is PaymentStatus.PAID
        assert after.amount == total
        assert after.payment_ref == before.payment_ref
        assert (after.reference, after.installation) == ("TU-7K3M9Q2X", MARK)
        assert (after.gateway, after.mode) == (world.gateway.name, world.gateway.mode)
        assert after.checkout_ref == page.checkout_ref
        assert after.merchant_account == world.gateway.merchant_account

    async def test_a_closed_page_takes_no_payment(self, world: GatewayWorld) -> None:
        """Closed is over for good, and closing again, as after a lost answer, does no harm."""
        page = await world.gateway.open_checkout(checkout_request(world.now, EXACT_TOTALS[0]))

        for _ in range(2):
            await world.gateway.close_checkout(page.checkout_ref)

        (payment,) = await world.gateway.fetch(page.checkout_ref)
        assert payment.status is PaymentStatus.EXPIRED

    async def test_closing_comes_too_late_for_what_is_paid(self, world: GatewayWorld) -> None:
        """Whoever paid first has paid."""
        page = await world.gateway.open_checkout(checkout_request(world.now, EXACT_TOTALS[0]))
        await world.pay(page)

        await world.gateway.close_checkout(page.checkout_ref)

        (payment,) = await world.gateway.fetch(page.checkout_ref)
        assert payment.status is PaymentStatus.PAID

    async def test_an_attempt_opens_one_page(self, world: GatewayWorld) -> None:
        """The same attempt gives the same page, another attempt another one."""
        euros = Money(1_000, "EUR")

        first = await world.gateway.open_checkout(checkout_request(world.now, euros, "one"))
        again = await world.gateway.open_checkout(checkout_request(world.now, euros, "one"))
        other = await world.gateway.open_checkout(checkout_request(world.now, euros, "two"))

        assert first == again
        assert other.checkout_ref != first.checkout_ref
        assert world.idempotency_keys() == ["one", "one", "two"]

    async def test_an_attempt_has_one_price(self, world: GatewayWorld) -> None:
        """The same attempt with another amount is an error that asking again cannot mend."""
        await world.gateway.open_checkout(checkout_request(world.now, Money(1_000, "EUR")))

        with pytest.raises(AttemptReused) as caught:
            await world.gateway.open_checkout(checkout_request(world.now, Money(999, "EUR")))

        assert not caught.value.retry

    async def test_the_page_is_where_it_should_be(self, world: GatewayWorld) -> None:
        """A hosted page lies on a host that the gateway names, and expires when asked to."""
        request = checkout_request(world.now, Money(1_000, "EUR"))

        page = await world.gateway.open_checkout(request)

        assert any(page.url.startswith(f"{host}/") for host in world.gateway.hosts)
        assert page.expires_at == request.expires_at

    @pytest.mark.parametrize("evil", EVIL_PAGES)
    async def test_a_page_elsewhere_is_refused(self, world: GatewayWorld, evil: str) -> None:
        """A hosted page on a host that is not listed is never handed out."""
        host = min(world.gateway.hosts).split("://")[1]
        gateway = world.leading_to(evil.format(host=host))

        with pytest.raises(GatewayError):
            await gateway.open_checkout(checkout_request(world.now, Money(1_000, "EUR")))

    # --- secrets ---

    async def test_secrets_stay_secret(
        self, world: GatewayWorld, caplog: pytest.LogCaptureFixture
    ) -> None:
        """No secret is in a log at any level, in an error, or in how the gateway prints."""
        caplog.set_level(logging.DEBUG)
        request = checkout_request(world.now, Money(1_000, "EUR"))
        page = await world.gateway.open_checkout(request)
        await world.gateway.fetch(page.checkout_ref)
        broken = [*map(world.failing, (None, 401, 500)), *map(world.refusing, (400, 401))]
        errors = [await _error(gateway, request) for gateway in broken]
        with pytest.raises(BadSignature) as forged:
            _read(world, replace(world.callback("cs_genuine1", world.now), body=b"{}"))

        seen = "\n".join(
            [caplog.text, repr(world.gateway), str(world.gateway), repr(forged.value), *errors]
        )
        assert [secret for secret in world.secrets if secret in seen] == []


async def _error(gateway: PaymentGateway, request: CheckoutRequest) -> str:
    with pytest.raises(GatewayError) as caught:
        await gateway.open_checkout(request)
    return str(caught.getrepr(showlocals=False, style="long"))


def _read(world: GatewayWorld, callback: SignedCallback) -> tuple[PaymentHint, ...]:
    return world.gateway.read_webhook(callback.headers, callback.body, world.now)


def _flipped(body: bytes, bit: int) -> bytes:
    altered = bytearray(body)
    altered[bit // 8] ^= 1 << bit % 8
    return bytes(altered)
