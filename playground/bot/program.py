"""Runs the product's own command on the demo's settings; it imports nothing of the product."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from playground.bot.folder import Kept
from playground.kit.owned import open_owned

HOST = "127.0.0.1"
# In the folder: how many seconds the clock was moved ahead.
CLOCK_FILE = "clock-offset"
# Where the played Stripe is, and where the sandbox's callbacks go on their way to the bot.
STRIPE = "/stripe"
SANDBOX_CALLBACKS = "/callbacks/sandbox"
# The exit code of a command that says in a sentence what is wrong.
REFUSED = 2

_SETTLE_SECONDS = 20.0
_COMMAND_SECONDS = 120.0
_LOG_BYTES_MAX = 2_000_000
_TAIL_BYTES = 8_000
_LINE_BYTES_MAX = 2**24
_PACKAGES = Path(__file__).resolve().parent.parent.parent
# What a program needs from its surroundings. Not a person's own settings of the bot, and no proxy.
_PASSED_ON = (
    "PATH", "HOME", "USERPROFILE", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LANG", "LC_ALL",
    "LC_CTYPE", "LD_LIBRARY_PATH", "PYTHONPATH",
    # How patient a demo is with bank transfers touches nothing that is real.
    "SANDBOX_SETTLE_SECONDS",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """How a command ended and what it printed."""

    code: int
    out: str
    error: str


@dataclass(frozen=True, slots=True)
class Program:
    """`topup-bot` in the demo's folder, where no `.env` of the person's is read."""

    folder: Path
    settings: Mapping[str, str]

    @property
    def log(self) -> Path:
        """Where the bot's log lines go."""
        return self.folder / "bot.log"

    async def start(self) -> Process:
        """Start `topup-bot run` on a leash: it ends when this process does."""
        with suppress(FileNotFoundError):
            if self.log.stat().st_size > _LOG_BYTES_MAX:
                self.log.replace(self.log.with_suffix(".log.1"))
        with open_owned(self.log, "ab") as log:
            return await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "playground.bot.leash", "run"),
                cwd=self.folder,
                env=self._environment(),
                stdin=PIPE,
                stdout=log,
                stderr=STDOUT,
                # Ctrl-C is for the demo, which then stops the bot in good order.
                start_new_session=True,
            )

    async def run(self, *arguments: str) -> Answer:
        """Run a command to its end; one that takes too long is ended, with code -1."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *arguments),
            cwd=self.folder,
            env=self._environment(),
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(_COMMAND_SECONDS):
                out, error = await process.communicate()
        except TimeoutError:
            return Answer(-1, "", "The command took too long.")
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        answer = Answer(process.returncode or 0, _text(out), _text(error))
        if answer.code not in (0, REFUSED):
            with open_owned(self.log, "a") as log:
                log.write(f"{arguments[0]} ended with code {answer.code}\n{answer.error}\n")
        return answer

    async def ask(self) -> Process:
        """Start `topup-bot inspect`, which answers each line with one; it ends with its input."""
        with open_owned(self.log, "ab") as log:
            return await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "inspect", "--each-line"),
                cwd=self.folder,
                env=self._environment(),
                stdin=PIPE,
                stdout=PIPE,
                stderr=log,
                limit=_LINE_BYTES_MAX,
                start_new_session=True,
            )

    def last_lines(self, count: int) -> str:
        """The end of the log."""
        try:
            with self.log.open("rb") as file:
                file.seek(max(0, self.log.stat().st_size - _TAIL_BYTES))
                lines = file.read().decode(errors="replace").splitlines()
        except OSError:
            return ""
        return "\n".join(lines[-count:])

    def _environment(self) -> dict[str, str]:
        passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        path = [str(_PACKAGES), *filter(None, [passed_on.get("PYTHONPATH")])]
        return {
            **passed_on,
            "PYTHONPATH": os.pathsep.join(path),
            "PYTHONUTF8": "1",
            "NO_PROXY": "*",
            **self.settings,
        }


def settings(kept: Kept, port: int, bot_port: int) -> dict[str, str]:
    """Ordinary settings for a bot between the chats on `port` and the people at `bot_port`."""
    return {
        "SLACK_BOT_TOKEN": kept.slack_bot_token,
        "SLACK_SIGNING_SECRET": kept.slack_signing_secret,
        "SLACK_API_BASE_URL": f"http://{HOST}:{port}/slack/api/",
        "TELEGRAM_BOT_TOKEN": kept.telegram_bot_token,
        "TELEGRAM_API_BASE_URL": f"http://{HOST}:{port}/telegram",
        "PUBLIC_URL": f"http://{HOST}:{bot_port}",
        "HOST": HOST,
        "PORT": str(bot_port),
        # In the folder where the program runs; an absolute path might need escapes in an address.
        "DATABASE_URL": "sqlite:///topup.db",
        "SECRET_KEY": kept.secret_key,
        "GATEWAYS": "sandbox,stripe",
        "SANDBOX_CALLBACK_URL": f"http://{HOST}:{port}{SANDBOX_CALLBACKS}",
        "STRIPE_API_KEY": kept.stripe_api_key,
        "STRIPE_WEBHOOK_SECRET": kept.stripe_webhook_secret,
        "STRIPE_API_BASE_URL": f"http://{HOST}:{port}{STRIPE}",
        "SIGNUP": "open",
        "SUPPORT_CONTACT": "billing@acme.example",
        "TIMEZONE": _zone(),
        "CLOCK_OFFSET_FILE": CLOCK_FILE,
    }


def settle_seconds() -> float:
    """How long a bank takes, the played Stripe's like the sandbox's own."""
    try:
        return float(os.environ.get("SANDBOX_SETTLE_SECONDS", ""))
    except ValueError:
        return _SETTLE_SECONDS


def _zone() -> str:
    """This machine's IANA zone, where it can be told, else UTC."""
    for name in (os.environ.get("TZ", "").lstrip(":"), _linked_zone()):
        with suppress(ZoneInfoNotFoundError, ValueError, OSError):
            if name:
                return ZoneInfo(name).key
    return "UTC"


def _linked_zone() -> str:
    try:
        target = os.readlink("/etc/localtime")
    except OSError:
        return ""
    return target.partition("zoneinfo/")[2]


def _text(raw: bytes) -> str:
    return raw.decode(errors="replace").strip()
