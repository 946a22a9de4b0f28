"""Moving the clock: the bot's, the playground's, and a demo that lives by both."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.gateways.sandbox.settings import Sandbox
from adapters.settings import Misconfigured
from bot.settings.config import Settings, load
from playground.kit.clock import Clock
from service.common.clock import OffsetClock
from tests.playground.test_demo import KIM, Demo, eventually
from tests.playground.test_playground_stripe import ORDER

ON_THIS_MACHINE = {
    "secret_key": "k" * 32,
    "clock_offset_file": "clock-offset",
    "slack_api_base_url": "http://127.0.0.1:8765/slack/api/",
    "telegram_api_base_url": "http://localhost:8765/telegram",
}
AT_ONCE = timedelta(seconds=5)
POSIX = pytest.mark.skipif(os.name != "posix", reason="ends processes by POSIX signals")


def ahead(clock: OffsetClock) -> timedelta:
    """How far it is ahead of this machine's, in whole seconds."""
    return timedelta(seconds=round((clock() - datetime.now(UTC)).total_seconds()))


# --- the bot's clock -------------------------------------------------------------------------


def test_the_clock_follows_its_file(tmp_path: Path) -> None:
    """It is as far ahead as the file says, from a moment after the file changed."""
    file = tmp_path / "offset"
    clock = OffsetClock(file)
    assert ahead(clock) == timedelta()

    Clock(file).advance(3600)
    time.sleep(0.25)
    assert ahead(clock) == timedelta(hours=1)


@pytest.mark.parametrize("content", [b"", b"soon", b"\xff", b"9" * 30, b"9" * 5000])
def test_a_clock_file_without_sense_changes_nothing(tmp_path: Path, content: bytes) -> None:
    """The machine's own time is the answer, and no error."""
    file = tmp_path / "offset"
    file.write_bytes(content)

    assert ahead(OffsetClock(file)) == timedelta()


def test_a_clock_may_be_moved_where_everything_is_on_this_machine() -> None:
    """The playground's own settings are taken; without a file there is none to follow."""
    known = load(Settings.from_values(ON_THIS_MACHINE))
    unmoved = load(Settings.from_values({"secret_key": "k" * 32, "clock_offset_file": ""}))

    assert (known.playground.clock_offset_file, unmoved.playground.clock_offset_file) == (
        Path("clock-offset"),
        None,
    )


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"slack_api_base_url": "https://slack.com/api/"}, "SLACK_API_BASE_URL"),
        ({"telegram_api_base_url": "https://api.telegram.org"}, "TELEGRAM_API_BASE_URL"),
        ({"telegram_api_base_url": "http://127.0.0.1.example.com"}, "TELEGRAM_API_BASE_URL"),
        ({"telegram_api_base_url": "http://10.0.0.7"}, "TELEGRAM_API_BASE_URL"),
        ({"gateways": "sandbox,stripe"}, "STRIPE_API_BASE_URL"),
    ],
)
def test_a_clock_is_not_moved_near_anything_real(given: dict[str, str], named: str) -> None:
    """A real chat or gateway beside CLOCK_OFFSET_FILE is refused, naming what is real."""
    with pytest.raises(Misconfigured, match=f"CLOCK_OFFSET_FILE.*{named}"):
        load(Settings.from_values(ON_THIS_MACHINE | given))


def test_callbacks_take_no_detour_off_this_machine() -> None:
    """The playground's detour for the sandbox's callbacks is refused anywhere else."""
    here = {"secret_key": "k" * 32, "sandbox_callback_url": "http://127.0.0.1:8765/callbacks"}
    away = here | {"sandbox_callback_url": "http://10.0.0.7/callbacks"}

    (sandbox,) = load(Settings.from_values(here)).gateways.chosen
    assert isinstance(sandbox, Sandbox)
    assert sandbox.callback_url.endswith("/callbacks")
    with pytest.raises(Misconfigured, match="SANDBOX_CALLBACK_URL"):
        load(Settings.from_values(away))


# --- the playground's clock -------------------------------------------------------------------


def test_the_playground_s_clock_is_kept(tmp_path: Path) -> None:
    """Another start goes on from there; a file that makes no sense is begun anew."""
    file = tmp_path / "offset"
    Clock(file).advance(86_400)

    assert Clock(file).now() - datetime.now(UTC) > timedelta(days=1) - AT_ONCE
    file.write_text("yesterday")
    assert Clock(file).ahead_seconds == 0
    assert not file.exists()


def test_a_year_is_as_far_as_the_clock_goes(tmp_path: Path) -> None:
    """More is refused, and nothing is moved by it."""
    clock = Clock(tmp_path / "offset")

    assert clock.advance(366 * 86_400)
    assert not clock.advance(60)
    assert clock.ahead_seconds == 366 * 86_400


# --- a demo, from outside ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo of its own, since its clock is moved."""
    own = Demo(tmp_path_factory.mktemp("inspected"))
    own.start("--port", "0")
    try:
        own.ready()
        yield own
    finally:
        own.http.close()
        if own.running:
            own.end(signal.SIGTERM)


def messages(demo: Demo) -> list[dict[str, Any]]:
    """What stands in Kim's chat."""
    state = demo.http.get("/window/telegram/state", params={"user": KIM}).json()
    found: list[dict[str, Any]] = next(c for c in state["chats"] if c["id"] == KIM)["messages"]
    return found


def look_inside(demo: Demo) -> dict[str, Any]:
    """The inspector's page data, asked for anew."""
    demo.http.get("/inspector/inside", params={"fresh": 1})
    answer: dict[str, Any] = demo.http.get("/inspector/inside").json()
    return answer


@POSIX
def test_an_hour_later_the_pay_link_is_over_and_both_chats_go_on(demo: Demo) -> None:
    """The bot and both played chats live by the moved clock: work falls due, signatures hold."""
    demo.http.post("/window/telegram/start", json={"user": KIM})
    eventually(lambda: demo.telegram())
    say = {"user": KIM, "chat": KIM, "text": "/topup 50 USD card"}
    demo.http.post("/window/telegram/say", json=say)
    review = eventually(lambda: next((m for m in messages(demo) if "Review" in m["text"]), None))
    press = {"user": KIM, "chat": KIM, "message": review["id"], "row": 0, "column": 0}
    demo.http.post("/window/telegram/press", json=press)
    eventually(lambda: any("Waiting for payment" in text for text in demo.telegram()))

    moved = demo.http.post("/world/clock", json={"step": "hour"}).json()

    assert (moved["ok"], moved["ahead_seconds"]) == (True, 3600)
    eventually(lambda: any("Pay link expired" in text for text in demo.telegram()))
    said = {"user": "U0ANA", "channel": "D0ANA", "text": "/topup balance"}
    assert demo.http.post("/window/slack/say", json=said).json() == {"ok": True}
    eventually(lambda: any("Acme Cloud" in text for text in demo.slack("D0ANA")))

    requests = demo.http.get("/inspector/requests").json()["requests"]
    [command] = [each for each in requests if each["what"] == "command /topup"]
    assert (command["status"], command["from_bot"]) == (200, False)
    assert datetime.fromisoformat(command["at"]) > datetime.now(UTC) + timedelta(minutes=59)
    whole = demo.http.get(f"/inspector/requests/{command['key']}").json()
    assert whole["request"]["text"] == "balance"


@POSIX
def test_the_inside_is_read_while_somebody_looks(demo: Demo) -> None:
    """The product's command is run for the page; people have names; no secret is in any answer."""
    demo.http.post("/world/spend", json={"account": "acme-cloud", "amount": "5.00"})

    def looked() -> dict[str, Any] | None:
        found = look_inside(demo)
        return found if found["inside"] and found["inside"]["ledger"] else None

    found = eventually(looked)
    accounts = {each["account"]: each["balance"] for each in found["inside"]["ledger"]}
    assert accounts["customer:acme-cloud"] == "-$5.00"
    assert found["names"]["slack:U0ANA"] == "Ana Silva"
    assert found["names"]["slack:C0BILLING"] == "#cloud-billing"
    assert found["names"][f"telegram:{KIM}"] == "Kim"

    kept = json.loads((demo.cwd / ".playground" / "topup-bot-demo.json").read_text())
    told = json.dumps(found)
    for each in demo.http.get("/inspector/requests").json()["requests"]:
        told += demo.http.get(f"/inspector/requests/{each['key']}").text
    assert "sendMessage" in told
    assert [name for name in kept if isinstance(kept[name], str) and kept[name] in told] == []


@POSIX
@pytest.mark.parametrize("body", [b"", b"[]", b'{"step": "year"}', b'{"step": ["hour"]}', b"\xff"])
def test_a_clock_is_moved_by_known_steps_only(demo: Demo, body: bytes) -> None:
    """Anything else, and any other web page, is refused; the clock stays."""
    before = demo.http.get("/world/clock").json()["ahead_seconds"]
    headers = {"Content-Type": "application/json"}
    foreign = headers | {"Origin": "https://evil.example"}

    assert demo.http.post("/world/clock", content=body, headers=headers).status_code == 400
    hour = demo.http.post("/world/clock", content=b'{"step": "hour"}', headers=foreign)
    assert hour.status_code == 403
    assert demo.http.get("/world/clock").json()["ahead_seconds"] == before


@POSIX
def test_the_played_stripe_lives_by_the_clock_too(demo: Demo) -> None:
    """A checkout that nobody pays is over a day later, and Stripe says so."""
    kept = json.loads((demo.cwd / ".playground" / "topup-bot-demo.json").read_text())
    key = {"Authorization": f"Bearer {kept['stripe_api_key']}"}
    sessions = "/stripe/v1/checkout/sessions"
    made = demo.http.post(sessions, data=ORDER, headers=key).json()

    demo.http.post("/world/clock", json={"step": "day"})

    found = demo.http.get(f"{sessions}/{made['id']}", headers=key).json()
    assert (made["status"], found["status"]) == ("open", "expired")
