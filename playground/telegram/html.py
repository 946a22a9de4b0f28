"""Telegram's HTML style: marked-up text to text and entities; it refuses any other tag."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from playground.telegram.state import Json

_BLANK = " \t\n\r\v\f"
_TAG_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
_CHARACTER_REFERENCE = re.compile(r"&(?:lt|gt|amp|quot|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});")
_ATTRIBUTE_NAME = re.compile(r"[^\s=>/\"']*")
_BARE_VALUE = re.compile(r"[\w.\-]*")
_FOUND = (
    ("url", re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]']")),
    ("email", re.compile(r"\b[\w.+-]+@[\w-]+\.[\w.-]*\w")),
    ("bot_command", re.compile(r"(?<![\w/@<])/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?(?![\w/])")),
    ("mention", re.compile(r"(?<![\w/@])@[A-Za-z]\w{3,31}")),
)
_OPAQUE = frozenset({"code", "pre", "text_link", "url", "email", "text_mention"})


class EntitiesRefusedError(ValueError):
    """The marked-up text is not what Telegram accepts; the message says why, in its words."""


@dataclass(frozen=True, slots=True)
class Formatted:
    """Plain text and its entities; offsets and lengths count UTF-16 units."""

    text: str
    entities: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True)
class _OpenTag:
    name: str
    value: str
    offset: int


def parse_html(source: str, link_allowed: Callable[[str], bool]) -> Formatted:
    """Read Telegram HTML; raises EntitiesRefusedError. Forbidden links become plain text."""
    return _HtmlReader(source, link_allowed).read()


def utf16_length(text: str) -> int:
    """How long Telegram says a text is."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf16_slice(text: str, offset: int, length: int) -> str:
    """The part of a text that an entity covers."""
    units = text.encode("utf-16-le", "surrogatepass")
    return units[2 * offset : 2 * (offset + length)].decode("utf-16-le", "replace")


def trimmed(formatted: Formatted) -> Formatted:
    """The text as Telegram stores it: without blanks around it, entities moved along."""
    text = formatted.text.rstrip()
    lead = utf16_length(text) - utf16_length(text.lstrip())
    text = text.lstrip()
    end = utf16_length(text)
    kept = []
    for entity in formatted.entities:
        start = max(0, entity["offset"] - lead)
        stop = min(end, entity["offset"] + entity["length"] - lead)
        if stop > start:
            kept.append({**entity, "offset": start, "length": stop - start})
    return Formatted(text, tuple(kept))


def with_found_entities(formatted: Formatted) -> Formatted:
    """Add what Telegram finds by itself: links, addresses, bot commands, mentions."""
    entities = list(formatted.entities)
    for kind, pattern in _FOUND:
        for match in pattern.finditer(formatted.text):
            offset = utf16_length(formatted.text[: match.start()])
            length = utf16_length(match.group())
            if not _covered(entities, offset, length):
                entities.append({"type": kind, "offset": offset, "length": length})
    return Formatted(formatted.text, _ordered(entities))


def _covered(entities: list[Json], offset: int, length: int) -> bool:
    return any(
        entity["type"] in _OPAQUE
        and entity["offset"] < offset + length
        and offset < entity["offset"] + entity["length"]
        for entity in entities
    )


def _ordered(entities: list[Json]) -> tuple[Json, ...]:
    return tuple(sorted(entities, key=lambda entity: (entity["offset"], -entity["length"])))


class _HtmlReader:
    """One pass over the source; positions are characters, messages say UTF-8 bytes."""

    def __init__(self, source: str, link_allowed: Callable[[str], bool]) -> None:
        self._source = source
        self._link_allowed = link_allowed
        self._at = 0
        self._written: list[str] = []
        self._length = 0
        self._open: list[_OpenTag] = []
        self._entities: list[Json] = []

    def read(self) -> Formatted:
        while self._at < len(self._source):
            if self._source.startswith("</", self._at):
                self._end_tag()
            elif self._source[self._at] == "<":
                self._start_tag()
            else:
                self._character()
        if self._open:
            name = self._open[-1].name
            raise EntitiesRefusedError(f'Can\'t find end tag corresponding to start tag "{name}"')
        return Formatted("".join(self._written), _ordered(self._entities))

    def _character(self) -> None:
        reference = _CHARACTER_REFERENCE.match(self._source, self._at)
        raw = reference.group() if reference else self._source[self._at]
        self._at += len(raw)
        text = html.unescape(raw) if reference else raw
        self._written.append(text)
        self._length += utf16_length(text)

    def _start_tag(self) -> None:
        begin = self._at
        name = self._name(begin + 1, begin, "start")
        if name not in _TAG_TYPES:
            self._refuse(f'Unsupported start tag "{name}"', begin)
        value = ""
        while (pair := self._attribute(name, begin)) is not None:
            value = _meaning(name, *pair) or value
        if name == "span" and value != "tg-spoiler":
            self._refuse('Tag "span" must have class "tg-spoiler"', begin)
        self._open.append(_OpenTag(name, value, self._length))

    def _end_tag(self) -> None:
        begin = self._at
        if not self._open:
            self._refuse("Unexpected end tag", begin)
        name = self._name(begin + 2, begin, "end")
        self._skip_blanks()
        if self._peek() != ">":
            self._refuse("Unclosed end tag", begin)
        self._at += 1
        tag = self._open.pop()
        if name and name != tag.name:
            self._refuse(
                "Unmatched end tag", begin, f', expected "</{tag.name}>", found "</{name}>"'
            )
        if self._length > tag.offset:
            self._close(tag)

    def _close(self, tag: _OpenTag) -> None:
        offset, length = tag.offset, self._length - tag.offset
        entity: Json = {"type": _TAG_TYPES[tag.name], "offset": offset, "length": length}
        if tag.name == "a":
            entity["url"] = tag.value or utf16_slice("".join(self._written), offset, length)
            if not self._link_allowed(entity["url"]):
                return
        if tag.name == "blockquote" and tag.value:
            entity["type"] = "expandable_blockquote"
        if tag.name == "tg-emoji":
            entity["custom_emoji_id"] = tag.value
        if tag.name == "pre":
            entity |= self._language_inside(offset, length)
        if tag.name == "code" and tag.value and self._open and self._open[-1].name == "pre":
            entity["language"] = tag.value
        self._entities.append(entity)

    def _language_inside(self, offset: int, length: int) -> Json:
        """A code tag that fills a pre tag only names the language."""
        for entity in self._entities:
            same = (entity["offset"], entity["length"]) == (offset, length)
            if entity["type"] == "code" and same:
                self._entities.remove(entity)
                return {"language": entity["language"]} if "language" in entity else {}
        return {}

    def _name(self, start: int, begin: int, which: str) -> str:
        end = start
        while end < len(self._source) and self._source[end] not in _BLANK + ">":
            end += 1
        if end == len(self._source):
            self._refuse(f"Unclosed {which} tag", begin)
        self._at = end
        return self._source[start:end].lower()

    def _attribute(self, tag: str, begin: int) -> tuple[str, str] | None:
        """The next attribute of the open tag, or None after its closing bracket."""
        self._skip_blanks()
        if self._peek() == ">":
            self._at += 1
            return None
        match = _ATTRIBUTE_NAME.match(self._source, self._at)
        name = match.group().lower() if match else ""
        if not name and self._peek():
            self._refuse(f'Empty attribute name in the tag "{tag}"', self._at)
        self._at += len(name)
        self._skip_blanks()
        value = ""
        if self._peek() == "=":
            self._at += 1
            self._skip_blanks()
            value = self._value(begin)
        if not self._peek():
            self._refuse("Unclosed start tag", begin)
        return name, value

    def _value(self, begin: int) -> str:
        quote = self._peek()
        if quote not in ("'", '"') or not quote:
            match = _BARE_VALUE.match(self._source, self._at)
            value = match.group() if match else ""
            if (follow := self._source[self._at + len(value) :][:1]) and follow not in (
                _BLANK + ">"
            ):
                self._refuse("Unexpected end of name token", self._at)
            self._at += len(value)
            return value
        end = self._source.find(quote, self._at + 1)
        if end < 0:
            self._refuse("Unclosed start tag", begin)
        value = self._source[self._at + 1 : end]
        self._at = end + 1
        return _CHARACTER_REFERENCE.sub(lambda match: html.unescape(match.group()), value)

    def _peek(self) -> str:
        return self._source[self._at : self._at + 1]

    def _skip_blanks(self) -> None:
        while self._peek() and self._peek() in _BLANK:
            self._at += 1

    def _refuse(self, what: str, at: int, detail: str = "") -> NoReturn:
        byte = len(self._source[:at].encode("utf-8", "surrogatepass"))
        raise EntitiesRefusedError(f"{what} at byte offset {byte}{detail}")


def _meaning(tag: str, name: str, value: str) -> str:
    """The one attribute value that matters for a tag; "" when this is another."""
    match tag, name:
        case ("a", "href") | ("span", "class") | ("tg-emoji", "emoji-id"):
            return value
        case ("code", "class"):
            return value.removeprefix("language-") if value.startswith("language-") else ""
        case ("blockquote", "expandable"):
            return "expandable"
        case _:
            return ""
