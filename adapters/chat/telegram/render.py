"""Renders a message as Telegram's HTML and inline keyboard. Too long text is cut.

Limits and tags: https://core.telegram.org/bots/api#sendmessage and #html-style.
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from telegram import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup

from conversations.protocol.ports import Button, Message
from conversations.protocol.views import View

# Telegram counts UTF-16 units after reading the tags. Tags are counted here too: stricter, safe.
_MAX_TEXT = 4096
_MAX_CAPTION = 1024
_MAX_TITLE = 200
_MAX_LABEL = 100
_MAX_VALUE = 600
_MAX_HINT = 500
_MAX_LINKS = 3000
_MAX_BUTTON = 64
_MAX_TOKEN_BYTES = 64
_MAX_COPY = 256
_MAX_IN_LINE = 8
_MAX_BUTTONS = 100
_SMALLEST = 40
_CUT = "…"


@dataclass(frozen=True, slots=True)
class Rendered:
    """What sendMessage and editMessageText take: HTML, and buttons if there are any.

    With a `photo` (a PNG), the text is its caption.
    """

    text: str
    keyboard: InlineKeyboardMarkup | None
    photo: bytes | None = None


def render(
    message: Message,
    *,
    link_buttons: bool = True,
    private_link: str | None = None,
    caption: bool = False,
) -> Rendered:
    """Without `link_buttons`, links stand in the text, each on a line of its own.

    `caption` cuts the text to what fits below a picture, as a message with a picture always is.
    `private_link` makes every token a link to the private chat, its token added at the end.
    Raises ValueError for a button that Telegram cannot carry.
    """
    lines = message.buttons
    links: tuple[Button, ...] = ()
    if not link_buttons:
        links = tuple(button for line in lines for button in line if button.url)
        lines = tuple(tuple(b for b in line if not b.url) for line in lines)
    photo = message.picture.png if message.picture else None
    most = _MAX_CAPTION if photo or caption else _MAX_TEXT
    return Rendered(_text(message.view, links, most), _keyboard(lines, private_link), photo)


# --- text ---------------------------------------------------------------------------------------


def _text(view: View, links: tuple[Button, ...], most: int) -> str:
    hint = _tagged("i", view.hint, _MAX_HINT)
    tail = "".join(f"\n\n{part}" for part in (_links(links), hint) if part)
    text = _truncated_text(view, most - _units(tail)) + tail
    return text.strip() or _fit(view.fallback, most) or _CUT


def _truncated_text(view: View, room: int) -> str:
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
    # One more than can fit says that something is missing.
    escaped = [html.escape(character) for character in _clean(text).strip()[: most + 1]]
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


def _keyboard(
    lines: tuple[tuple[Button, ...], ...], private_link: str | None
) -> InlineKeyboardMarkup | None:
    left, rows = _MAX_BUTTONS, []
    for line in lines:
        kept = [_button(button, private_link) for button in line[:left]]
        left -= len(kept)
        rows += [kept[at : at + _MAX_IN_LINE] for at in range(0, len(kept), _MAX_IN_LINE)]
    return InlineKeyboardMarkup(rows) if rows else None


def _button(button: Button, private_link: str | None) -> InlineKeyboardButton:
    if button.url:
        return InlineKeyboardButton(_label(button), url=button.url)
    if button.copy:
        if _units(button.copy) > _MAX_COPY:
            raise ValueError(f"A button copies at most {_MAX_COPY} characters.")
        return InlineKeyboardButton(_label(button), copy_text=CopyTextButton(button.copy))
    token = button.token or ""
    if not 1 <= len(token.encode()) <= _MAX_TOKEN_BYTES:
        raise ValueError(f"A button's token must have 1 to {_MAX_TOKEN_BYTES} bytes.")
    if private_link is not None:
        return InlineKeyboardButton(_label(button), url=f"{private_link}{token}")
    return InlineKeyboardButton(_label(button), callback_data=token)


def _label(button: Button) -> str:
    label = " ".join(_clean(button.label).split())
    if len(label) > _MAX_BUTTON:
        label = label[: _MAX_BUTTON - 1].rstrip() + _CUT
    return label or _CUT
