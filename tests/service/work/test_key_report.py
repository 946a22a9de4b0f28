"""Keys of SECRET_KEY: which begin to sign when, what still needs which, and what is said of it."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from billing.topups import TopUp
from conversations.protocol.installations import Installation
from service.common.keys import LINKS, NAMED_MAX, Keyring, key_sentences, report_keys
from service.common.services import Services
from service.common.signed_tokens import derive_key
from service.common.vault import CannotUnseal, Vault, key_name
from service.ports.store import SigningKey, Tx
from tests.support.bots.bot_place import START
from tests.support.bots.turn_place import TurnPlace, turn_place
from tests.support.dialogs import terms

OLD, NEW, NEWEST = "o" * 32, "n" * 32, "m" * 32
HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)


@pytest.fixture
async def place() -> AsyncIterator[TurnPlace]:
    async with turn_place() as opened:
        yield opened


async def starts(place: TurnPlace, *keys: str) -> Services:
    """The services of a bot that starts with these keys."""
    found = await place.act(lambda tx: Keyring(keys).reseal(tx, place.clock()))
    return replace(place.services, remembered=found)


def signs(services: Services, key: str, at: datetime) -> bool:
    """Whether this key makes the codes of what is made at that time."""
    return services.secret_of(at) == derive_key(key, "links")


async def test_a_new_first_key_makes_codes_an_hour_after_its_start(place: TurnPlace) -> None:
    """Until then bots that were not restarted make the same codes; the oldest signed always."""
    services = await starts(place, OLD)
    assert signs(services, OLD, START - 9 * HOUR)
    place.clock.at += 9 * HOUR
    begins = place.clock.at + HOUR
    services = await starts(place, NEW, OLD)
    assert signs(services, OLD, begins - TICK)
    assert signs(services, NEW, begins)


async def test_of_keys_that_begin_together_the_first_one_signs(place: TurnPlace) -> None:
    """And the last one may have signed whatever stands there already."""
    services = await starts(place, NEWEST, NEW, OLD)
    assert signs(services, OLD, START)
    assert signs(services, NEWEST, START + 2 * HOUR)
    assert LINKS == "links"


async def test_a_seal_is_made_anew_with_the_first_key(
    place: TurnPlace, caplog: pytest.LogCaptureFixture
) -> None:
    """Of installations and of what signs; what opens with no key stays as it is."""
    caplog.set_level(logging.INFO)
    await starts(place, OLD)
    sealed = {"T1": Vault((OLD,)).seal("xoxb-1"), "T2": Vault((NEWEST,)).seal("xoxb-2")}

    def install(tx: Tx) -> None:
        for team, token in sealed.items():
            one = Installation("", team, is_enterprise_install=False, bot_token=token)
            tx.installations.save(one, START)

    await place.act(install)
    await starts(place, NEW, OLD)
    tokens = [one.bot_token for one in await place.act(lambda tx: tx.installations.all())]
    assert {Vault((NEW,)).key_name_of(each) for each in tokens} == {key_name(NEW), None}
    assert f"seal_renewed tenant=T1 key={key_name(NEW)}" in caplog.text
    signers = await place.act(lambda tx: tx.signing_keys.all())
    assert {Vault((NEW,)).key_name_of(one.sealed) for one in signers} == {key_name(NEW)}


def test_a_vault_opens_what_any_of_its_keys_sealed() -> None:
    """And says with which; it seals anew what is not sealed with the first."""
    old, both = Vault((OLD,)), Vault((NEW, OLD))
    sealed = old.seal("xoxb-1")
    assert (both.open(sealed), both.key_name_of(sealed)) == ("xoxb-1", key_name(OLD))
    assert old.resealed(sealed) is None
    assert Vault((NEW,)).resealed(sealed) is None
    with pytest.raises(CannotUnseal):
        Vault((NEW,)).open(sealed)
    again = both.resealed(sealed)
    assert again is not None
    assert (both.open(again), both.key_name_of(again)) == ("xoxb-1", key_name(NEW))
    assert (both.key_names, len(key_name(NEW))) == ((key_name(NEW), key_name(OLD)), 8)


# --- what still needs which key ----------------------------------------------------------------


@dataclass
class Rows:
    """As much of a transaction as a report reads."""

    signers: Sequence[SigningKey] = ()
    open_top_ups: Sequence[TopUp] = ()
    installed: Sequence[Installation] = ()
    asked_at: list[datetime] = field(default_factory=list)
    installations = property(lambda self: _All(self.installed))
    signing_keys = property(lambda self: _All(self.signers))
    top_ups = property(lambda self: self)

    def unpaid(self, now: datetime) -> Sequence[TopUp]:
        self.asked_at.append(now)
        return self.open_top_ups


@dataclass
class _All:
    rows: Sequence[Any]

    def all(self) -> Sequence[Any]:
        return self.rows


def reported(rows: Rows, *keys: str) -> list[dict[str, Any]]:
    return report_keys(cast(Tx, rows), Keyring(keys), START + 9 * HOUR)


def signer(key: str, since: datetime) -> SigningKey:
    return SigningKey(key_name(key), Vault((NEW,)).seal(derive_key(key, LINKS).hex()), since)


def top_up(created_at: datetime, id: str = "TU-1") -> TopUp:
    expires_at = created_at + 24 * HOUR
    return replace(terms.top_up(), id=id, created_at=created_at, expires_at=expires_at)


def teams(count: int) -> list[Installation]:
    sealed = Vault((OLD,)).seal("xoxb-1")
    return [
        Installation("", f"T{number:02}", is_enterprise_install=False, bot_token=sealed)
        for number in reversed(range(count))
    ]


@pytest.mark.parametrize(
    ("created_at", "needed"),
    [
        (START - HOUR, True),
        (START, True),
        (START + TICK, False),
        (START + 2 * HOUR - TICK, False),
    ],
)
def test_a_pay_link_needs_the_key_of_when_it_was_made(
    created_at: datetime, *, needed: bool
) -> None:
    """Until the first key began, an older one may have signed; nobody waits for more."""
    known = (signer(OLD, START - 9 * HOUR), signer(NEW, START))
    for signers in (known, known[1:]):
        rows = reported(Rows(signers, [top_up(created_at)]), NEW, OLD)
        assert [len(row["pay_links"]) for row in rows] == [0, int(needed)]
        assert [row["may_be_dropped"] for row in rows] == [False, not needed]


@pytest.mark.parametrize(
    ("created_at", "needed"),
    [(START, True), (START + 2 * HOUR - TICK, False), (START + 2 * HOUR, True)],
)
def test_a_key_that_came_later_may_have_signed_since_its_start(
    created_at: datetime, *, needed: bool
) -> None:
    """That is an hour before it makes codes; it made way again, nobody knows when."""
    signers = (signer(NEW, START), signer(OLD, START + 3 * HOUR))
    rows = reported(Rows(signers, [top_up(created_at)]), NEW, OLD)
    assert len(rows[1]["pay_links"]) == int(needed)


def test_a_first_key_that_no_bot_started_with_signs_nothing_yet() -> None:
    """So that every open pay link may need an older one."""
    rows = reported(Rows((), [top_up(START + 9 * HOUR)]), NEW, OLD)
    assert rows[1]["pay_links"] == [{"top_up": "TU-1", "until": "2026-11-24T21:00:00+00:00"}]
    assert not rows[0]["in_use"]


def test_a_report_is_a_sentence_for_each_key() -> None:
    """The first signs, another is needed or not, and what no key opens is named last."""
    open_ones = [top_up(START - HOUR), top_up(START, "TU-2")]
    rows = Rows((signer(NEW, START),), open_ones, teams(2))
    until = "2026-11-24T12:00:00+00:00"
    assert key_sentences(reported(rows, NEW, OLD)) == [
        f"{key_name(NEW)} is the first key: it seals and signs.",
        f"{key_name(OLD)} is still needed by 2 sealed (T00, T01) and 2 pay links until {until} "
        "(TU-1, TU-2).",
    ]
    assert key_sentences(reported(replace(rows, signers=(), open_top_ups=()), NEW)) == [
        f"{key_name(NEW)} is the first key: it seals and signs. No bot has started with it yet: "
        "then it does.",
        "No key of SECRET_KEY opens 2 sealed (T00, T01). Put the key back behind the first one, "
        "or have those workspaces install the app again.",
    ]
    assert key_sentences(reported(Rows((signer(NEW, START),)), NEW, OLD))[1:] == [
        f"{key_name(OLD)} is needed by nothing. It may be dropped."
    ]


@pytest.mark.parametrize(("count", "told"), [(10, "T09)."), (11, "T09 and 1 more).")])
def test_a_sentence_names_ten_and_counts_the_rest(count: int, told: str) -> None:
    """However many workspaces there are."""
    rows = reported(Rows((signer(NEW, START),), (), teams(count)), NEW, OLD)
    assert key_sentences(rows)[1].endswith(told)
    assert NAMED_MAX == 10
