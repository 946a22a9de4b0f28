"""`topup-bot audit`: says whether the trail is whole, names what is not, and writes it down."""

from __future__ import annotations

import asyncio
import csv
import json

import pytest

from adapters.storage.store import open_store
from tests.support.bots.operator_place import Operator, operator
from tests.support.databases.trails import claimed, seal_all, sealer

__all__ = ["operator"]


@pytest.fixture
def busy(operator: Operator) -> Operator:
    """An operator who has done three things, all sealed."""
    for account in ("one", "two", "three"):
        operator.types("accounts", "add", account)
    asyncio.run(_seal())
    return operator


async def _seal() -> None:
    store = open_store("sqlite:///bot.db")
    await seal_all(sealer(store), await claimed(store))
    await store.close()


def test_a_whole_trail_is_said_to_be_whole(busy: Operator) -> None:
    """With its newest seal to note, and what is not sealed yet as such; exit code 0."""
    busy.types("accounts", "add", "four")
    told, facts = busy.types("audit", "verify"), busy.types("audit", "verify", "--json").json
    again = busy.types("audit", "verify", "--noted", facts["seal"])
    noted = told.out.partition("elsewhere: ")[2].split()[0]
    as_written = busy.types("audit", "verify", "--noted", noted)

    assert (told.code, again.code, as_written.code) == (0, 0, 0)
    assert "4 rows, 3 of them sealed" in told.out
    assert noted.replace(":", "") == facts["seal"]
    assert "Not sealed yet: 1" in told.out
    assert facts["whole"]
    assert (facts["rows"], facts["sealed_to"], facts["unsealed"]) == (4, 3, 1)


@pytest.mark.parametrize(
    ("statement", "row", "what"),
    [
        ("UPDATE audit SET actor = 'nobody' WHERE id = 2", 2, "altered"),
        ("DELETE FROM audit WHERE id = 1", 1, "removed"),
        ("DELETE FROM audit_seals WHERE audit_id = 1", 1, "out of order"),
        ("INSERT INTO audit VALUES (9, 0, '', '', '', '{}')", 4, "missing"),
    ],
)
def test_69_a_broken_trail_is_named_and_ends_in_one(
    busy: Operator, statement: str, row: int, what: str
) -> None:
    """The first row that is wrong, in a sentence and in JSON; exit code 1."""
    busy.unguards()
    busy.runs_sql(statement)
    told, facts = busy.types("audit", "verify"), busy.types("audit", "verify", "--json")

    assert (told.code, facts.code) == (1, 1)
    assert told.out.startswith(f"Row {row} of the audit trail")
    assert facts.json["fault"] == {"row": row, "what": what}
    assert not facts.json["whole"]


def test_a_seal_that_was_noted_and_is_gone_ends_in_one(busy: Operator) -> None:
    """A chain that was made anew fits in itself, and lacks the seal that stands elsewhere."""
    told = busy.types("audit", "verify", "--noted", "f" * 64)

    assert told.code == 1
    assert "The noted seal is not in the chain" in told.out


@pytest.mark.parametrize("command", ["verify", "export"])
def test_a_trail_that_is_not_there_is_not_called_whole(operator: Operator, command: str) -> None:
    """A wrong folder gives no all-clear and no empty file, but says where it looked."""
    for file in operator.folder.iterdir():
        file.unlink()
    into = ("--into", "trail.csv") if command == "export" else ()
    told = operator.types("audit", command, *into)

    assert (told.code, told.out) == (2, "")
    assert str(operator.database) in told.err
    assert list(operator.folder.iterdir()) == []


def test_an_empty_trail_is_whole(operator: Operator) -> None:
    """Nothing was done yet, and nothing is wrong."""
    told = operator.types("audit", "verify")

    assert (told.code, told.err) == (0, "")
    assert "0 rows" in told.out
    assert operator.types("audit", "export", "--format", "json").json == []


def test_the_trail_is_written_down(busy: Operator) -> None:
    """As CSV or JSON, printed or into a new file: every row, with its time and seal."""
    printed = list(csv.DictReader(busy.types("audit", "export").out.splitlines()))
    told = busy.types("audit", "export", "--format", "json", "--into", "trail.json")
    written = json.loads((busy.folder / "trail.json").read_text("utf-8"))

    assert (told.code, told.out) == (0, "")
    assert [each["subject"] for each in printed] == ["one", "two", "three"]
    assert written[0]["detail"] == {"currency": "USD"}
    assert json.loads(printed[0]["detail"]) == written[0]["detail"]
    assert [each["seal"] for each in written] == [each["seal"] for each in printed]
    assert written[0]["at"].endswith("+00:00")


def test_a_file_that_is_there_is_not_written_over(busy: Operator) -> None:
    """It is refused with its name, and stays as it is."""
    (busy.folder / "kept.csv").write_text("mine")
    told = busy.types("audit", "export", "--into", "kept.csv")

    assert told.code == 2
    assert "kept.csv" in told.err
    assert (busy.folder / "kept.csv").read_text() == "mine"


def test_a_broken_trail_is_still_written_down(busy: Operator) -> None:
    """What somebody made of a row stands there as it is, so that it can be seen."""
    busy.unguards()
    busy.runs_sql("UPDATE audit SET at = 'soon', detail = '{' WHERE id = 2")
    (row,) = [
        each
        for each in busy.types("audit", "export", "--format", "json").json
        if each["number"] == 2
    ]

    assert (row["at"], row["detail"]) == ("soon", "{")
