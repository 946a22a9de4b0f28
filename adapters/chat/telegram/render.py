"""A message as Telegram's HTML and inline keyboard. Pure; what is too long is cut, not refused.

Limits and tags: https://core.telegram.org/bots/api#sendmessage and #html-style.
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from conversations.ports import Button, Message
from conversations.views import View

# Telegram counts UTF-16 units after reading the tags. Tags are counted here too: stricter, safe.
_MAX_TEXT = 4096
_MAX_TITLE = 200
_MAX_LABEL = 100
_MAX_VALUE = 600
_MAX_HINT = 500
_MAX_LINKS = 3000
_MAX_BUTTON = 64
_MAX_TOKEN_BYTES = 64
_MAX_IN_LINE = 8
_MAX_BUTTONS = 100
_SMALLEST = 40
_CUT = "…"


@dataclass(frozen=True, slots=True)
class Rendered:
    """What sendMessage and editMessageText take: HTML, and buttons if there are any."""

    text: str
    keyboard: InlineKeyboardMarkup | None


def render(message: Message, *, link_buttons: bool = True) -> Rendered:
    """Without `link_buttons`, links stand in the text, each on a line of its own.

    Raises ValueError for a button that Telegram cannot carry.
    """
    lines = message.buttons
    links: tuple[Button, ...] = ()
    if not link_buttons:
        links = tuple(button for line in lines for button in line if button.url)
        lines = tuple(tuple(b for b in line if not b.url) for line in lines)
    return Rendered(_text(message.view, links), _keyboard(lines))


# --- text ---------------------------------------------------------------------------------------


def _text(view: View, links: tuple[Button, ...]) -> str:
    hint = _tagged("i", view.hint, _MAX_HINT)
    tail = "".join(f"\n\n{part}" for part in (_links(links), hint) if part)
    text = _head(view, _MAX_TEXT - _units(tail)) + tail
    return text.strip() or _fit(view.fallback, _MAX_TEXT) or _CUT


def _head(view: View, room: int) -> str:
    """As many whole pieces as there is room for, and the last one cut."""
    head = ""
    for gap, tag, text, most in _pieces(view):
        before = gap if head else ""
        left = room - _units(head + before)
        if left < _SMALLEST:
            break
        piece = _tagged(tag, text, min(most, left))
        if piece:
            head += before + piece
    return head


def _pieces(view: View) -> Iterator[tuple[str, str, str, int]]:
    """What to write in front, the tag, the text and its limit."""
    yield "", "b", view.title, _MAX_TITLE
    gap = "\n\n"
    for sentence in view.body:
        yield gap, "", sentence, _MAX_TEXT
        gap = "\n"
    gap = "\n\n"
    for row in view.rows:
        if row.code:
            yield gap, "", f"{row.label}:", _MAX_LABEL
            yield " ", "code", row.value, _MAX_VALUE
        else:
            yield gap, "", f"{row.label[:_MAX_LABEL]}: {row.value}", _MAX_VALUE
        gap = "\n"


def _links(links: tuple[Button, ...]) -> str:
    """A link is whole or not there: half of one leads nowhere."""
    lines = ""
    for link in links:
        line = f"{html.escape(_label(link))}: {html.escape(_clean(link.url or ''))}"
        if _units(lines) + _units(line) < _MAX_LINKS:
            lines += f"\n{line}" if lines else line
    return lines


def _tagged(tag: str, text: str, most: int) -> str:
    """Escaped text in a tag, all within `most` units; "" where there is nothing to show."""
    opening, closing = (f"<{tag}>", f"</{tag}>") if tag else ("", "")
    fitting = _fit(text, most - _units(opening + closing))
    return f"{opening}{fitting}{closing}" if fitting else ""


def _fit(text: str, most: int) -> str:
    """Escaped text, cut between characters; an escape such as &amp; stays whole."""
    escaped = [html.escape(character) for character in _clean(text).strip()]
    if sum(map(_units, escaped)) <= most:
        return "".join(escaped)
    kept, room = "", most - _units(_CUT)
    for character in escaped:
        room -= _units(character)
        if room < 0:
            break
        kept += character
    return f"{kept.rstrip()}{_CUT}" if kept else ""


def _clean(text: str) -> str:
    """Without control characters and broken surrogates, which cannot be sent."""
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in {"Cc", "Cs"})


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


# --- buttons ------------------------------------------------------------------------------------


def _keyboard(lines: tuple[tuple[Button, ...], ...]) -> InlineKeyboardMarkup | None:
    left, rows = _MAX_BUTTONS, []
    for line in lines:
        kept = [_button(button) for button in line[:left]]
        left -= len(kept)
        rows += [kept[at : at + _MAX_IN_LINE] for at in range(0, len(kept), _MAX_IN_LINE)]
    return InlineKeyboardMarkup(rows) if rows else None


def _button(button: Button) -> InlineKeyboardButton:
    if button.url:
        return InlineKeyboardButton(_label(button), url=button.url)
    token = button.token or ""
    if not 1 <= len(token.encode()) <= _MAX_TOKEN_BYTES:
        raise ValueError(f"A button's token must have 1 to {_MAX_TOKEN_BYTES} bytes.")
    return InlineKeyboardButton(_label(button), callback_data=token)


def _label(button: Button) -> str:
    label = " ".join(_clean(button.label).split())
    if len(label) > _MAX_BUTTON:
        label = label[: _MAX_BUTTON - 1].rstrip() + _CUT
    return label or _CUT
