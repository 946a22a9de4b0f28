"""What is read with a limit is read to its end, or the code says why not."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator, Mapping
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
# These tell a tool something, and no reader why.
_FOR_TOOLS = ("# noqa", "# type:")


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
        for deciding in _deciding(loop)
        for inner in ast.walk(deciding)
    }
    for node in ast.walk(tree):
        if id(node) not in looping and _asks_for_some(node, names):
            yield node


def _deciding(loop: ast.While | ast.AsyncFor) -> Iterator[ast.AST]:
    """What a loop goes on by: its own condition, and what is assigned to a name in one inside."""
    yield loop.iter if isinstance(loop, ast.AsyncFor) else loop.test
    conditions = [loop.test] if isinstance(loop, ast.While) else []
    conditions += [each.test for each in ast.walk(loop) if isinstance(each, ast.If)]
    decide = {
        each.id for test in conditions for each in ast.walk(test) if isinstance(each, ast.Name)
    }
    for each in ast.walk(loop):
        if isinstance(each, ast.Assign | ast.AnnAssign) and each.value is not None:
            targets = each.targets if isinstance(each, ast.Assign) else [each.target]
            named = {
                name.id for to in targets for name in ast.walk(to) if isinstance(name, ast.Name)
            }
            if named & decide:
                yield each.value


def _asks_for_some(node: ast.AST, names: frozenset[str]) -> bool:
    """A call of the storage, an argument of somebody else's client, or a field of a request."""
    match node:
        case ast.Call(ast.Attribute(ast.Attribute(ast.Name("tx") | ast.Attribute(_, "tx")), name)):
            return name in names
        case ast.Call(ast.Attribute(), keywords=named):
            return any(each.arg == "limit" for each in named)
        case ast.Dict(keys=keys):
            return any(isinstance(key, ast.Constant) and key.value == "limit" for key in keys)
        case _:
            return False


def explained(lines: list[str], at: int, comments: Mapping[int, str]) -> bool:
    """Whether a comment stands at that line, or above the statement that it is in."""
    above = at - 1
    while above >= 1 and lines[above - 1].strip().endswith(("(", "[", "{", "=", ",")):
        above -= 1
    said = comments.get(at, ""), comments.get(above, "")
    return any(each and not each.startswith(_FOR_TOOLS) for each in said)


def comments_of(code: str) -> dict[int, str]:
    """The comments by their lines; a sign in a text is none."""
    tokens = tokenize.generate_tokens(io.StringIO(code).readline)
    return {each.start[0]: each.string for each in tokens if each.type == tokenize.COMMENT}


def unexplained(code: str, names: frozenset[str]) -> list[int]:
    """Lines that read with a limit, once, and do not say why."""
    lines, comments = code.splitlines(), comments_of(code)
    found = {node.lineno for node in reads(ast.parse(code), names)}  # type: ignore[attr-defined]
    return sorted(at for at in found if not explained(lines, at, comments))


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
        ("page = context.tx.top_ups.watched(now, PAGE)\n", [1]),
        ('asked = {"limit": 100}\n', [1]),
        (
            "while waits():\n    for one in tx.deliveries.pending(lane, 9):\n        end(one)\n",
            [2],
        ),
        ("while True:\n    page = tx.x.watched(at, 9)\n    if not page:\n        break\n", []),
        ('page = tx.top_ups.watched(now, PAGE, "#")\n', [1]),
        ("page = tx.top_ups.watched(now, PAGE)  # type: ignore[misc]\n", [1]),
        ("found = api.members(channel, limit=100)\n", [1]),
    ],
)
def test_122_a_read_without_a_reason_is_found(code: str, lines: list[int]) -> None:
    """The check sees what is to be seen, and no more."""
    assert unexplained(code, frozenset({"pending", "watched"})) == lines


def test_122_what_the_storage_limits_by_itself_says_why() -> None:
    """Whoever calls it gives the limit, or the statement says why so many are enough."""
    found = [
        f"{source.name(path)}:{line}"
        for path in source.product_files()
        if source.name(path).startswith("adapters/storage/")
        for line in _limited_by_itself(path.read_text(encoding="utf-8"))
    ]
    assert found == [], "Take the limit from who calls, or say in a comment why it is enough"


def _limited_by_itself(code: str) -> list[int]:
    lines, comments = code.splitlines(), comments_of(code)
    tree, found = ast.parse(code), []
    given = {"limit"} | {
        ast.unparse(each.target if isinstance(each, ast.AnnAssign) else each.targets[0])
        for each in tree.body
        if isinstance(each, ast.Assign | ast.AnnAssign)
        and each.value is not None
        and ast.unparse(each.value).startswith("bindparam(")
    }
    for node in ast.walk(tree):
        match node:
            case ast.Call(ast.Attribute(_, "limit"), [ast.Call() | ast.Constant(1)]):
                # Bound by who executes it, or the first alone.
                continue
            case ast.Call(ast.Attribute(_, "limit"), [ast.Name(name)]) if name in given:
                continue
            case ast.Call(ast.Attribute(_, "limit"), [_]):
                at = node.end_lineno or node.lineno
                if not explained(lines, at, comments):
                    found.append(at)
    return found
