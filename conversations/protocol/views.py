"""What a person is shown, as plain text. Adapters escape and lay it out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from conversations.protocol.actions import Action, Slot
from conversations.protocol.events import Effect, State


class ButtonStyle(StrEnum):
    """How a button stands out. Its label says the same in words."""

    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a card: what it is, and its value. `code` marks ids that people copy."""

    label: str
    value: str
    code: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: its label is a verb, unique on its card.

    `confirm` asks once more first, and `deny` is the label of the way back then.
    """

    label: str
    action: Action
    style: ButtonStyle = ButtonStyle.PLAIN
    confirm: str | None = None
    deny: str | None = None


@dataclass(frozen=True, slots=True)
class PayQrCode:
    """A picture of a top-up's pay link, for a phone's camera; `alt` says what it shows."""

    top_up: str
    revision: int
    alt: str


@dataclass(frozen=True, slots=True)
class View:
    """A card: title (symbol and words), sentences, rows, buttons in lines, and a hint.

    `fallback` says all of it in one or two sentences, for screen readers and notifications.
    `away` says that nobody needs it any more: it is taken away where the platform lets us.
    """

    title: str
    fallback: str
    body: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    choices: tuple[tuple[Choice, ...], ...] = ()
    hint: str = ""
    picture: PayQrCode | None = None
    away: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a field, and the words for it."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One slot of a form: a choice among options, or typed when there are none.

    `leads` says that other fields follow it: choosing another option asks for the form anew.
    """

    slot: Slot
    label: str
    options: tuple[Option, ...] = ()
    value: str | None = None
    hint: str = ""
    leads: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """All slots of a draft at once, for platforms that can open one."""

    draft: str
    title: str
    fields: tuple[Field, ...]
    submit: str
    close: str


# --- replies: the answer that belongs in the acknowledgement; best effort ------------------------


@dataclass(frozen=True, slots=True)
class OpenForm:
    """Open this form now."""

    form: Form


@dataclass(frozen=True, slots=True)
class FormErrors:
    """The form stays open: a sentence under each field that is wrong."""

    errors: tuple[tuple[Slot, str], ...]


@dataclass(frozen=True, slots=True)
class Toast:
    """A sentence that appears for a moment where the person pressed."""

    text: str
    alert: bool = False


@dataclass(frozen=True, slots=True)
class PrivateReply:
    """An answer in place, for this person's eyes only; a card of its own where that is late."""

    view: View


@dataclass(frozen=True, slots=True)
class CardPointer:
    """Where the card is, for somebody who typed elsewhere.

    `title` and `close` are for where it takes the place of a form.
    """

    text: str
    title: str = ""
    close: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """Get the person's keyboard ready for typing; the card asks the same and stays if this fails.

    `placeholder` stands in the empty input field, at most 64 characters.
    """

    text: str
    placeholder: str


Reply = OpenForm | FormErrors | Toast | PrivateReply | CardPointer | Prompt


@dataclass(frozen=True, slots=True)
class ShowCard:
    """Make the card `card` show this view in the person's own chat.

    `subject` is a top-up of theirs: this is its card from now on, and an older message says so.
    """

    card: str
    view: View
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What one event led to."""

    state: State
    shows: tuple[ShowCard, ...] = ()
    replies: tuple[Reply, ...] = ()
    effects: tuple[Effect, ...] = ()
