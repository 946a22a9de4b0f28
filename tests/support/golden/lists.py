"""The lists that others hold on to, as today's code has them: each entry is one line of text.

Modules are found by looking, so that moving one changes nothing here.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import Any, get_args

from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from dotenv import dotenv_values
from pydantic import SecretStr
from typer.main import get_command

from adapters.chat.slack.manifest import build_manifest
from adapters.gateways.sandbox.server import books as sandbox
from billing.ledger import TransactionKind
from billing.marks import MarkStatus as MarkStanding
from billing.ports import CallbackFlaw
from billing.topups import Disposition, HeldReason, Mode, PaymentStatus, TopUpStatus
from bot.cli import app as command_line
from bot.settings.config import Config, Settings, load
from conversations.protocol.actions import Action, Slot, Topic
from conversations.protocol.events import Membership as PersonStanding
from conversations.protocol.events import State
from conversations.protocol.ports import Verdict
from conversations.protocol.views import ButtonStyle
from conversations.words.words import COMMANDS
from service.common.metrics import CallbackResult, Owner
from service.lanes.keys import LaneKind
from service.ports.records import LinkKind, TaskKind
from tests.support.golden.acts import acts
from tests.support.golden.bot import SETTINGS, parts
from tests.support.golden.metrics import families
from tests.support.house.source import ROOT, parsed, product_files

_STORED: Mapping[str, Iterable[StrEnum]] = {
    "accounts.mode, top_ups.mode": Mode,
    "cards.refused, cards.dismissed": Verdict,
    "cards.wanted_view slot, conversations.state slot": Slot,
    "cards.wanted_view style": ButtonStyle,
    "cards.wanted_view topic": Topic,
    "deliveries.body standing": PersonStanding,
    "documents.body method": sandbox.Method,
    "documents.body status": sandbox.CheckoutStatus,
    "documents.body transfer": sandbox.TransferOutcome,
    "links.kind": LinkKind,
    "marks.standing": MarkStanding,
    "payments.disposition": Disposition,
    "payments.held_because": HeldReason,
    "payments.status": PaymentStatus,
    "tasks.kind": TaskKind,
    "top_ups.status": TopUpStatus,
    "transactions.kind": TransactionKind,
    "metric label became": [*CallbackResult, *CallbackFlaw],
    "metric label whose": Owner,
}
_LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
_LOGGER = re.compile(r"_?log(ger)?")


def settings() -> Iterator[str]:
    """Every setting with its default, its line in .env.example, and what an empty one means."""
    for name, value in Settings.from_values({}):
        shown = "(secret)" if isinstance(value, SecretStr) else value
        yield f"{name.upper()} = {shown}"
    for name, text in dotenv_values(ROOT / ".env.example", interpolate=False).items():
        yield f".env.example: {name} = {text}"
    kept = load(Settings.from_values(SETTINGS)).retention
    yield from (f"{each.setting} empty = {time.days} days" for each, time in kept.items())
    yield from (f"operator.env is read as {each}" for each in sorted(set(_read(_operators()))))


def _operators() -> Config:
    """A file in which an operator set everything there is."""
    found = dotenv_values(ROOT / "tests" / "golden" / "operator.env")
    return load(Settings.from_values({each.lower(): text for each, text in found.items()}))


def _read(value: Any) -> Iterator[str]:
    """What a setting came to, whatever its parts are called."""
    if isinstance(value, SecretStr):
        yield from _read(value.get_secret_value())
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from (f"{name}: {text}" for text in _read(each))
    elif isinstance(value, tuple):
        yield " ".join(str(getattr(each, "name", each)) for each in value)
        yield from (text for each in value if is_dataclass(each) for text in _read(each))
    elif is_dataclass(value):
        yield from (text for each in fields(value) for text in _read(getattr(value, each.name)))
    elif value is not None and value != "":
        yield str(value)


def metrics() -> Iterator[str]:
    """Every metric with its type and its labels."""
    for name, (kind, labels) in families().items():
        yield " ".join([kind, name, *labels])


def lane_kinds() -> Iterator[str]:
    """What pending work is called in the database, in metrics and in logs."""
    yield from parts().lane_kinds
    yield LaneKind.POLL


def routes() -> Iterator[str]:
    """The addresses that platforms, gateways, browsers and monitors were given."""
    yield from parts().routes


def log_phrases() -> Iterator[str]:
    """Every constant text that is logged, as operators look for it."""
    for path in product_files():
        for function in ast.walk(parsed(path)):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                yield from _logged(function)


def _logged(function: ast.AST) -> Iterator[str]:
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    for call in calls:
        where = call.func.value if isinstance(call.func, ast.Attribute) else None
        direct = isinstance(call.func, ast.Attribute) and call.func.attr in _LEVELS
        if direct and isinstance(where, ast.Name) and _LOGGER.fullmatch(where.id):
            yield from (_text(call.args[0], function) if call.args else ())
        elif any(isinstance(each, ast.Name) and each.id == "log" for each in call.args):
            yield from (text for each in call.args for text in _text(each, function))


def _text(node: ast.AST, function: ast.AST) -> Iterator[str]:
    """A constant text; also one that has a name in the function."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield json.dumps(node.value, ensure_ascii=False)[1:-1]
    elif isinstance(node, ast.IfExp):
        yield from _text(node.body, function)
        yield from _text(node.orelse, function)
    elif isinstance(node, ast.Name):
        for each in ast.walk(function):
            if isinstance(each, ast.Assign) and [
                name.id for name in each.targets if isinstance(name, ast.Name)
            ] == [node.id]:
                yield from _text(each.value, function)


def messages() -> Iterator[str]:
    """Every message id of each catalogue that is translated there."""
    for path in sorted(ROOT.glob("*/**/locales/*/LC_MESSAGES/*.po")):
        with path.open("rb") as file:
            found: Iterable[Message] = read_po(file)
            for each in found:
                if each.id and each.string and not each.fuzzy:
                    ids = [each.id] if isinstance(each.id, str) else [*each.id]
                    told = [each.context, *ids] if each.context else ids
                    yield f"{path.parts[-3]} {json.dumps(told, ensure_ascii=False)}"


def slack_app() -> Iterator[str]:
    """What people gave Slack as their app's manifest."""
    for distributed in (False, True):
        made = build_manifest("https://bot.example", distributed=distributed)
        yield from _leaves(made, "distributed" if distributed else "alone")


def telegram_menu() -> Iterator[str]:
    """The commands of Telegram's menu."""
    yield from (name for name, _ in COMMANDS)


def _leaves(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from _leaves(each, f"{path}.{name}")
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(each, path)
    else:
        yield f"{path} = {value}"


def commands() -> Iterator[str]:
    """Every command of the terminal, with each argument and option."""
    yield from _commands(get_command(command_line), "topup-bot")


def _commands(command: Any, path: str) -> Iterator[str]:
    yield path
    for each in command.params:
        needed = " (required)" if each.required else ""
        names = [*each.opts, *each.secondary_opts]
        if each.param_type_name == "argument":
            yield f"{path} {each.name.upper()}{needed}"
        else:
            yield from (f"{path} {name}{needed}" for name in names)
    for word, below in getattr(command, "commands", {}).items():
        yield from _commands(below, f"{path} {word}")


def stored_words() -> Iterator[str]:
    """The words that columns hold, and the kinds of what is stored as JSON."""
    for column, words in _STORED.items():
        yield from (f"{column} = {word}" for word in words)
    for of, kinds in (("cards.wanted_view", Action), ("conversations.state", State)):
        shapes = (each for made in get_args(kinds) for each in fields(made))
        yield from (f"{of} kind = {each.default}" for each in shapes if each.name == "kind")


LISTS: Mapping[str, Callable[[], Iterable[str]]] = {
    "settings": settings,
    "metrics": metrics,
    "lane_kinds": lane_kinds,
    "audit_acts": acts,
    "log_phrases": log_phrases,
    "stored_words": stored_words,
    "messages": messages,
    "commands": commands,
    "routes": routes,
    "slack_app": slack_app,
    "telegram_menu": telegram_menu,
}
"""What each file in tests/golden is made by."""
