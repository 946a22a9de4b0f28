"""Looking inside: the product's own listing, and both chats' requests in one shape."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.watch.inspect import inspect_rows
from playground.kit.journal import Journal
from playground.page.inspector_requests import Requests, readable
from playground.slack.events.journal import note
from playground.slack.world.records import SlackSettings
from playground.slack.world.seed import default_world
from tests.support.bots.bot_place import ANA, BEN, BotPlace, bot_place

# --- what the product says of its inside -----------------------------------------------------


async def inside(place: BotPlace, limit: int = 200) -> dict[str, Any]:
    """The listing, as the command prints it."""
    now = place.clock()
    found = await place.app.store.transact(lambda tx: inspect_rows(tx, now, limit))
    printed: dict[str, Any] = json.loads(json.dumps(found))
    return printed


async def test_conversations_tell_where_each_person_is(tmp_path: Path) -> None:
    """One is asked for the method, another reviews a whole draft, whoever is done is idle."""
    async with bot_place(tmp_path) as place:
        await place.does(ANA, text="/topup 50")
        await place.does(BEN, text="/topup 20 USD card")
        found = {each["person"]: each for each in (await inside(place))["conversations"]}
        await place.does(ANA, text="/topup cancel")

        assert (found[ANA]["state"], found[ANA]["asking"]) == ("asking", "method")
        assert found[ANA]["draft"]["amount"] == "$50.00"
        assert (found[BEN]["state"], found[BEN]["draft"]["method"]) == ("reviewing", "card")
        idle = {each["person"]: each for each in (await inside(place))["conversations"]}[ANA]
        assert (idle["state"], idle["draft"]) == ("idle", None)


async def test_the_ledger_is_listed_from_both_ends(tmp_path: Path) -> None:
    """Each posting is a debit here and a credit there; balances agree, and the sum is zero."""
    async with bot_place(tmp_path) as place:
        await place.pays(await place.asks_for())
        found = await inside(place)
        shortest = await inside(place, limit=1)

    accounts = {each["account"]: each for each in found["ledger"]}
    customer, gateway = accounts["customer:team-a"], accounts["gateway:sandbox:sandbox_merchant"]
    assert (customer["debit"], customer["credit"], customer["stored"]) == (
        "$0.00",
        "$50.00",
        "$50.00",
    )
    assert customer["stored_agrees"]
    [line] = customer["postings"]
    assert (line["side"], line["against"]) == ("credit", "gateway:sandbox:sandbox_merchant")
    assert {each["side"] for each in gateway["postings"]} == {"debit"}
    assert found["sums"] == [{"currency": "USD", "sum": "$0.00", "sum_minor": 0}]
    cut = {each["account"]: each for each in shortest["ledger"]}["customer:team-a"]
    assert (cut["balance"], cut["postings"], cut["postings_not_listed"]) == ("$50.00", [], 1)
    (payment,) = found["payments"]
    assert (payment["disposition"], payment["gone_minor"]) == ("applied", 0)
    assert line["reference"] == f"{payment['key']}:credit:5075"
    assert [each["balance"] for each in found["accounts"] if each["id"] == "team-a"] == ["$50.00"]


async def test_cards_and_pending_work_are_counted(tmp_path: Path) -> None:
    """A card shows what it should; what is due an hour from now is not due now."""
    async with bot_place(tmp_path) as place:
        await place.asks_for()
        found = await inside(place)
        place.clock.advance(hours=2)
        late = await place.app.store.transact(lambda tx: tx.inspection.lanes(place.clock()))

    [card] = [each for each in found["cards"] if each["subject"]]
    assert (card["wanted_rev"], card["waiting"]) == (card["shown_rev"], False)
    assert card["message"] is not None
    assert found["deliveries"] == {"waiting": 0, "done": 2, "quarantined": 0}
    [expire] = [each for each in found["lanes"] if each["kind"] == "expire"]
    assert (expire["due"], expire["later"], expire["held"]) == (0, 1, 0)
    assert [each.due for each in late if each.kind == "expire"] == [1]


async def test_the_listing_tells_no_secret(tmp_path: Path) -> None:
    """What somebody typed for an amount is told, but for the token in it."""
    async with bot_place(tmp_path) as place:
        await place.does(ANA, text="/topup")
        await place.does(ANA, text="xoxb-1234567890-abcdefghij")
        found = await inside(place)

    assert "xoxb-1234567890" not in json.dumps(found)


# --- the playground's requests ---------------------------------------------------------------


def test_requests_of_both_chats_come_newest_first_and_without_secrets() -> None:
    """One shape for both, a key to ask for the bodies, and no secret in any of it."""
    at = iter(datetime(2026, 11, 23, 12, minute, tzinfo=UTC) for minute in range(9))
    slack = default_world(SlackSettings("http://127.0.0.1:9/slack/events", "signs", "xoxb-1"))
    slack.now = at.__next__
    telegram = Journal("9001:bot-token", at.__next__)
    requests = Requests(lambda: slack.journal, telegram.entries, ("top-secret", ""))
    seen: list[str] = []
    slack.journal_listeners.append(lambda: seen.append("slack"))
    telegram.listeners.append(lambda: seen.append("telegram"))

    note(
        slack,
        "slack",
        "command /topup",
        "payload=%7B%22text%22%3A%22top-secret%22%7D",
        200,
        "",
        1.5,
    )
    telegram.add(
        direction="from the bot", method="sendMessage", request={"text": "hi"},
        status=200, response={"ok": True}, milliseconds=3,
    )  # fmt: skip

    newest, oldest = requests.newest()
    assert (newest["chat"], newest["from_bot"], newest["path"]) == (
        "telegram",
        True,
        "POST /bot…/sendMessage",
    )
    assert (oldest["what"], oldest["path"]) == ("command /topup", "POST /slack/events")
    assert oldest["request"] is None
    whole = requests.one(oldest["key"])
    assert whole is not None
    assert whole["request"] == {"payload": {"text": "[hidden]"}}
    assert requests.one("slack-unknown") is None
    assert seen == ["slack", "telegram"]


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ('{"ok": true}', {"ok": True}),
        ("command=%2Ftopup&text=50+USD", {"command": "/topup", "text": "50 USD"}),
        ('payload=%7B"cut', {"payload": '{"cut'}),
        ("a=b, the bot said", "a=b, the bot said"),
        ("", ""),
    ],
)
def test_bodies_are_readable(body: str, shown: object) -> None:
    """JSON and forms are taken apart; whatever else came is shown as it came."""
    assert readable(body) == shown
