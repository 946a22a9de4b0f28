"""Only what Slack signed, whole and readable, gets past the guard; everything else is a 4xx."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.chat.slack.adapter import SlackChat, SlackSettings
from adapters.chat.slack.receiving.guard import MAX_BODY_BYTES, sign
from tests.support.chats.slack_adapter_env import NOW, SIGNING_SECRET, SlackWorld, slack_world

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


@pytest.fixture
async def world() -> AsyncIterator[SlackWorld]:
    async with slack_world() as opened:
        yield opened


@pytest.mark.parametrize(
    ("raw", "content_type", "headers"),
    [
        (b"command=%2Ftopup", FORM, {"x_slack_request_timestamp": "soon"}),
        (b"command=%2Ftopup", FORM, {"x_slack_request_timestamp": ""}),
        (b"command=%2Ftopup", FORM, {"x_slack_signature": "v0=\xe9\xe9"}),
        (b"text=\xff\xfe", FORM, {}),
        (b"payload=%7Bbroken", FORM, {}),
        (b"{broken", JSON, {}),
    ],
)
@pytest.mark.parametrize("signed", [True, False])
async def test_the_six_shapes_that_break_bolt_are_refused(
    world: SlackWorld, raw: bytes, content_type: str, headers: dict[str, str], signed: bool
) -> None:
    """Bolt alone answers 500 to each of them, signed or not; here each gets a 4xx."""
    encoded = {name: text.encode("latin-1") for name, text in headers.items()}
    if not signed and "x_slack_signature" not in headers:
        encoded["x_slack_signature"] = b"v0=" + b"0" * 64
    timestamp = str(int(NOW.timestamp())).encode()
    known = {
        b"content-type": content_type.encode(),
        b"x-slack-request-timestamp": timestamp,
        b"x-slack-signature": sign(SIGNING_SECRET, timestamp.decode(), raw).encode(),
    } | {name.replace("_", "-").encode(): value for name, value in encoded.items()}
    answer = await world.http.post("/slack/events", content=raw, headers=list(known.items()))
    assert 400 <= answer.status_code < 500
    assert world.received.deliveries == []


@pytest.mark.parametrize("seconds", [301, -301])
async def test_an_old_or_early_request_is_refused(world: SlackWorld, seconds: int) -> None:
    """A signature is good for five minutes, both ways."""
    timestamp = str(int(NOW.timestamp()) - seconds)
    raw = b"command=%2Ftopup&team_id=T1&user_id=U1"
    headers = {
        "x_slack_request_timestamp": timestamp,
        "x_slack_signature": sign(SIGNING_SECRET, timestamp, raw),
    }
    assert (await world.send(raw, FORM, **headers)).status_code == 401


@pytest.mark.parametrize("seconds", [300, -300])
async def test_a_request_within_five_minutes_is_taken(world: SlackWorld, seconds: int) -> None:
    """The guard's clock is the injected one, and so is Bolt's."""
    timestamp = str(int(NOW.timestamp()) - seconds)
    raw = b"command=%2Ftopup&team_id=T1&user_id=U1"
    headers = {
        "x_slack_request_timestamp": timestamp,
        "x_slack_signature": sign(SIGNING_SECRET, timestamp, raw),
    }
    assert (await world.send(raw, FORM, **headers)).status_code == 200
    assert len(world.received.deliveries) == 1


async def test_an_altered_body_is_refused(world: SlackWorld) -> None:
    """The signature covers the raw bytes."""
    timestamp = str(int(NOW.timestamp()))
    signature = sign(SIGNING_SECRET, timestamp, b"text=50")
    answer = await world.send(b"text=5000", FORM, x_slack_signature=signature)
    assert answer.status_code == 401


async def test_no_signature_is_refused(world: SlackWorld) -> None:
    """A plain request from anywhere changes nothing."""
    answer = await world.http.post("/slack/events", json={"type": "event_callback"})
    assert answer.status_code == 401


async def test_an_announced_large_body_is_refused_unread(world: SlackWorld) -> None:
    """The announced length is enough to refuse; not a byte of the body is read."""
    announced = [(b"content-length", str(MAX_BODY_BYTES + 1).encode())]
    assert await _asgi(world.adapter, announced, 1000) == (413, 0)


async def test_an_endless_body_is_read_to_the_limit_only(world: SlackWorld) -> None:
    """Without an announced length the reading stops just past the limit."""
    status, chunks = await _asgi(world.adapter, [], 1000)
    assert status == 413
    assert chunks == MAX_BODY_BYTES // 100_000 + 1


async def _asgi(
    adapter: SlackChat, headers: list[tuple[bytes, bytes]], most: int
) -> tuple[int, int]:
    """The status of a request in chunks of 100 kB, and how many of them were read."""
    (route,) = adapter.routes
    read, statuses = 0, []

    async def receive() -> dict[str, object]:
        nonlocal read
        read += 1
        return {"type": "http.request", "body": b"x" * 100_000, "more_body": read < most}

    async def send(message: object) -> None:
        assert isinstance(message, dict)
        statuses.append(message.get("status"))

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/slack/events",
        "headers": headers,
        "query_string": b"",
    }
    await route.app(scope, receive, send)
    assert isinstance(statuses[0], int)
    return statuses[0], read


@pytest.mark.parametrize(
    ("raw", "content_type", "status"),
    [
        (b"hello", "text/plain", 415),
        (b"", "", 415),
        (b"[]", JSON, 400),
        (b'"text"', JSON, 400),
        (b"", JSON, 400),
        (b"payload=[]", FORM, 400),
        (b"payload=", FORM, 400),
        (b"payload=" + b"[" * 100_000, FORM, 400),
        (b"{" * 50_000, FORM, 400),
        (b'{"type": "event_callback", "event": 5, "team_id": "T1"}', JSON, 400),
        (b'{"type": "block_actions", "actions": 5, "user": "x", "team": 3}', JSON, 400),
    ],
)
async def test_signed_nonsense_is_a_client_error(
    world: SlackWorld, raw: bytes, content_type: str, status: int
) -> None:
    """Even with the right signature, what cannot be read is a 4xx and never a 5xx."""
    assert (await world.send(raw, content_type)).status_code == status


_NAMES = st.sampled_from(
    [
        "type", "event", "user", "team", "team_id", "user_id", "actions", "view", "channel",
        "payload", "command", "authorizations", "response_url", "enterprise", "message",
        "is_ext_shared_channel", "ssl_check", "event_callback", "block_actions", "action_id",
    ]
)  # fmt: skip
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(["event_callback", "block_actions", "view_submission", "url_verification"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=5),
    max_leaves=15,
)


async def test_no_signed_json_makes_a_server_error(world: SlackWorld) -> None:
    """Whatever JSON Slack's key signs, the answer is never a 5xx."""
    bodies: list[dict[str, object]] = []

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(body=st.dictionaries(_NAMES, _VALUES, max_size=7))
    def collect(body: dict[str, object]) -> None:
        bodies.append(body)

    collect()
    for body in bodies:
        answer = await world.send(json.dumps(body).encode(), JSON)
        assert answer.status_code < 500, body


async def test_before_listening_the_route_is_closed() -> None:
    """Nothing can be stored yet, so nothing is acknowledged."""
    adapter = SlackChat(SlackSettings("xoxb-1", SIGNING_SECRET), now=lambda: NOW)
    assert await _asgi(adapter, [], 1) == (503, 0)


@pytest.mark.parametrize(("token", "secret"), [("", "s"), ("xoxb-1", ""), (" ", "s"), ("t", " ")])
def test_empty_secrets_are_refused_at_once(token: str, secret: str) -> None:
    """An empty signing secret would let everybody in; an empty token would fail later."""
    with pytest.raises(ValueError, match="Slack needs a"):
        SlackChat(SlackSettings(token, secret), now=lambda: datetime.now(UTC))


async def test_the_address_check_of_slack_is_answered(world: SlackWorld) -> None:
    """Slack verifies the events address with a signed challenge when it is entered."""
    body = {"type": "url_verification", "challenge": "3eZbrw1a", "token": "legacy"}
    answer = await world.send(json.dumps(body).encode(), JSON)
    assert answer.status_code == 200
    assert "3eZbrw1a" in answer.text
