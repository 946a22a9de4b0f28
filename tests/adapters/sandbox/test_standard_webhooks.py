"""Standard Webhooks as we sign and verify them, beside the reference library."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta, timezone

import pytest
import standardwebhooks
from hypothesis import given
from hypothesis import strategies as st

from adapters.gateways import standard_webhooks
from billing.ports import BadSignature

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SECRET = "whsec_" + base64.b64encode(b"a key for nothing but tests").decode()
OTHER = "whsec_" + base64.b64encode(b"the key that comes after it").decode()
KEY = standard_webhooks.signing_key(SECRET)
BODY = b'{"type":"payment.paid"}'


def signed(body: bytes = BODY, at: datetime = NOW) -> dict[str, str]:
    return standard_webhooks.sign(KEY, "msg_1", at, body)


# Hypothesis adds the zone itself.
FIRST, LAST = (datetime(year, 1, 1) for year in (2020, 2100))  # noqa: DTZ001


@given(
    message=st.text("abcdefghij_0123456789", min_size=1, max_size=40),
    body=st.text(),
    key=st.binary(min_size=24, max_size=64),
    at=st.datetimes(FIRST, LAST, timezones=st.just(UTC)),
)
def test_signs_as_the_reference_does(message: str, body: str, key: bytes, at: datetime) -> None:
    """The reference library makes the same signature of the same message."""
    moment = at
    theirs = standardwebhooks.Webhook(key).sign(message, moment, body)

    ours = standard_webhooks.sign(key, message, moment, body.encode(errors="replace"))

    assert ours["webhook-signature"] == theirs


def test_the_reference_accepts_what_we_sign() -> None:
    """A receiver that uses the reference library takes our callbacks."""
    headers = signed(at=datetime.now(UTC))

    assert standardwebhooks.Webhook(SECRET).verify(BODY, headers) == {"type": "payment.paid"}


def test_a_zone_changes_no_signature() -> None:
    """The same moment in another zone is signed the same."""
    elsewhere = NOW.astimezone(timezone(timedelta(hours=8)))

    assert signed(at=elsewhere) == signed()


def test_20_old_and_new_secret_both_count() -> None:
    """While a secret is being changed, either key and either signature will do."""
    keys = (standard_webhooks.signing_key(OTHER), KEY)
    headers = signed()
    both = headers | {"webhook-signature": f"v1a,ed25519 v1,AAAA {headers['webhook-signature']}"}

    standard_webhooks.verify(keys, headers, BODY, NOW)
    standard_webhooks.verify((KEY,), both, BODY, NOW)
    with pytest.raises(BadSignature):
        standard_webhooks.verify((standard_webhooks.signing_key(OTHER),), headers, BODY, NOW)
    with pytest.raises(BadSignature):
        standard_webhooks.verify((), headers, BODY, NOW)


@pytest.mark.parametrize("seconds", [-300, 300])
def test_five_minutes_are_just_within(seconds: int) -> None:
    """Exactly five minutes off still counts, either way."""
    standard_webhooks.verify((KEY,), signed(at=NOW + timedelta(seconds=seconds)), BODY, NOW)


@pytest.mark.parametrize(
    "altered",
    [
        {"webhook-signature": ""},
        {"webhook-signature": "garbage"},
        {"webhook-signature": "v1,abc"},
        {"webhook-signature": "v1,a,b"},
        {"webhook-signature": "v1,\udcff\u0660"},
        {"webhook-id": ""},
        {"webhook-id": "msg_\ud800"},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "-1"},
        {"webhook-timestamp": "1e9"},
        {"webhook-timestamp": "NaN"},
        {"webhook-timestamp": f" {int(NOW.timestamp())}"},
        {"webhook-timestamp": "٣" * 10},
        {"webhook-timestamp": "9" * 5_000},
    ],
    ids=repr,
)
def test_malformed_headers_are_a_bad_signature(altered: dict[str, str]) -> None:
    """Whatever a stranger sends as headers ends in BadSignature, never in another error."""
    with pytest.raises(BadSignature):
        standard_webhooks.verify((KEY,), signed() | altered, BODY, NOW)


@given(
    headers=st.dictionaries(
        st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"]), st.text()
    ),
    body=st.binary(),
)
def test_no_stranger_gets_in(headers: dict[str, str], body: bytes) -> None:
    """Any headers over any bytes, without the key, are a bad signature and no other error."""
    with pytest.raises(BadSignature):
        standard_webhooks.verify((KEY,), headers, body, NOW)


def test_bytes_that_are_no_text_are_signed_as_they_are() -> None:
    """A body need not be UTF-8 to be verified: the bytes count."""
    body = b"\xff\xfe\x00"

    standard_webhooks.verify((KEY,), signed(body), body, NOW)


@pytest.mark.parametrize(
    "secret",
    ["", "whsec_", "whsec_c2hvcnQ=", "whsec_???", SECRET.removeprefix("whsec_"), "whsec_\u00e9"],
)
def test_a_bad_secret_is_refused_and_not_repeated(secret: str) -> None:
    """A secret of the wrong form stops the start, and the error does not hold it."""
    with pytest.raises(ValueError, match="whsec_ and 24 to 64 bytes") as caught:
        standard_webhooks.signing_key(secret)

    assert len(secret) < 8 or secret not in str(caught.value)
