"""What is read with a limit is read to its end, or the code says why not."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from billing.ports import GatewayError
from conversations.protocol.ports import Delivery
from service.lanes.keys import LaneKind
from service.money.hints import HINTS_AT_ONCE
from service.ports import money as ports_money
from service.ports import work as ports_work
from service.ports.store import Tx
from tests.support.bots.bot_place import ANA, BotPlace, bot_place
from tests.support.house import source

CALLBACKS = 3 * HINTS_AT_ONCE + 50
_LIMITED = ("limit", "most")


def hints(lane: str) -> list[Delivery]:
    """Callbacks of one checkout that came while its gateway did not answer."""
    body = {"raw": "{}", "checkout": lane}
    return [
        Delivery("gateway:sandbox", f"{number}:{lane}", lane, body, {})
        for number in range(CALLBACKS)
    ]


async def told_often(place: BotPlace, lane: str) -> list[str]:
    """Many callbacks about one checkout; how each of them ended."""

    def work(tx: Tx) -> None:
        for each in hints(lane):
            tx.deliveries.add(each, place.clock())
        tx.lanes.schedule(LaneKind.PAYMENTS, lane, place.clock())

    await place.app.store.transact(work)
    await place.quiet()
    mine = [each for each in place.rows("deliveries") if each["lane"] == lane]
    assert len(mine) >= CALLBACKS
    return ["done" if each["done_at"] else each["error"] or "waiting" for each in mine]


async def test_122_every_callback_of_a_checkout_is_worked_off(tmp_path: Path) -> None:
    """However many came before the gateway answered, and it is asked once for all of them."""
    async with bot_place(tmp_path) as place:
        checkout = (await place.checkout(await place.asks_for())).rsplit("/", 1)[1]
        assert set(await told_often(place, f"sandbox|{checkout}")) == {"done"}
        lanes = [each for each in place.lanes() if each["kind"] == LaneKind.PAYMENTS]
        assert lanes == []


async def test_122_every_callback_that_nobody_knows_is_set_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asking again would not help: each is quarantined, and none waits for ever."""

    async def unknown(self: object, checkout_ref: str) -> None:
        raise GatewayError("the sandbox knows no such checkout", retry=False)

    async with bot_place(tmp_path) as place:
        await place.asks_for(ANA)
        (gateway,) = place.app.checkouts.gateways.values()
        monkeypatch.setattr(type(gateway), "fetch", unknown)
        ends = await told_often(place, "sandbox|cs_unknown")
    assert set(ends) == {"the sandbox knows no such checkout"}


# --- every other read ------------------------------------------------------------------------


def limited() -> frozenset[str]:
    """Methods of the storage that give at most so many rows."""
    limited: set[str] = set()
    others: set[str] = set()
    for module in (ports_money, ports_work):
        for function in source.functions(Path(module.__file__ or "")):
            names = [each.arg for each in (*function.args.args, *function.args.kwonlyargs)]
            kind = limited if any(name in names for name in _LIMITED) else others
            kind.add(function.name)
    return frozenset(limited - others)


def reads(tree: ast.Module, names: frozenset[str]) -> Iterator[ast.AST]:
    """Where something is read with a limit outside of a loop that reads on."""
    looping = {
        id(inner)
        for loop in ast.walk(tree)
        if isinstance(loop, ast.While | ast.AsyncFor)
        for inner in ast.walk(loop)
    }
    for node in ast.walk(tree):
        if id(node) not in looping and _asks_for_some(node, names):
            yield node


def _asks_for_some(node: ast.AST, names: frozenset[str]) -> bool:
    """A call of the storage, an argument of somebody else's client, or a field of a request."""
    match node:
        case ast.Call(ast.Attribute(ast.Attribute(ast.Name("tx")), name)):
            return name in names
        case ast.Call(ast.Attribute(), keywords=named):
            return any(each.arg == "limit" for each in named)
        case ast.Dict(keys=keys):
            return any(isinstance(key, ast.Constant) and key.value == "limit" for key in keys)
        case _:
            return False


def explained(lines: list[str], at: int) -> bool:
    """Whether a comment stands at that line, or above the statement that it is in."""
    above = at - 2
    while above >= 0 and lines[above].strip().endswith(("(", "[", "{", "=", ",")):
        above -= 1
    return "#" in lines[at - 1] or lines[above].strip().startswith("#")


def unexplained(code: str, names: frozenset[str]) -> list[int]:
    """Lines that read with a limit, once, and do not say why."""
    lines = code.splitlines()
    found = {node.lineno for node in reads(ast.parse(code), names)}  # type: ignore[attr-defined]
    return sorted(at for at in found if not explained(lines, at))


def test_122_what_is_read_once_with_a_limit_says_why() -> None:
    """In use cases and adapters: a loop, or a comment with the reason at the read."""
    names = limited()
    assert {"pending", "due_in", "watched", "page", "claim"} <= names
    found = [
        f"{source.name(path)}:{line}"
        for path in source.product_files()
        if source.name(path).startswith(("bot/", "service/", "adapters/"))
        and not source.name(path).startswith(("adapters/storage/", "adapters/contracts/"))
        for line in unexplained(path.read_text(encoding="utf-8"), names)
    ]
    assert found == [], "Read on in a loop, or say in a comment why once is enough"


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("for each in tx.deliveries.pending(lane, limit=100):\n    end(each)\n", [1]),
        ("page = tx.top_ups.watched(now, PAGE)\n", [1]),
        ("# The last alone.\npage = tx.top_ups.watched(now, PAGE)\n", []),
        ("while page := tx.top_ups.watched(now, PAGE):\n    end(page)\n", []),
        ('asked = {"limit": 100}\n', [1]),
        ("found = api.members(channel, limit=100)\n", [1]),
    ],
)
def test_122_a_read_without_a_reason_is_found(code: str, lines: list[int]) -> None:
    """The check sees what is to be seen, and no more."""
    assert unexplained(code, frozenset({"pending", "watched"})) == lines
