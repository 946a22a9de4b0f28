"""The events that a conversation answers, its states, and its effects."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Literal

from billing.money import Money
from conversations.protocol.actions import Action, Slot
from conversations.protocol.facts import TopUpFacts


@dataclass(frozen=True, slots=True)
class ConversationKey:
    """Whose conversation, where: platform, tenant (workspace, or bot), chat and person."""

    platform: str
    tenant: str
    chat: str
    person: str

    @property
    def actor_name(self) -> str:
        """The person as audit and support name them: `slack:T1:U1`."""
        return f"{self.platform}:{self.tenant}:{self.person}"


class Membership(StrEnum):
    """How a person stands to the bot's tenant, as their platform says at this moment.

    `REMEMBERED` is a member of a moment ago whose platform does not answer now: good for looking,
    not for paying. `UNKNOWN` is somebody of whom it said nothing.
    """

    MEMBER = "member"
    REMEMBERED = "remembered"
    GUEST = "guest"
    OUTSIDER = "outsider"
    UNKNOWN = "unknown"


# --- events: what happened --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Said:
    """A person typed something: `command` with `/topup` in front (`text` is the rest), or plain.

    `form` says that the platform can open a form in answer to this very event.
    `card_number` says that a card number stood there and was removed before anyone saw it.
    `public` says that it was typed where others read along, and the answer would stand there.
    """

    text: str
    command: bool = False
    form: bool = False
    bank_card_number: bool = False
    public: bool = False


@dataclass(frozen=True, slots=True)
class Chose:
    """A person pressed a button that still stands on the card `card`."""

    action: Action
    card: str
    form: bool = False


class PressRefusal(Enum):
    """Why a press was not taken."""

    STALE = auto()
    FORGED = auto()
    NOT_YOURS = auto()


@dataclass(frozen=True, slots=True)
class PressRefused:
    """A person pressed a button that means nothing any more, or not for them."""

    refusal: PressRefusal


@dataclass(frozen=True, slots=True)
class Submitted:
    """A person sent the form of the draft `draft`: slot and typed or chosen value."""

    draft: str
    values: tuple[tuple[Slot, str], ...]


@dataclass(frozen=True, slots=True)
class FormChanged:
    """A person chose another account in the form of the draft `draft`, and did not send it."""

    draft: str
    values: tuple[tuple[Slot, str], ...]


@dataclass(frozen=True, slots=True)
class FormMissed:
    """The form could not be shown in time; the question must come as a card."""


@dataclass(frozen=True, slots=True)
class TopUpOpened:
    """The effect `CreateTopUp` succeeded."""

    facts: TopUpFacts


class NotOpenedReason(Enum):
    """Why a top-up was not opened although the review was confirmed."""

    NOT_ALLOWED = auto()
    METHOD_GONE = auto()
    NOT_SURE = auto()


@dataclass(frozen=True, slots=True)
class TopUpRefused:
    """The effect `CreateTopUp` was refused; no money is involved."""

    because: NotOpenedReason


@dataclass(frozen=True, slots=True)
class CancelAnswered:
    """The effect `CancelIfUnpaid` was carried out, or came too late: the facts tell which."""

    facts: TopUpFacts
    cancelled: bool


@dataclass(frozen=True, slots=True)
class CheckStarted:
    """The effect `AskGateway` was queued; the card will tell the answer."""

    facts: TopUpFacts


Event = (
    Said
    | Chose
    | PressRefused
    | Submitted
    | FormChanged
    | FormMissed
    | TopUpOpened
    | TopUpRefused
    | CancelAnswered
    | CheckStarted
)


# --- state: only what the next message needs in order to be understood --------------------------


@dataclass(frozen=True, slots=True)
class Draft:
    """A top-up in the making. `amount_text` waits until the account tells the currency.

    `origin` is the card that it was begun from, an alert that a channel reads.
    """

    id: str
    account: str | None = None
    amount: Money | None = None
    currency: str | None = None
    method: str | None = None
    amount_text: str | None = None
    origin: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nobody filled anything in yet."""
        filled = (self.account, self.amount, self.currency, self.method, self.amount_text)
        return not any(filled)


@dataclass(frozen=True, slots=True)
class Idle:
    """Nothing is being asked."""

    kind: Literal["idle"] = "idle"


@dataclass(frozen=True, slots=True)
class Asking:
    """A slot is being asked; `card` shows the question, None while a form is open."""

    draft: Draft
    slot: Slot
    card: str | None = None
    kind: Literal["asking"] = "asking"


@dataclass(frozen=True, slots=True)
class Reviewing:
    """Everything is filled in and shown for review on `card`."""

    draft: Draft
    card: str
    kind: Literal["reviewing"] = "reviewing"


State = Idle | Asking | Reviewing


# --- effects: what the shell is asked to do -----------------------------------------------------


@dataclass(frozen=True, slots=True)
class CreateTopUp:
    """Open a top-up from a complete draft; `card` goes on to show it, `origin` tells of it."""

    account: str
    amount: Money
    fee: Money
    method: str
    card: str
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class CancelIfUnpaid:
    """Cancel a top-up unless it is paid."""

    top_up: str


@dataclass(frozen=True, slots=True)
class AskGateway:
    """Ask the gateway about a top-up's payment soon."""

    top_up: str


Effect = CreateTopUp | CancelIfUnpaid | AskGateway
