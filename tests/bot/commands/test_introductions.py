"""At the start: whose tokens ours are, and whether pay links lead anywhere, said once each."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.cli import main
from bot.commands import server
from bot.commands.link_check import tell_where_links_lead
from conversations.protocol.ports import ChatError
from tests.support.chats.slack_adapter_env import SlackWorld
from tests.support.chats.slack_server import FakeSlack, Planned
from tests.support.chats.telegram_adapter_env import SOON_SECONDS, listening
from tests.support.house.terminal import Terminal


async def said_of_slack(planned: Planned | None, log: pytest.LogCaptureFixture) -> str:
    """The log of a bot that asks this Slack."""
    slack = FakeSlack()
    if planned is not None:
        slack.plan("auth.test", planned)
    async with slack.serving():
        with log.at_level(logging.INFO):
            await SlackWorld(slack).adapter.introduce()
    assert len(slack.called("auth.test")) == 1
    return log.text


async def test_162_slack_is_asked_once_who_we_are(caplog: pytest.LogCaptureFixture) -> None:
    """The log names the bot and its workspace."""
    assert "the bot is 'topup' of the workspace 'Acme' (T1)" in await said_of_slack(None, caplog)


@pytest.mark.parametrize(
    ("planned", "told"),
    [
        (Planned(error="invalid_auth"), "Slack refuses SLACK_BOT_TOKEN (invalid_auth)"),
        (Planned(error="account_inactive"), "Slack refuses SLACK_BOT_TOKEN (account_inactive)"),
        (Planned(lose_reply=True), "Slack was not reached at the start"),
        (Planned(status=503, error="service_unavailable"), "Slack"),
    ],
)
async def test_162_a_refused_token_is_one_line_and_ends_nothing(
    planned: Planned, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    """What the token is for is said, the token itself is not; nothing is raised."""
    said = await said_of_slack(planned, caplog)

    assert told in said
    assert "Traceback" not in said
    assert "xoxb-" not in said


async def test_162_telegram_says_who_we_are(caplog: pytest.LogCaptureFixture) -> None:
    """As it was asked anyway."""
    with caplog.at_level(logging.INFO):
        async with listening(lambda api, inbox: None):
            pass

    assert "Telegram: the bot is @" in caplog.text


def test_162_a_token_that_telegram_refuses_is_one_sentence(
    topup_bot: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No traceback ends `topup-bot run`."""

    def refused(config: object) -> None:
        raise ChatError("Telegram refused TELEGRAM_BOT_TOKEN: compare it.")

    monkeypatch.setattr(server, "serve_chats", refused)
    token = "123456:telegram-token-of-a-test"
    ended = topup_bot("run", TELEGRAM_BOT_TOKEN=token, SECRET_KEY="k" * 32)

    assert main.__module__ in sys.modules
    assert (ended.code, ended.err.strip()) == (
        2,
        "Telegram refused TELEGRAM_BOT_TOKEN: compare it.",
    )


@asynccontextmanager
async def answering(reply: bytes) -> AsyncIterator[str]:
    """A program that answers everything so; gives its address."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 " + reply)
        await writer.drain()
        writer.close()

    listener = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listener:
        yield f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"


async def where_links_lead(address: str) -> list[str]:
    """What is told of an address once the bot serves."""
    told: list[str] = []
    begun = iter([False, True])
    async with asyncio.timeout(SOON_SECONDS):
        await tell_where_links_lead(address, lambda: next(begun), told.append)
    return told


@pytest.mark.parametrize(
    ("reply", "what"),
    [
        (b"200 OK\r\nContent-Length: 6\r\n\r\nalive\n", None),
        (b"301 Moved\r\nLocation: https://pay.test/\r\nContent-Length: 0\r\n\r\n", None),
        (b"200 OK\r\nContent-Length: 2\r\n\r\nhi", "another program answers there (HTTP 200)"),
        (b"502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", "another program answers there"),
        (b"nonsense\r\n\r\n", "nobody answers there (RemoteProtocolError)"),
    ],
)
async def test_143_a_link_is_followed_once_at_the_start(reply: bytes, what: str | None) -> None:
    """Nothing is said of one that leads to this bot, or on by a proxy in front of it."""
    async with answering(reply) as address:
        told = await where_links_lead(address)

    assert len(told) == (what is not None)
    assert all(what in each and address in each for each in told if what)


async def test_143_a_link_that_answers_nobody_is_said() -> None:
    """The sentence names the setting and where it leads."""
    async with answering(b"") as address:
        pass
    (said,) = await where_links_lead(address)

    assert said.startswith(f"PUBLIC_URL is {address}, and nobody answers there (ConnectError).")
