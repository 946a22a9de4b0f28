"""What an operator types is answered by a sentence; the table of commands is typed as printed."""

from __future__ import annotations

import asyncio
import re
from importlib.metadata import version
from pathlib import Path

import pytest

from bot.commands.common import place_of_rows
from service.ports.records import Link, LinkKind, Task, TaskKind
from tests.support.bots.bot_place import ACCOUNT, BEN, START, bot_place
from tests.support.bots.operator_place import Operator, operator
from tests.support.chats.pocket_chat import PLATFORM, TENANT
from tests.support.house import source

__all__ = ["operator"]

Lines = tuple[tuple[str, ...], ...]
READING: Lines = (
    ("accounts", "list"),
    ("held", "list"),
    ("inspect",),
    ("keys",),
)
WRITING: Lines = (
    ("accounts", "set", "ops", "--title", "Ops"),
    ("charge", "ops", "5"),
    ("reconcile", "--reason", "x"),
)
# They serve until they are stopped.
_SERVING = ("run", "chat", "demo")


def rows_of_the_table() -> list[str]:
    """The commands of the table in docs/operating.md, as they are printed."""
    text = (source.ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    return re.findall(r"^\| `topup-bot ([^`]+)` \|", text, flags=re.MULTILINE)


def fill_in(line: str, filled: dict[str, str]) -> str:
    """A line of the table with something real in place of what stands in capitals."""
    for name, value in filled.items():
        line = re.sub(rf"\b{name}\b", value, line)
    return line


async def prepare(folder: Path) -> str:
    """A paid top-up and a task; the top-up's id."""
    async with bot_place(folder) as place:
        await place.pays(await place.asks_for())
        await place.does(BEN, text="/topup help")
        task = Task(TaskKind.WATCH_ENDED, "TASK", "nobody knows", START)
        await place.app.store.transact(lambda tx: tx.tasks.add(task))
        (top_up,) = place.rows("top_ups")
    return str(top_up["id"])


def test_170_the_table_of_commands_runs_as_printed(operator: Operator) -> None:
    """Each row with its placeholders filled in: no option is missing, and each does its work."""
    top_up = asyncio.run(prepare(operator.folder))
    operator.patch.setenv("PUBLIC_URL", "https://pay.example.com")
    filled = {
        "accounts add ACCOUNT": "accounts add fresh",
        "ACCOUNT": ACCOUNT,
        "AMOUNT": "12.50",
        "TEAM": "T1",
        "held resolve ID": "held resolve TASK",
        "ID": top_up,
        "FILE": "copy.db",
        "MARK": "unmarked",
        "people erase PERSON": "people erase pocket:T1/ben",
        "PERSON": "pocket:T1/ana",
        "TX": "TX-000002",  # what the charge above it booked
        "WHY": "tried",
    }
    rows = rows_of_the_table()
    assert len(rows) > 20
    for row in rows:
        line = fill_in(row, filled)
        words = line.split()
        told = operator.types(*words, *(["--help"] if words[0] in _SERVING else []))
        assert told.code == 0, (line, told.err)


def test_161_a_reading_command_makes_no_database(operator: Operator) -> None:
    """In a folder without one it says so, and where it looked; for programs there is nothing."""
    operator.database.unlink()
    for line in READING:
        told = operator.types(*line)
        assert told.code == 0, (line, told.err)
        assert str(operator.database) in told.err, line
        assert "There is no database yet" in told.err, line
    assert operator.types("accounts", "list", "--json").json == []
    for line in WRITING:
        told = operator.types(*line)
        assert told.code == 2, line
        assert str(operator.database) in told.err, line
    assert list(operator.folder.iterdir()) == []


def test_161_a_reading_command_says_which_database_it_looked_at(operator: Operator) -> None:
    """Last of all, but not where programs read; never with a password."""
    told = operator.types("accounts", "list")
    assert told.out.endswith(f"Database: {operator.database}\n")
    assert operator.types("accounts", "list", "--json").err == ""
    operator.patch.setenv("DATABASE_URL", "postgresql://bot:hush@127.0.0.1:9/topup")
    away = operator.types("held", "list")
    assert away.code == 2
    assert "hush" not in away.err + away.out + place_of_rows("postgresql://bot:hush@db/topup")


def test_157_each_riddle_has_a_sentence(operator: Operator) -> None:
    """What is wrong and what would be right; what was done, where nothing shows it."""
    short = operator.types("accounts", "add", "x")
    assert "2 to 40 characters" in short.err
    nothing = operator.types("held", "list").out.splitlines()
    assert nothing[:1] == ["Nothing is held, and nothing else waits for an operator."]
    operator.types("accounts", "add", "ops")
    told = operator.types("audit", "export", "--into", "trail.csv")
    assert told.err == f"Wrote 1 rows of {operator.database} to trail.csv.\n"
    assert operator.types("--version").out == f"topup-bot {version('topup-bot')}\n"
    assert "holds no rules" not in operator.types("--help").out
    operator.patch.setenv("PORT", "abc")
    assert operator.types("chat").err.startswith("PORT ")


def test_157_a_threshold_and_a_title_can_change_later(operator: Operator) -> None:
    """One without the other, at once and for good; the audit trail has before and after."""
    operator.types("accounts", "add", "ops", "--alert-below", "20")
    told = operator.types("accounts", "set", "ops", "--alert-below", "30.50", "--reason", "why")
    assert told.out == "ops is “ops” and alerts below $30.50.\n"
    operator.types("accounts", "set", "ops", "--title", "Operations")
    operator.types("accounts", "set", "ops", "--alert-below", "none")
    (listed,) = operator.types("accounts", "list", "--json").json
    assert (listed["title"], listed["alert_below"]) == ("Operations", None)
    trail = operator.types("audit", "export", "--format", "json").json
    changes = [row["detail"] for row in trail if row["act"] == "account_changed"]
    assert changes[0] == {
        "title_before": "ops",
        "title_after": "ops",
        "alert_below_minor_before": "2000",
        "alert_below_minor_after": "3050",
        "reason": "why",
    }
    assert [each["title_after"] for each in changes] == ["ops", "Operations", "Operations"]
    for wrong in ((), ("--title", "x" * 200), ("--alert-below", "5 EUR")):
        assert operator.types("accounts", "set", "ops", *wrong).code == 2
    assert operator.types("accounts", "set", "nobody", "--title", "x").code == 2


def test_157_a_new_threshold_alerts_at_once(operator: Operator) -> None:
    """Whoever raises it above the balance wants to hear now."""

    async def run() -> None:
        async with bot_place(operator.folder) as place:
            link = Link(ACCOUNT, PLATFORM, TENANT, LinkKind.CHANNEL, "C1")
            await place.app.store.transact(lambda tx: tx.accounts.link(link, START))

    asyncio.run(run())
    assert operator.types("accounts", "set", ACCOUNT, "--alert-below", "20").code == 0
    cards = operator.types("inspect", "--json").json["cards"]
    assert [card["subject"] for card in cards] == [ACCOUNT]


@pytest.mark.parametrize("width", [60, 80, 100])
def test_172_inspect_is_readable_at_every_width(operator: Operator, width: int) -> None:
    """No column is squeezed into single letters: each value stands whole on a line of its own."""
    asyncio.run(prepare(operator.folder))
    operator.patch.setenv("COLUMNS", str(width))
    lines = operator.types("inspect").out.splitlines()
    found = operator.types("inspect", "--json").json
    for kind in ("cards", "payments", "conversations"):
        for row in found[kind]:
            for name, value in row.items():
                if isinstance(value, str) and value.isascii():
                    assert any(value in line for line in lines), name


def test_157_a_key_that_drew_already_says_so(operator: Operator) -> None:
    """The balance is told as before, and beside it that nothing was drawn this time."""
    asyncio.run(prepare(operator.folder))
    line = ("charge", ACCOUNT, "5", "--key", "k1")
    first, again = operator.types(*line), operator.types(*line)
    assert (first.out, first.err) == (again.out, "")
    assert again.err == "Nothing was drawn: --key k1 drew this amount already, and draws once.\n"
    assert again.code == 0
    assert operator.types("charge", ACCOUNT, "5").err == ""


def test_171_the_trail_holds_every_act_of_money(operator: Operator) -> None:
    """Each transaction of the ledger has its act: what came in, what was drawn and corrected."""
    asyncio.run(prepare(operator.folder))
    operator.types("charge", ACCOUNT, "5", "--reason", "usage of May")
    booked = operator.runs_sql("SELECT id FROM transactions ORDER BY id DESC LIMIT 1")[0][0]
    name = operator.types("inspect", "--json").json["ledger"][0]["postings"][0]["transaction"]
    assert name.endswith(str(booked))
    assert operator.types("correct", name, "--reason", "twice").code == 0
    trail = operator.types("audit", "export", "--format", "json").json
    acts = [row["act"] for row in trail]
    money = ("payment_applied", "charged", "transaction_corrected")
    assert [acts.count(each) for each in money] == [1, 1, 1]
    assert operator.runs_sql("SELECT count(*) FROM transactions")[0][0] == len(money)
    (charged,) = (row["detail"] for row in trail if row["act"] == "charged")
    assert charged["reason"] == "usage of May"


def test_171_whoever_books_writes_it_down() -> None:
    """No module posts to the ledger and leaves the audit trail out."""
    files = (each for each in source.product_files() if source.name(each).startswith("service/"))
    texts = [(source.name(each), each.read_text(encoding="utf-8")) for each in files]
    books = [(name, text) for name, text in texts if "tx.ledger.post(" in text]
    assert len(books) >= 4
    assert [name for name, text in books if "audit" not in text] == []
