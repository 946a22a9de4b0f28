"""The demo as its command runs it: both processes, over HTTP only, through kills and restarts."""

from __future__ import annotations

import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

from tests.support.house.source import ROOT

pytestmark = pytest.mark.skipif(os.name != "posix", reason="ends processes by POSIX signals")

KIM = 7001
ANA = "U0ANA"
BILLING = "C0BILLING"
WAIT_SECONDS = 120.0

Found = TypeVar("Found")


@dataclass(slots=True)
class Demo:
    """The demo's command, run in a folder of its own, and its page's calls."""

    cwd: Path
    http: httpx.Client = field(
        default_factory=lambda: httpx.Client(trust_env=False, timeout=WAIT_SECONDS)
    )
    process: subprocess.Popen[str] | None = None
    first_line: str = ""

    def start(self, *options: str) -> None:
        """Start it and read the first line that it prints."""
        command = (sys.executable, "-m", "bot", "demo", "--no-browser", *options)
        self.process = subprocess.Popen(  # noqa: S603 (our own command, without a shell)
            command,
            cwd=self.cwd,
            env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "10"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdout is not None
        readable, _, _ = select.select([self.process.stdout], [], [], WAIT_SECONDS)
        if not readable:
            self.process.kill()
        assert readable, "The demo printed nothing."
        self.first_line = self.process.stdout.readline()
        self.http.base_url = httpx.URL(self.first_line.strip())

    def end(self, number: signal.Signals) -> tuple[int, str]:
        """Send it a signal: its exit code, and what it printed after the first line."""
        assert self.process is not None
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=WAIT_SECONDS)
        return self.process.returncode, rest

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def world(self) -> dict[str, Any]:
        answer: dict[str, Any] = self.http.get("/world").json()
        return answer

    def ready(self) -> dict[str, Any]:
        """Wait until the bot answers."""
        return eventually(lambda: world if (world := self.world())["ready"] else None)

    def accounts(self) -> dict[str, Any]:
        found = self.http.get("/world/accounts").json()["accounts"]
        return {account["id"]: account for account in found}

    def own_account(self, name: str) -> str:
        return next((id for id, one in self.accounts().items() if one["name"] == name), "")

    def balance(self, account: str) -> str:
        return str(self.accounts().get(account, {}).get("balance", ""))

    def telegram(self) -> list[str]:
        """What the bot has written to Kim."""
        state = self.http.get("/window/telegram/state", params={"user": KIM}).json()
        [chat] = [chat for chat in state["chats"] if chat["id"] == KIM]
        return [message["text"] for message in chat["messages"] if message["from_bot"]]

    def slack(self, channel: str) -> list[str]:
        """What Ana reads in a channel."""
        state = self.http.get("/window/slack/state", params={"user": ANA}).json()
        [found] = [each for each in state["channels"] if each["id"] == channel]
        return [message["text"] for message in found["messages"]]

    def listens(self, url: str) -> bool:
        try:
            self.http.get(url)
        except httpx.TransportError:
            return False
        return True


def eventually(look: Callable[[], Found | None]) -> Found:
    """The first answer that is true, looked for again and again."""
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        if found := look():
            return found
        time.sleep(0.1)
    raise AssertionError("It did not happen in time.")


@pytest.fixture(scope="module")
def only_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One demo for all tests, since its first start takes a while."""
    cwd = tmp_path_factory.mktemp("demo")
    # Whoever has a real bot's settings lying here must not see the demo use them.
    (cwd / ".env").write_text("TELEGRAM_API_BASE_URL=http://127.0.0.1:9/\nGATEWAYS=none\n")
    only = Demo(cwd)
    try:
        yield only
    finally:
        only.http.close()
        if only.running:
            only.end(signal.SIGTERM)


@pytest.fixture
def demo(only_demo: Demo) -> Demo:
    """The demo, running, whatever the test before did to it."""
    if not only_demo.running:
        only_demo.start("--port", "0")
    only_demo.ready()
    return only_demo


def test_the_first_line_is_the_address_and_nothing_else(demo: Demo) -> None:
    """Printed at once, also into a pipe and for a terminal of ten columns; the page is there."""
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\n", demo.first_line)
    assert "topup-bot" in demo.http.get("/").text


def test_a_newcomer_is_answered_in_telegram(demo: Demo) -> None:
    """START goes to the bot by polling, and opens an account of the person's own."""
    demo.http.post("/window/telegram/start", json={"user": KIM})

    assert "/topup" in eventually(demo.telegram)[0]
    assert eventually(lambda: demo.own_account("Kim"))


def test_a_command_is_answered_in_slack(demo: Demo) -> None:
    """Ana belongs to the linked team: the signed request gets through, and she sees a card."""
    said = {"user": ANA, "channel": "D0ANA", "text": "/topup 50 USD card acme-cloud"}
    assert demo.http.post("/window/slack/say", json=said).json() == {"ok": True}

    eventually(lambda: any("$50.00" in text for text in demo.slack("D0ANA")))


def test_spending_below_the_threshold_raises_the_alert(demo: Demo) -> None:
    """Spend draws the balance down by the product's own command, and the channel reads of it."""
    spent = demo.http.post("/world/spend", json={"account": "acme-cloud", "amount": "5.00"})

    assert spent.json() == {"ok": True, "balance": "-$5.00"}
    assert "Acme Cloud" in eventually(lambda: demo.slack(BILLING))[0]
    eventually(lambda: demo.balance("acme-cloud") == "-$5.00")
    assert demo.accounts()["acme-cloud"]["low"] is True


@pytest.mark.parametrize("amount", ["-5", "five"])
def test_an_amount_that_is_none_is_refused_in_a_sentence(demo: Demo, amount: str) -> None:
    """Nothing is drawn, and no text is taken for an option of the command."""
    refused = demo.http.post("/world/spend", json={"account": "acme-tokyo", "amount": amount})

    assert refused.status_code == 400
    assert refused.json()["error"] == f"{amount}: no amount in JPY such as 1000."
    assert eventually(lambda: demo.balance("acme-tokyo")) == "¥0"


@pytest.mark.parametrize("body", [b"", b"[]", b'{"account": "acme-cloud"}', b"\xff"])
def test_a_malformed_spend_is_refused(demo: Demo, body: bytes) -> None:
    """Anything but an account and an amount is told what to send."""
    headers = {"Content-Type": "application/json"}
    refused = demo.http.post("/world/spend", content=body, headers=headers)

    assert (refused.status_code, refused.json()["ok"]) == (400, False)


def test_other_web_pages_are_kept_out(demo: Demo) -> None:
    """A foreign host name reads nothing, and a foreign page acts on nothing."""
    own = str(demo.http.base_url).rstrip("/")
    act = {"user": KIM}

    assert demo.http.get("/world", headers={"Host": "evil.example"}).status_code == 403
    for origin, status in (("https://evil.example", 403), ("null", 403), (own, 200)):
        headers = {"Origin": origin}
        answer = demo.http.post("/window/telegram/unblock", json=act, headers=headers)
        assert answer.status_code == status, origin


def test_113_all_that_a_demo_writes_is_for_the_owner_only(demo: Demo) -> None:
    """Its secrets, database, chats, Stripe, clock and log: people typed what is in them."""
    files = [each for each in (demo.cwd / ".playground").rglob("*") if each.is_file()]
    assert "topup-bot-demo.json" in [each.name for each in files]
    assert [each.name for each in files if each.stat().st_mode & 0o077] == []


def test_66_the_bots_log_holds_none_of_them(demo: Demo) -> None:
    """Not after people topped up in both chats either; the log is there to be shown around."""
    folder = demo.cwd / ".playground"
    kept = json.loads((folder / "topup-bot-demo.json").read_text(encoding="utf-8"))
    secrets = [kept[name] for name in kept if name.endswith(("token", "secret", "secret_key"))]
    log = (folder / "bot.log").read_text(encoding="utf-8")

    assert len(secrets) >= 4
    assert "Telegram is polled" in log
    assert [secret for secret in secrets if secret in log] == []


def test_a_killed_bot_comes_back(demo: Demo) -> None:
    """The page stays, says that the bot is away, and has a new bot after a moment."""
    before = demo.world()
    os.kill(before["bot_pid"], signal.SIGKILL)

    eventually(lambda: not demo.world()["ready"])
    after = demo.ready()
    assert after["bot_pid"] != before["bot_pid"]
    assert after["bot_url"] == before["bot_url"]


def test_a_demo_that_was_stopped_goes_on_where_it_was(demo: Demo) -> None:
    """Asked to stop, both processes end; started again, chats, balances and addresses are kept."""
    demo.http.post("/window/telegram/start", json={"user": KIM})
    eventually(lambda: demo.own_account("Kim"))
    bot_url = demo.world()["bot_url"]
    # The balance is there a moment before the words that tell of it.
    said, held = eventually(demo.telegram), demo.accounts()

    code, rest = demo.end(signal.SIGTERM)
    assert (code, rest.splitlines()[-1].partition(".")[0]) == (0, "Stopped")
    assert not demo.listens(str(demo.http.base_url))
    assert not demo.listens(bot_url)

    demo.start("--port", "0")
    assert demo.ready()["bot_url"] == bot_url
    assert demo.telegram()[: len(said)] == said
    assert eventually(demo.accounts) == held


def test_a_second_demo_in_the_same_folder_is_refused(demo: Demo) -> None:
    """Also with --fresh, which would take the folder away from the first."""
    second = Demo(demo.cwd)
    second.start("--port", "0", "--fresh")
    assert second.process is not None
    second.http.close()
    if not second.first_line.startswith("A demo is already running in "):
        second.end(signal.SIGTERM)
    second.process.communicate(timeout=WAIT_SECONDS)

    assert second.first_line.startswith("A demo is already running in ")
    assert second.process.returncode == 1
    assert demo.ready()


def test_ctrl_c_stops_both(demo: Demo) -> None:
    """The keyboard's signal is no error either."""
    bot_url = demo.world()["bot_url"]

    assert demo.end(signal.SIGINT)[0] == 0
    assert not demo.listens(bot_url)


def test_the_bot_does_not_outlive_a_killed_demo(demo: Demo) -> None:
    """Nobody can catch SIGKILL; the bot still ends, and its port is free again."""
    bot_url = demo.world()["bot_url"]

    assert demo.end(signal.SIGKILL)[0] == -signal.SIGKILL
    eventually(lambda: not demo.listens(bot_url))


def test_a_demo_whose_folder_is_gone_ends_when_asked(tmp_path: Path) -> None:
    """Somebody removed everything under it; it says so, and still ends."""
    lost = Demo(tmp_path)
    lost.start("--port", "0")
    with lost.http:
        lost.world()
        shutil.rmtree(tmp_path / ".playground")
        code, rest = lost.end(signal.SIGTERM)

    assert code == 1, rest
    assert "The demo cannot go on: " in rest
