"""Renders views and forms as Block Kit: too long text is cut, typed text is never markup.

Limits: https://docs.slack.dev/reference/block-kit. Whatever somebody typed goes into plain_text
wherever Slack allows it, and is escaped elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    ContextBlock,
    HeaderBlock,
    ImageBlock,
    InputBlock,
    MarkdownTextObject,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    SectionBlock,
    StaticSelectElement,
    TextObject,
)
from slack_sdk.models.views import View as Modal

from conversations.protocol.ports import Button, Message, Picture
from conversations.protocol.views import ButtonStyle, Field, Form, Row, View
from conversations.words import words

FORM_ID = "topup_form"
PRESS = "press"
OPEN = "open"

_MAX_BLOCKS = 50
_MAX_FALLBACK = 3000
_MAX_HEADER = 150
_MAX_SECTION = 3000
_MAX_FIELD = 2000
_MAX_FIELDS = 10
_MAX_CONTEXT = 2000
_MAX_BUTTONS = 25
_MAX_LABEL = 75
_MAX_CONFIRM_TITLE = 100
_MAX_CONFIRM_TEXT = 300
_MAX_CONFIRM_LABEL = 30
_MAX_MODAL_TITLE = 24
_MAX_INPUT_TEXT = 2000
_MAX_OPTIONS = 100
_MAX_ALT = 2000
_MAX_TYPED = 3000
# Header, body, hint, and the smallest number of blocks that rows may always have.
_FIXED_BLOCKS = 3
_MIN_ROW_BLOCKS = 5

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_CUT_ENTITY = re.compile(r"&[a-z]{0,3}$")
_FORMATTING = re.compile(r"[*_~`\n]")
# Between backticks everything else is shown as it is.
_ENDS_CODE = re.compile(r"[`\n]")
# Slack refuses an empty text object.
_NOTHING = "–"


def render_blocks(message: Message, *, local_pictures: bool = False) -> list[dict[str, Any]]:
    """The blocks of a card, ready for chat.postMessage and chat.update.

    `local_pictures` says that pictures need not be on public https.
    """
    view = message.view
    pictures = list(_picture(message.picture, local=local_pictures))
    room = _MAX_BLOCKS - _FIXED_BLOCKS - len(pictures)
    buttons = list(islice(_actions(message.buttons), room - _MIN_ROW_BLOCKS))
    rows = list(islice(_rows(view.rows), room - len(buttons)))
    all_blocks = [*_head(view), *pictures, *rows, *buttons, *_hint(view)]
    return [block.to_dict() for block in all_blocks]


def fallback_text(view: View) -> str:
    """The whole card in one escaped sentence, for screen readers and notifications."""
    return escape_mrkdwn(view.fallback or view.title, _MAX_FALLBACK)


def sentence_blocks(text: str) -> list[dict[str, Any]]:
    """The blocks of a single sentence, shown letter by letter."""
    return [SectionBlock(text=_plain(text, _MAX_SECTION)).to_dict()]


def render_form(form: Form, opened_in: str = "") -> dict[str, Any]:
    """The view of views.open; the draft comes back as its private_metadata, and from where."""
    return Modal(
        type="modal",
        callback_id=FORM_ID,
        private_metadata=f"{form.draft} {opened_in}".strip(),
        title=_plain(form.title, _MAX_MODAL_TITLE),
        submit=_plain(form.submit, _MAX_MODAL_TITLE),
        close=_plain(form.close, _MAX_MODAL_TITLE),
        blocks=[_input(field) for field in form.fields],
    ).to_dict()


def render_notice(title: str, sentence: str, close: str = words.FORM_CLOSE) -> dict[str, Any]:
    """A modal that only says something: there is nothing to send in it yet, or any more."""
    return Modal(
        type="modal",
        title=_plain(title, _MAX_MODAL_TITLE),
        close=_plain(close, _MAX_MODAL_TITLE),
        blocks=[SectionBlock(text=_plain(sentence, _MAX_SECTION))],
    ).to_dict()


def form_errors(errors: Mapping[str, str], block_ids: Sequence[str]) -> dict[str, str]:
    """Sentences by block id. Slack refuses errors of blocks that the form has not."""
    placed = {block: text for block, text in errors.items() if block in block_ids}
    elsewhere = [text for block, text in errors.items() if block not in block_ids]
    if elsewhere and block_ids:
        first = block_ids[0]
        placed[first] = " ".join([*([placed[first]] if first in placed else []), *elsewhere])
    return {block: truncate(text, _MAX_INPUT_TEXT) for block, text in placed.items()}


def escape_mrkdwn(text: str, most: int = _MAX_SECTION) -> str:
    """Text that mrkdwn shows letter by letter, apart from its bold and italic signs."""
    whole = text.translate(_ENTITIES)
    if len(whole) <= most:
        return whole
    return _CUT_ENTITY.sub("", whole[: most - 1]) + "…"


def truncate(text: str, most: int) -> str:
    """At most so many characters, the last an ellipsis where something is missing."""
    text = text if text.strip() else _NOTHING
    return text if len(text) <= most else text[: most - 1] + "…"


def _head(view: View) -> Iterator[Block]:
    yield HeaderBlock(text=_plain(view.title, _MAX_HEADER))
    if view.body:
        yield SectionBlock(text=_plain("\n".join(view.body), _MAX_SECTION))


def _picture(picture: Picture | None, *, local: bool) -> Iterator[Block]:
    # Slack fetches the picture itself, and refuses the whole message where it cannot.
    if picture is not None and (local or picture.url.startswith("https://")):
        yield ImageBlock(image_url=picture.url, alt_text=truncate(picture.alt, _MAX_ALT))


def _hint(view: View) -> Iterator[Block]:
    if view.hint:
        yield ContextBlock(elements=[_plain(view.hint, _MAX_CONTEXT)])


def _rows(rows: Sequence[Row]) -> Iterator[Block]:
    """A table: fields stand in two columns, so label and value are a field each."""
    fields = [text for row in rows for text in (_label(row), _value(row))]
    for start in range(0, len(fields), _MAX_FIELDS):
        yield SectionBlock(fields=fields[start : start + _MAX_FIELDS])


def _label(row: Row) -> TextObject:
    if not row.label.strip() or _FORMATTING.search(row.label):
        return _plain(row.label, _MAX_FIELD)
    return MarkdownTextObject(text=f"*{escape_mrkdwn(row.label.strip(), _MAX_FIELD - 2)}*")


def _value(row: Row) -> TextObject:
    if not row.code or not row.value.strip() or _ENDS_CODE.search(row.value):
        return _plain(row.value, _MAX_FIELD)
    return MarkdownTextObject(text=f"`{escape_mrkdwn(row.value, _MAX_FIELD - 2)}`")


def _actions(lines: Sequence[Sequence[Button]]) -> Iterator[Block]:
    for number, line in enumerate(lines):
        elements = [_button(button, f"{number}:{place}") for place, button in enumerate(line)]
        for start in range(0, len(elements), _MAX_BUTTONS):
            yield ActionsBlock(elements=elements[start : start + _MAX_BUTTONS])


def _button(button: Button, place: str) -> ButtonElement:
    return ButtonElement(
        text=_plain(button.label, _MAX_LABEL),
        action_id=f"{OPEN if button.url else PRESS}:{place}",
        value=button.token,
        url=button.url,
        style=None if button.style is ButtonStyle.PLAIN else button.style.value,
        confirm=_confirm(button),
    )


def _confirm(button: Button) -> ConfirmObject | None:
    if not button.confirm:
        return None
    return ConfirmObject(
        title=_plain(button.label, _MAX_CONFIRM_TITLE),
        text=_plain(button.confirm, _MAX_CONFIRM_TEXT),
        confirm=_plain(button.label, _MAX_CONFIRM_LABEL),
        deny=_plain(button.deny or words.FORM_CLOSE, _MAX_CONFIRM_LABEL),
        style=None if button.style is ButtonStyle.PLAIN else button.style.value,
    )


def _input(field: Field) -> InputBlock:
    return InputBlock(
        block_id=field.slot.value,
        label=_plain(field.label, _MAX_INPUT_TEXT),
        hint=_plain(field.hint, _MAX_INPUT_TEXT) if field.hint else None,
        element=_select(field) if field.options else _text_input(field),
        dispatch_action=True if field.leads else None,
    )


def _select(field: Field) -> StaticSelectElement:
    options = [
        Option(value=option.value, text=_plain(option.label, _MAX_LABEL))
        for option in field.options[:_MAX_OPTIONS]
    ]
    chosen = next((option for option in options if option.value == field.value), None)
    return StaticSelectElement(action_id=field.slot.value, options=options, initial_option=chosen)


def _text_input(field: Field) -> PlainTextInputElement:
    return PlainTextInputElement(
        action_id=field.slot.value, initial_value=field.value[:_MAX_TYPED] if field.value else None
    )


def _plain(text: str, most: int) -> PlainTextObject:
    return PlainTextObject(text=truncate(text, most), emoji=True)
