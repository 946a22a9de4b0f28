"""What each button means. `kind` is its stored name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Slot(StrEnum):
    """What a draft needs before it can be reviewed."""

    ACCOUNT = "account"
    AMOUNT = "amount"
    CURRENCY = "currency"
    METHOD = "method"


class Topic(StrEnum):
    """Things a person may ask about, and the sub-words of `/topup`."""

    BALANCE = "balance"
    HISTORY = "history"
    STATUS = "status"
    CANCEL = "cancel"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Pick:
    """Fill one slot with one value (an account id, minor units, a method key)."""

    slot: Slot
    value: str
    currency: str | None = None
    kind: Literal["pick"] = "pick"


@dataclass(frozen=True, slots=True)
class AskSlot:
    """Ask for one slot again; `typed` asks for it in the person's own words."""

    slot: Slot
    typed: bool = False
    kind: Literal["ask"] = "ask"


@dataclass(frozen=True, slots=True)
class ChangeDraft:
    """Show what of the draft can be changed."""

    kind: Literal["change"] = "change"


@dataclass(frozen=True, slots=True)
class ConfirmDraft:
    """The review is right: open the top-up."""

    kind: Literal["confirm"] = "confirm"


@dataclass(frozen=True, slots=True)
class DropDraft:
    """Forget the draft."""

    kind: Literal["drop_draft"] = "drop_draft"


@dataclass(frozen=True, slots=True)
class ResumeDraft:
    """Go on with the draft."""

    kind: Literal["resume"] = "resume"


@dataclass(frozen=True, slots=True)
class StartNewDraft:
    """Begin anew with these words, whatever was open."""

    words: str = ""
    kind: Literal["start_new"] = "start_new"


@dataclass(frozen=True, slots=True)
class TopUpAccount:
    """Begin a top-up of one account, as the button on an alert does."""

    account: str
    kind: Literal["top_up_account"] = "top_up_account"


@dataclass(frozen=True, slots=True)
class OpenPayPage:
    """A link to the pay page of a top-up; signed when it is sent."""

    top_up: str
    revision: int
    kind: Literal["open_pay_page"] = "open_pay_page"


@dataclass(frozen=True, slots=True)
class CheckPayment:
    """The person says they have paid: ask the gateway now."""

    top_up: str
    kind: Literal["check_payment"] = "check_payment"


@dataclass(frozen=True, slots=True)
class CancelTopUp:
    """Cancel a top-up if it is not paid yet."""

    top_up: str
    kind: Literal["cancel_top_up"] = "cancel_top_up"


@dataclass(frozen=True, slots=True)
class ShowTopUp:
    """Show a top-up's card here and now."""

    top_up: str
    kind: Literal["show_top_up"] = "show_top_up"


@dataclass(frozen=True, slots=True)
class AskTopic:
    """Ask about something, as the command of that name does."""

    topic: Topic
    kind: Literal["ask_topic"] = "ask_topic"


@dataclass(frozen=True, slots=True)
class AnswerInPrivate:
    """Answer in private what a person typed where others read along, as if typed there."""

    words: str = ""
    kind: Literal["say_here"] = "say_here"


@dataclass(frozen=True, slots=True)
class ShowPayCode:
    """Show a top-up's pay link as a QR code, to go on with another device."""

    top_up: str
    kind: Literal["show_pay_code"] = "show_pay_code"


@dataclass(frozen=True, slots=True)
class CopyText:
    """Put an id on the person's clipboard. Their app does it: where it cannot, no button shows."""

    text: str
    kind: Literal["copy_text"] = "copy_text"


Action = (
    Pick
    | AskSlot
    | ChangeDraft
    | ConfirmDraft
    | DropDraft
    | ResumeDraft
    | StartNewDraft
    | TopUpAccount
    | OpenPayPage
    | CheckPayment
    | CancelTopUp
    | ShowTopUp
    | ShowPayCode
    | AskTopic
    | AnswerInPrivate
    | CopyText
)
