"""Languages for tests: the shipped, and one made up to be long, accented and right to left."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from babel.messages.extract import extract_from_file

from conversations.text.localizer import Localizer
from service.common.languages import load_catalogues
from tests.support.house.source import ROOT

PSEUDO = "pseudo"
SHIPPED = ("en", *sorted(load_catalogues()))
EVERY = (*SHIPPED, PSEUDO)
TEMPLATE = "conversations/locales/topup_bot.pot"
PLACEHOLDER = re.compile(r"\{[a-z_]*\}")
COMMAND = re.compile(r"/[a-z]+")
_KEPT = re.compile(rf"({PLACEHOLDER.pattern}|{COMMAND.pattern})")
_ACCENTED = str.maketrans("aceinosuyzACEINOSUYZ", "åçéîñøšûýžÅÇÉÎÑØŠÛÝŽ")
_RIGHT_TO_LEFT = "\u200f"
_FILLER = "אבגדה וזחטי "
_STRETCH_PERCENT = 40


@cache
def sentences() -> Mapping[str, str]:
    """Every sentence marked with N_ in the product, and the file that has it."""
    found: dict[str, str] = {}
    roots = (ROOT / "adapters" / "gateways", ROOT / "conversations")
    for path in sorted(path for root in roots for path in root.rglob("*.py")):
        for _, message, _, _ in extract_from_file("python", path, keywords={"N_": None}):
            assert isinstance(message, str)
            found.setdefault(message, path.name)
    return found


def localizer(language: str, locale: str | None = None) -> Localizer:
    """Somebody who speaks that language; the made-up one writes amounts as English does."""
    if language == PSEUDO:
        # Hebrew, so that pages turn around.
        return Localizer(locale or "en", "Asia/Kathmandu", "he", pseudo_catalogue())
    known = load_catalogues().get(language, {})
    return Localizer(locale or language, "Europe/Berlin", language, known)


@cache
def pseudo_catalogue() -> Mapping[str, str]:
    """Every sentence in the made-up language."""
    return {sentence: pseudo(sentence) for sentence in sentences()}


def pseudo(sentence: str) -> str:
    """40 % longer, accented, with Hebrew and direction marks around; the end mark stays last."""
    body = sentence.rstrip(".?!:…")
    parts = _KEPT.split(body)
    accented = "".join(
        part if _KEPT.fullmatch(part) else part.translate(_ACCENTED) for part in parts
    )
    more = -(-len(sentence) * _STRETCH_PERCENT // 100)
    filler = (_FILLER * (more // len(_FILLER) + 1))[:more].strip() or _FILLER[0]
    end = sentence[len(body) :]
    return f"{_RIGHT_TO_LEFT}{accented} {filler}{_RIGHT_TO_LEFT}{end}"
