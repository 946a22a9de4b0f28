"""What a new thing touches: docs/architecture.md names the places, and here they must agree."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from importlib import import_module
from pathlib import Path

import pytest

from adapters.chat.slack.manifest import build_manifest
from billing.topups import Mode
from bot.settings.config import GROUPS, Settings, load
from bot.settings.gateways import GATEWAYS, METHOD_NAMES
from bot.wiring.kinds import RULES
from bot.wiring.traits import TRAITS
from conversations.protocol.actions import Topic
from conversations.words.sentence_words import SHOW_TOPIC
from conversations.words.words import (
    COMMANDS,
    HELP_ROWS,
    TOPIC_WORDS,
)
from playground.kit.callbacks import CALLBACK_FAULTS
from playground.kit.chat_faults import CHAT_FAULTS
from playground.stripe.world import WRONG_AMOUNT
from service.lanes.keys import LaneKind, stored_kinds
from tests.support.golden.bot import SETTINGS
from tests.support.house.source import ROOT, name, parsed, product_files

# In the core, where what is stored or sent needs a platform's name.
NAMED_IN_THE_CORE = {"billing/amounts/bank_card_numbers.py": "ids that look like card numbers"}
CONFIG = load(Settings.from_values(SETTINGS))
CHATS = sorted(path.parent.name for path in (ROOT / "adapters" / "chat").glob("*/adapter.py"))


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def read_all(pattern: str) -> str:
    """The text of every file that the pattern finds."""
    return "\n".join(path.read_text(encoding="utf-8") for path in ROOT.glob(pattern))


def missing(wanted: Iterable[str], found: Iterable[str]) -> list[str]:
    return sorted(set(wanted).difference(found))


def test_a_setting_is_named_in_its_group_alone() -> None:
    """Where groups are put together no setting stands by itself, neither as text nor checked."""
    checked = {
        each.name
        for group in fields(CONFIG)
        if is_dataclass(own := getattr(CONFIG, group.name))
        for each in fields(own)
    }
    settings = {*Settings.names(), *checked} - {each.name for each in fields(CONFIG)}
    tree = [*ast.walk(parsed(ROOT / "bot" / "settings" / "config.py"))]
    said = {each for node in tree for _, each in ast.iter_fields(node) if isinstance(each, str)}

    assert len(settings) > len(GROUPS)
    assert {each.casefold() for each in said} & settings == set(), "Leave it to its group"


def test_every_kind_of_work_is_known_everywhere() -> None:
    """Who does it, how much at once, how long it waits, and its row in the table of lanes."""
    page = read("docs/architecture.md").partition("## Everything pending is a lane")[2]
    rows = set(re.findall(r"^\| `([\w:]+)`", page.partition("\n## ")[0], flags=re.MULTILINE))
    kinds = {stored for kind in LaneKind for stored in stored_kinds(kind, ["slack"])}

    assert missing(LaneKind, {*RULES, LaneKind.POLL}) == [], "Add a row to bot/wiring/kinds.py"
    assert rows == kinds, "docs/architecture.md has other lanes"


def test_names_of_pending_work_are_made_in_one_module() -> None:
    """No lane is scheduled or claimed by a word that is written where that is done."""
    own = [path for path in product_files() if "contracts" not in path.parts]
    asking = [path for path in own if ".lanes." in path.read_text(encoding="utf-8")]
    calls = [(name(path), call) for path in asking for call in _calls_of_lanes(path)]
    said = {
        at
        for at, call in calls
        if any(isinstance(word, ast.Constant | ast.JoinedStr) for word in call.args[:2])
    }

    assert len(calls) >= len(LaneKind), "Lanes are scheduled otherwise by now: mend this test"
    assert sorted(said) == [], "Write kind and key in service/lanes/keys.py"


def _calls_of_lanes(path: Path) -> Iterator[ast.Call]:
    """What schedules lanes, claims one or brings them forward."""
    for node in ast.walk(parsed(path)):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Attribute(attr="lanes"), attr=verb)):
                if verb in ("schedule", "claim_one", "bring_forward"):
                    yield node


def test_every_topic_is_offered_wherever_people_look() -> None:
    """Words to type, a button, a row of the help, Telegram's menu, and Slack's hint."""
    hint = build_manifest("https://pay.example.com")["features"]["slash_commands"][0]["usage_hint"]
    helped = {row for row, _ in HELP_ROWS} | {Topic.HELP}

    assert missing(Topic, TOPIC_WORDS.values()) == [], "Add words to TOPIC_WORDS"
    assert missing(Topic, SHOW_TOPIC) == [], "Add a button to SHOW_TOPIC"
    assert missing(Topic, helped) == [], "Add a row to HELP_ROWS"
    assert missing(Topic, (command for command, _ in COMMANDS)) == [], "Add it to COMMANDS"
    assert missing(Topic, hint.split(" | ")) == [], "Add it to usage_hint of Slack's manifest"


@pytest.mark.parametrize("fault", sorted({*CHAT_FAULTS, *CALLBACK_FAULTS, WRONG_AMOUNT}))
def test_every_fault_of_the_playground_has_words_and_happens(fault: str) -> None:
    """The page names it, and some part of the playground asks whether it is on."""
    asked = re.findall(r'happens(?:_once)?\("?(\w+)"?\)', read_all("playground/**/*.py"))
    told = re.findall(r"^  (\w+): \[", read("playground/static/faults.js"), re.MULTILINE)

    assert fault in told, "Give it words in playground/static/faults.js"
    assert {fault, fault.upper()} & set(asked), "No part of the playground does it"


def test_every_gateway_is_explained_and_keeps_the_contract() -> None:
    """An operator reads its name, and its own folder of tests inherits what all must do."""
    known = re.search(r"Known: (.+)\.$", read(".env.example"), re.MULTILINE)
    told = re.findall(r"(\w+)(?: \([^)]*\))?(?:, |$)", known[1]) if known else []

    assert missing(GATEWAYS, told) == [], "Name it behind `Known:` in .env.example"
    folders = [path.parent.name for path in (ROOT / "adapters" / "gateways").glob("*/gateway.py")]
    assert missing(folders, GATEWAYS) == [], "Add the package to bot/settings/gateways.py"
    for gateway in GATEWAYS:
        tests = read_all(f"tests/adapters/{gateway}/test_*.py")
        assert re.search(
            r"^class Test\w+\(\s*GatewayContract,\s+FailureContract\b", tests, re.MULTILINE
        ), gateway
        assert any((ROOT / "tests" / "fixtures" / gateway).glob("*.json")), gateway


def test_every_way_to_pay_has_words() -> None:
    """A name to read, words to type, and of these the one to suggest; no two have one key."""
    for gateway, traits in GATEWAYS.items():
        module = vars(import_module(f"adapters.gateways.{gateway}.methods"))
        offered = {
            each.key for name in module if name.endswith("METHODS") for each in module[name]
        }
        assert offered == set(traits.method_names), gateway
    assert len(METHOD_NAMES) == sum(len(each.method_names) for each in GATEWAYS.values())
    assert all(names.typed in names.words for names in METHOD_NAMES.values())


def test_every_chat_is_set_up_played_and_keeps_the_contract() -> None:
    """Its settings, its tests with what all must do, and the dialogs that are played in it."""
    groups = {each.__name__.removesuffix("Variables").lower() for each in GROUPS}
    played = {path.stem for path in (ROOT / "tests" / "support" / "dialogs").glob("*.py")}

    assert CHATS
    assert missing(CHATS, TRAITS) == [], "Add the package to bot/wiring/traits.py"
    assert missing(CHATS, groups) == [], "Add a group to GROUPS of bot/settings/config.py"
    assert missing(CHATS, played) == [], "Play the dialogs in it: tests/support/dialogs"
    for chat in CHATS:
        tests = read_all(f"tests/adapters/{chat}/test_*.py")
        assert re.search(r"^class Test\w+\(ChatContract\)", tests, re.MULTILINE), chat


def test_nobody_outside_of_its_folder_names_a_gateway() -> None:
    """Its traits say all that others need of it; "sandbox" is a kind of money as well."""
    rooms = ("billing/", "bot/", "conversations/", "service/")
    paths = (path for path in product_files() if name(path).startswith(rooms))
    gateways = set(GATEWAYS).difference(Mode)
    naming = [name(path) for path in paths if said_in(path, gateways)]

    assert naming == ["bot/settings/gateways.py"], "Add it to GatewayTraits"


def test_no_use_case_names_a_platform() -> None:
    """What sets platforms apart comes with their traits; the core may name one for a reason."""
    naming = {name(path) for path in product_files() if said_in(path, TRAITS)}

    assert [each for each in naming if each.startswith("service/")] == [], "Add it to ChatTraits"
    core = {each for each in naming if each.startswith(("billing/", "conversations/"))}
    assert core == NAMED_IN_THE_CORE.keys(), "Take it out, or give a reason"


def said_in(path: Path, names: Iterable[str]) -> bool:
    """Whether one of these stands in code or in what is said, not only in prose beside."""
    text = path.read_text(encoding="utf-8")
    if not any(each in text.lower() for each in names):
        return False
    nodes = [*ast.walk(ast.parse(text))]
    prose = {node.value for node in nodes if isinstance(node, ast.Expr)}
    code = [node for node in nodes if node not in prose]
    values = [value for node in code for _, value in ast.iter_fields(node)]
    words = " ".join(one for one in values if isinstance(one, str)).lower()
    return any(each in words for each in names)
