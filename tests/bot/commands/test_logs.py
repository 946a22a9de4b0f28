"""Log lines keep no secrets, wherever they come from."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from pydantic import SecretStr

from bot.settings.config import Settings
from bot.settings.secret_values import secret_values
from bot.watch import logs
from bot.watch.logs import CHARACTERS_MAX, make_redactor, make_shortening_redactor, redact
from service.common.signed_tokens import PayLink, sign_pay_link
from tests.support.house.log_state import logs_as_they_were
from tests.support.house.source import ROOT

SECRETS = [
    "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
    "123456789%3AAAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
    "123456789%3aAAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
    "xoxb-123456789012-abcdefABCDEF",
    "xapp-1-A111-222-abcdef",
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "sk_live_abcdefghijklmnop",
    "rk_test_abcdefghijklmnop",
    "https://hooks.slack.com/commands/T1/2/abc",
    "https://HOOKS.slack.com/services/T1/2/abc",
    "hooks.slack.com/services/T1/2/abc",
    "hooks.slack.com%2Fservices%2FT1%2F2%2Fabc",
    r"https:\/\/hooks.slack.com\/commands\/T1\/2\/abc",
    sign_pay_link(PayLink("TU-7K3M9Q2X", 1), b"k" * 32),
    "4242 4242 4242 4242",
]
NAMED = [
    ("wss://wss-primary.slack.com/link/?ticket=", "5d6ff5f9-6a1b"),
    ("GET /slack/oauth_redirect?code=", "1234.5678"),
    ("data: {'code': '", "1234.5678"),
    ("request: {'state': ['", "1795435200.e60bef29"),
    ("failed with code: ", "1234.5678"),
    ("Authorization: Bearer ", "c2VjcmV0LXNlY3JldA=="),
    ("{'response_url': '", "http://127.0.0.1:1/hooks/1"),
    ("postgresql://topup:", "s3cr3t"),
    ("postgresql://topup:", "s3/cr3t"),
]
# Nothing that can be told by its shape; quoted, it is spelled otherwise.
PLANTED = 'canary-"\\/+ é-of-tests'
STRIPE_TALKS = "{'success_url': 'canary-of-stripe'}"
HOSTILE = f"""
import asyncio, gc, logging, os, sqlite3, sys, threading, warnings
from sqlalchemy import create_engine, text
from adapters.gateways.stripe import wire as stripe_wire
from bot.watch import logs
from bot.settings.secret_values import configured_secrets
from stripe import _util

logs.set_up_logging(logging.DEBUG, configured_secrets())
secret = os.environ["SLACK_SIGNING_SECRET"]
def fail(*_): raise RuntimeError("lost " + secret)
class Fails:
    def __del__(self): fail()

with create_engine("sqlite://", echo="debug").begin() as connection:
    connection.execute(text("SELECT :secret"), {{"secret": secret}}).all()
logging.getLogger("elsewhere").addHandler(logging.StreamHandler(sys.stdout))
logging.getLogger("elsewhere").error("%s and %d", secret, "no number")
warnings.warn("deprecated " + secret)
_util.log_debug({STRIPE_TALKS!r})
threading.Thread(target=fail).start()
async def forgotten():
    task = asyncio.ensure_future(asyncio.to_thread(fail))
    await asyncio.wait([task])
asyncio.run(forgotten())
Fails()
gc.collect()
fail()
"""
TOLD = ("SELECT", "deprecated", "and", "Nobody caught this", "never retrieved", "lost")


@pytest.mark.parametrize("secret", SECRETS)
def test_secrets_are_taken_out(secret: str) -> None:
    """Alone, in a sentence and inside an address."""
    for text in (secret, f"POST https://api.example.com/bot{secret}/getMe failed", f"x={secret}!"):
        assert secret not in redact(text)


@pytest.mark.parametrize(("name", "secret"), NAMED)
def test_what_is_called_a_secret_is_taken_out(name: str, secret: str) -> None:
    """The name stays, so that a reader knows what was there."""
    tail = "@localhost/db" if name.startswith("postgresql") else "' end"

    hidden = redact(name + secret + tail)

    assert hidden.startswith(name)
    assert secret not in hidden


@pytest.mark.parametrize("spell", [str, quote, json.dumps, repr])
def test_configured_secrets_are_taken_out(spell: object) -> None:
    """A secret of any shape, as it is and as it stands in addresses, JSON and Python."""
    assert callable(spell)
    spelled = str(spell(PLANTED)).strip("\"'")

    assert spelled not in make_redactor({PLANTED})(f"sent {spelled} to them")


def test_every_setting_that_is_secret_is_known() -> None:
    """Each secret, each of several keys, a token's own half and the database's password."""
    secret = [name for name, value in Settings.from_values({}) if isinstance(value, SecretStr)]
    planted = {name: f"one-of-{name}, two-of-{name}" for name in secret}
    planted["telegram_bot_token"] = "42:half-a-token"
    given = planted | {"database_url": "postgresql://bot:pass%2Fword@db/topup"}

    found = secret_values(Settings.from_values(given))

    assert {"half-a-token", "42:half-a-token", "pass/word"} <= found
    for name in set(secret) - {"telegram_bot_token"}:
        assert {f"one-of-{name}", f"two-of-{name}"} <= found


def test_66_nothing_that_goes_wrong_tells_a_secret(tmp_path: Path) -> None:
    """Errors that nobody caught, warnings, other libraries' own handlers: told, and clean."""
    done = subprocess.run(  # noqa: S603 (our own program, without a shell)
        [sys.executable, "-c", HOSTILE],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "SLACK_SIGNING_SECRET": PLANTED,
            "STRIPE_LOG": "debug",
        },
        capture_output=True,
        text=True,
        check=False,
    )

    said = done.stdout + done.stderr
    assert done.returncode == 1
    assert [each for each in TOLD if each not in said] == []
    assert "canary" not in said


@pytest.mark.parametrize("secret", [*SECRETS, PLANTED])
def test_101_where_a_line_is_cut_no_half_of_a_secret_stays(
    secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However the secret lies across the cut, in front of what is left out or behind it."""
    monkeypatch.setattr(logs, "CHARACTERS_MAX", 200)
    cut = make_shortening_redactor({PLANTED})
    filler = "- " * 600
    for before in range(100 - len(secret) - 1, 102):
        line = filler[:before] + secret + filler + secret + filler[:before]

        shown = cut(line)

        assert set(shown.replace("[hidden]", "").partition("[")[0]) <= {"-", " "}
        assert set(shown.replace("[hidden]", "").rpartition("]")[2]) <= {"-", " "}


def test_101_a_line_of_any_length_becomes_a_line_of_some_length() -> None:
    """The beginning and the end stay, and what was left out is counted."""
    shown = make_shortening_redactor(())("GET /" + "1" * 1_000_000 + " refused")

    assert len(shown) < CHARACTERS_MAX + 100
    assert shown.startswith("GET /1")
    assert shown.endswith("1 refused")
    assert "[984013 characters left out]" in shown


@pytest.mark.parametrize("character", ["\0", "\u2028", "\ud800", "\U0001f4b8", "a"])
def test_101_what_is_shown_instead_makes_no_line_longer(character: str) -> None:
    """Message and traceback have 16,000 characters each at most, whatever they are made of."""
    try:
        raise ValueError(character * 60_000)
    except ValueError:
        info = sys.exc_info()
    record = logs._record(
        make_shortening_redactor(()), "x", 40, "f", 1, "said %s", (character * 60_000,), info
    )

    assert 15_000 < len(record.getMessage()) <= CHARACTERS_MAX
    assert 15_000 < len(record.exc_text or "") <= CHARACTERS_MAX


def test_101_what_cannot_be_shown_breaks_no_line() -> None:
    """Whoever logs it goes on."""

    class Bad:
        """Has no words at all."""

        def __repr__(self) -> str:
            raise RuntimeError

    for said, given in (("%s", (Bad(),)), (Bad(), ())):
        record = logs._record(make_shortening_redactor(()), "x", 40, "f", 1, said, given, None)
        assert record.getMessage() == "[a message that cannot be shown]"


def test_ids_survive() -> None:
    """What support needs stays readable."""
    line = "top_up_settled top_up=TU-7K3M9Q2X payment=pi_3Nx card=5f3c19a7e2b4d680"

    assert line == redact(line)


@pytest.mark.parametrize(("secret", "hidden"), [("abcdef", True), ("abcde", False)])
def test_a_secret_that_is_too_short_is_not_looked_for(secret: str, *, hidden: bool) -> None:
    """It would stand in a line by chance."""
    assert (secret not in make_redactor({secret})(f"a {secret} b")) is hidden


def test_of_two_secrets_the_longer_one_is_taken_out_whole() -> None:
    """Also where one begins with the other."""
    for secrets in (("canary-1", "canary-1-more"), ("canary-1-more", "canary-1")):
        assert make_redactor(secrets)("a canary-1-more b") == "a [hidden] b"


@pytest.mark.parametrize(("length", "left_out"), [(17_024, 0), (17_025, 1_025)])
def test_a_line_is_cut_where_a_secret_could_not_be_known(length: int, left_out: int) -> None:
    """16,000 characters are kept, half of them of each end; somewhat longer ones are whole."""
    line = ("- " * 9_000)[:length]
    shown = make_shortening_redactor(())(line)
    if not left_out:
        assert shown == line
        return
    first, _, last = shown.partition(f" [{left_out} characters left out] ")
    assert (first, last) == (line[:8_000], line[-8_000:])


@pytest.mark.parametrize("name", ["httpx", "httpcore", "slack_bolt", "slack_sdk", "alembic"])
def test_libraries_tell_of_trouble_only(name: str) -> None:
    """Below a warning they would tell of each request; the rest is as loud as was asked for."""
    with logs_as_they_were():
        logs.set_up_logging(logging.DEBUG)
        assert logging.getLogger(name).getEffectiveLevel() == logging.WARNING
        assert logging.getLogger("bot").getEffectiveLevel() == logging.DEBUG
        logs.set_level(logging.ERROR)
        assert logging.getLogger("bot").getEffectiveLevel() == logging.ERROR
        (handler,) = logging.root.handlers
        record = logging.makeLogRecord({"name": "bot.x", "levelname": "INFO", "msg": "said"})
        told = handler.format(record)
        assert told.endswith(" INFO bot.x said")
        assert told[0].isdigit()


def test_113_no_line_of_an_error_begins_as_a_record_does() -> None:
    """Whatever stands in its message, and in those that it comes from, is set in."""
    forged = "2026-12-01 00:00:00,000 ERROR bot all is well"
    with logs_as_they_were():
        logs.set_up_logging()
        try:
            raise ValueError(f"odd\n{forged}") from RuntimeError(f"first\r\n{forged}")
        except ValueError:
            given = ("bot", logging.ERROR, __file__, 1, "it failed", (), sys.exc_info())
            record = logging.getLogger("bot").makeRecord(*given, sinfo=f"a\n{forged}")
    first, *below = logging.Formatter("%(asctime)s %(message)s").format(record).splitlines()
    assert first.endswith("it failed")
    assert sum(forged in line for line in below) == 3
    assert all(line.startswith("  ") for line in below)
