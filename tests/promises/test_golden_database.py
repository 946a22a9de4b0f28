"""A database that earlier code filled, and what it sent: all opens, decodes, presses and pays.

Each test runs on SQLite and on PostgreSQL, on a copy of what stands in tests/golden.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.storage.maintenance.upgrade import upgrade
from adapters.storage.store import open_store
from conversations.protocol.views import Toast
from service.audit.trail import verify_trail
from service.common.context import context_of
from service.common.vault import Vault
from service.money.held import credit_held
from tests.support.bots.bot_place import ACCOUNT, ANA, BEN, SECRET_KEY, Clock
from tests.support.bots.paying import PAID, pay_by_card
from tests.support.databases.databases import opened
from tests.support.databases.filled import contents
from tests.support.databases.postgres_server import Server
from tests.support.golden.acts import acts
from tests.support.golden.database import bring_back, sent_of
from tests.support.golden.lists import lane_kinds, stored_words
from tests.support.golden.place import GoldenPlace, Json, Sent, golden_place
from tests.support.golden.reading import read_all
from tests.support.golden.rows import SLACK_TOKEN
from tests.support.golden.story import DORA, LOW, WHY

pytestmark = pytest.mark.xdist_group("postgres")

MISSING = "not in {}; once the kept are read: python -m tests.support.golden.write --databases"
Rows = dict[str, list[Json]]
# Recurs for ever, whatever is there; and only a bot that polls works off the last one.
RECURRING = ("seal", "retain", "poll")


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> str:
    """Either engine."""
    return str(request.param)


@pytest.fixture(scope="module")
def kept_file(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """SQLite's, with the tables of today."""
    folder = tmp_path_factory.mktemp("golden")
    bring_back(f"sqlite:///{folder}/bot.db", folder)
    upgrade(f"sqlite:///{folder}/bot.db")
    return (folder / "bot.db").read_bytes()


@pytest.fixture(scope="module")
def kept_database(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of PostgreSQL's, with the tables of today."""
    database = postgres.empty()
    bring_back(postgres.url(database), tmp_path_factory.getbasetemp())
    upgrade(postgres.url(database))
    return database


@pytest.fixture
def address(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A copy of the kept database."""
    if engine == "sqlite":
        (tmp_path / "bot.db").write_bytes(request.getfixturevalue("kept_file"))
        yield f"sqlite:///{tmp_path}/bot.db"
        return
    server: Server = request.getfixturevalue("postgres")
    database = f"golden_{next(server.numbers)}"
    kept = request.getfixturevalue("kept_database")
    server.run(f"CREATE DATABASE {database} TEMPLATE {kept}")
    yield server.url(database)
    server.run(f"DROP DATABASE {database} WITH (FORCE)")


@pytest.fixture
def sent(engine: str) -> tuple[Sent, Clock]:
    """What people and platforms have of that bot, and its clock."""
    return sent_of(engine)


@pytest.fixture
async def place(
    engine: str, address: str, tmp_path: Path, sent: tuple[Sent, Clock]
) -> AsyncIterator[GoldenPlace]:
    """Today's bot on it, once it has done what was due."""
    told, clock = sent
    clock.advance(minutes=1)
    async with golden_place(tmp_path, address, f"later on {engine}", told, clock) as made:
        await made.bot.quiet()
        yield made


def rows_at(address: str) -> Rows:
    with opened(address) as connection:
        return contents(connection)


# --- it is whole ---------------------------------------------------------------------------------


def test_a_row_of_every_word_is_kept(engine: str, address: str) -> None:
    """Each stored word, kind of work, act and state of a lane that today's code has is there."""
    rows = rows_at(address)
    gone = [each for each in stored_words() if "." in each and not is_stored(each, rows)]
    gone += sorted(set(lane_kinds()) - {each["kind"] for each in rows["lanes"]})
    gone += sorted(set(acts()) - {each["act"] for each in rows["audit"]})
    gone += [table for table, found in rows.items() if not found]

    assert not gone, "\n".join([*gone, MISSING.format(f"tests/golden/{engine}")])


def is_stored(entry: str, rows: Rows) -> bool:
    """Whether `table.column = word` is in that table, or in the JSON of that column."""
    columns, _, word = entry.partition(" = ")
    for each in columns.split(", "):
        column, _, inside = each.partition(" ")
        table, _, name = column.partition(".")
        for row in rows[table]:
            value = row[name]
            if value == word or (inside and f'"{word}"' in as_json(value)):
                return True
    return False


def as_json(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def test_lanes_are_kept_in_every_state(address: str, sent: tuple[Sent, Clock]) -> None:
    """Due, due later, in dead hands, in dead hands and wanted again, and after three tries."""
    now = sent[1]().timestamp() * 1_000_000
    lanes = rows_at(address)["lanes"]

    assert any(each["claimable_at"] <= now and not each["owner"] for each in lanes)
    assert any(each["claimable_at"] > now and not each["tries"] for each in lanes)
    assert any(each["owner"] and not each["wanted_at"] for each in lanes)
    assert any(each["owner"] and each["wanted_at"] for each in lanes)
    assert any(each["tries"] for each in lanes)


async def test_every_row_is_read_by_its_repository(address: str) -> None:
    """Nothing that was written is a riddle, and the audit trail's seals fit."""
    rows, store = rows_at(address), open_store(address)
    await store.transact(lambda tx: read_all(tx, rows))
    seen = await verify_trail(store)
    await store.close()

    assert seen.fault is None
    assert seen.rows == len(rows["audit"])


# --- and goes on ---------------------------------------------------------------------------------


async def test_all_pending_work_comes_to_rest(place: GoldenPlace) -> None:
    """Whatever is claimed, late or tried is done at last; cards are shown, orders carried out."""
    for _ in range(4):
        await place.later(hours=6)
    await place.later(days=40)
    rows = place.rows()

    now = place.bot.clock().timestamp() * 1_000_000
    lanes = [each for each in rows["lanes"] if each["kind"] not in RECURRING]
    assert [each for each in lanes if each["owner"] or each["claimable_at"] <= now] == []
    ended = [each["done_at"] or each["quarantined_at"] for each in rows["deliveries"]]
    assert all(ended)
    late = [each for each in rows["cards"] if each["shown_rev"] < each["wanted_rev"]]
    assert all(each["given_up_rev"] == each["wanted_rev"] for each in late)
    assert all(each["done_at"] for each in rows["refunds"])
    assert status_of(rows, amount_minor=7_000) == "credited"


async def test_what_was_sent_is_pressed_filled_in_and_paid(
    place: GoldenPlace, sent: tuple[Sent, Clock]
) -> None:
    """Whoever has a message, a form, a link or a question of that day goes on with it today."""
    await people_go_on_in_slack(place, sent[0])
    await people_go_on_in_telegram(place, sent[0])
    await people_pay_by_their_links(place, sent[0].links)
    await people_type_and_press(place, sent[0].links)
    await an_operator_credits_what_is_held(place)
    a_sealed_token_is_opened(place)


async def people_go_on_in_slack(place: GoldenPlace, sent: Sent) -> None:
    """A stored message's button, an alert's button, and a form that stands open."""
    review, alert = sent.slack.values()
    (form,) = sent.forms
    filled: dict[str, Json] = {
        "account": {"selected_option": {"value": ACCOUNT}},
        "amount": {"value": "45"},
        "method": {"selected_option": {"value": "card"}},
    }
    draft, user = form["private_metadata"], {"id": "U2", "name": "ben", "team_id": "T1"}
    await place.slack.submit(filled, form["callback_id"], draft, user=user, trigger_id="form.1")
    await place.bot.quiet()
    assert "$45.68" in json.dumps(place.slack.slack.messages, ensure_ascii=False)

    await presses(place, review, "Confirm", "U1")
    await presses(place, alert, "Top up", "U2")
    assert status_of(place.rows(), amount_minor=4_000) == "awaiting_payment"
    (opened_form,) = place.slack.slack.called("views.open")
    assert opened_form["view"]["callback_id"] == form["callback_id"]


async def people_go_on_in_telegram(place: GoldenPlace, sent: Sent) -> None:
    """A stored message's button, and an alert's link to the private chat."""
    review, alert = (each["reply_markup"]["inline_keyboard"] for each in sent.telegram)
    await place.presses(301, review[0][0]["callback_data"])
    assert status_of(place.rows(), amount_minor=3_000) == "awaiting_payment"

    start = alert[0][0]["url"].partition("?start=")[2]
    await place.writes(302, f"/start {start}")
    assert place.telegram.called("sendMessage")[-1]["text"].count("Team Beta")


async def people_pay_by_their_links(place: GoldenPlace, links: dict[str, str]) -> None:
    """An open page is paid, a pay link is followed, a way back is shown, a button cancels."""
    bot, before = place.bot, balance_of(place.rows())
    for pay in ("open pay", "new pay"):
        assert (await bot.web.get(links[pay])).status_code == 200
        page = (await bot.web.post(links[pay])).headers["location"]
        assert pay == "new pay" or page == links["open page"]
        await pay_by_card(bot.web, page, PAID)
        await bot.calls_back(page.rsplit("/", 1)[1])
    back = await bot.web.get(links["open return"])
    await bot.does(DORA, press=links["cancel"])
    rows = place.rows()

    assert "Thank you" in back.text
    assert status_of(rows, amount_minor=2_500) == status_of(rows, amount_minor=1_500) == "credited"
    assert status_of(rows, amount_minor=3_500) == "cancelled"
    assert balance_of(rows) == before + 2_500 + 1_500


async def people_type_and_press(place: GoldenPlace, links: dict[str, str]) -> None:
    """A typed amount answers the question that stands; a button of what is paid by now is old."""
    await place.bot.does(ANA, text="65")
    (said,) = await place.bot.does(BEN, press=links["I have paid"])

    assert any("65" in row.value for row in place.bot.chat.newest(ANA).view.rows)
    assert isinstance(said, Toast)


async def an_operator_credits_what_is_held(place: GoldenPlace) -> None:
    """Money of a top-up that nobody knows, to an account that was low: its alert is resolved."""
    app, rows = place.bot.app, place.rows()
    (held,) = [each for each in rows["payments"] if each["held_because"] == "unknown_top_up"]
    name, before = held["payment_ref"], balance_of(rows, LOW)

    await app.store.transact(lambda tx: credit_held(context_of(tx, app.services), name, LOW, WHY))
    await place.bot.quiet()

    assert balance_of(place.rows(), LOW) == before + held["amount_minor"]
    alerts = [one for one in place.slack.slack.messages.values() if one["channel"] == "C1"]
    assert any("Resolved" in each["text"] for each in alerts)


def a_sealed_token_is_opened(place: GoldenPlace) -> None:
    """Slack's tokens of workspaces and of an organisation, with the key of that day."""
    vault, kept = Vault((SECRET_KEY,)), place.rows()["slack_installations"]

    assert [vault.open(each["bot_token"]) for each in kept] == [SLACK_TOKEN] * 2


async def presses(place: GoldenPlace, message: Json, label: str, person: str) -> None:
    """Somebody presses a button of a message, as Slack tells it."""
    element, block = next(
        (element, block)
        for block in message["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
        if element["text"]["text"].startswith(label)
    )
    action = {"type": "button", "block_id": block.get("block_id", "b"), **element}
    await place.slack.press(
        actions=[action],
        channel=message["channel"],
        user={"id": person, "name": person, "team_id": "T1"},
        trigger_id=f"{person}.{label}",
    )
    await place.bot.quiet()


def balance_of(rows: Rows, account: str = ACCOUNT) -> int:
    (found,) = [each for each in rows["accounts"] if each["id"] == account]
    return int(found["balance_minor"])


def status_of(rows: Rows, **like: Any) -> str:
    """The status of the one top-up that is so."""
    (found,) = [each for each in rows["top_ups"] if like.items() <= each.items()]
    return str(found["status"])
