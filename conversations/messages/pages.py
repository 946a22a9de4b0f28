"""What the bot's own web pages say: a top-up to pay, or why it cannot be paid."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from billing.claims import MoneyClaim, MoneyKnowledge
from conversations.messages.claims import money_sentence, return_sentence
from conversations.protocol.actions import Slot
from conversations.protocol.facts import TopUpFacts
from conversations.text.localizer import Localizer, TypedText
from conversations.words import page_words, words


class UnpayableReason(Enum):
    """Why a pay link leads nowhere."""

    UNKNOWN = auto()
    PAID = auto()
    OVER = auto()
    REFUSED = auto()
    GATEWAY_DOWN = auto()
    # It does answer, in a form that cannot be read.
    UNREAD = auto()
    # The settings no longer name its gateway.
    NO_GATEWAY = auto()
    # The bot may serve a copy of its database, and deals in no real money.
    LIVE_MONEY = auto()


@dataclass(frozen=True, slots=True)
class PageRow:
    """One line of a page."""

    label: str
    value: str
    strong: bool = False
    code: bool = False


@dataclass(frozen=True, slots=True)
class WebPage:
    """A template's name, its sentences and its rows; language and direction as HTML names them."""

    template: str
    words: dict[str, str]
    rows: tuple[PageRow, ...]
    language: str
    direction: str


_CLOSED = {
    UnpayableReason.UNKNOWN: (page_words.UNKNOWN_TITLE, page_words.UNKNOWN_BODY),
    UnpayableReason.PAID: (page_words.PAID_TITLE, page_words.PAID_BODY),
    UnpayableReason.OVER: (page_words.OVER_TITLE, page_words.OVER_BODY),
    UnpayableReason.REFUSED: (page_words.REFUSED_TITLE, page_words.REFUSED_BODY),
    UnpayableReason.GATEWAY_DOWN: (page_words.DOWN_TITLE, page_words.DOWN_BODY),
    UnpayableReason.UNREAD: (page_words.UNREAD_TITLE, page_words.UNREAD_BODY),
    UnpayableReason.NO_GATEWAY: (page_words.NO_GATEWAY_TITLE, page_words.NO_GATEWAY_BODY),
    UnpayableReason.LIVE_MONEY: (page_words.LIVE_CLOSED_TITLE, page_words.LIVE_CLOSED_BODY),
}

_EVER_PAID = frozenset({MoneyClaim.TAKEN, MoneyClaim.WITHHELD, MoneyClaim.GONE_BACK})


def pay_page(facts: TopUpFacts, localizer: Localizer, host: str) -> WebPage:
    """Who, what, how much, where it leads, until when, and the code the card shows too."""
    top_up, say, fact = facts.top_up, localizer.text, localizer.format
    fee = fact(top_up.fee) if top_up.fee.minor else say(words.NO_FEE)
    method = say(facts.method_label or top_up.method)
    rows = (
        PageRow(say(words.SLOTS[Slot.ACCOUNT]), fact(TypedText(facts.account_title))),
        PageRow(say(words.SLOTS[Slot.AMOUNT]), fact(top_up.amount)),
        PageRow(say(words.FEE), fee),
        PageRow(say(words.TOTAL), fact(top_up.total), strong=True),
        PageRow(say(words.SLOTS[Slot.METHOD]), method),
        PageRow(say(page_words.HOST), host),
        PageRow(say(words.CODE_HERE), facts.code, code=True),
        PageRow(say(words.TOP_UP_ID), top_up.id),
    )
    sentences = {
        "title": say(page_words.PAY_TITLE),
        "intro": say(page_words.PAY_INTRO),
        "button": say(page_words.PAY_BUTTON, total=top_up.total),
        "where": say(page_words.PAY_WHERE, host=host),
        "valid": say(page_words.PAY_VALID, until=localizer.format_date_time(top_up.expires_at)),
    }
    return _page("pay.html", sentences, rows, localizer)


def unpayable_page(
    closed: UnpayableReason, known: MoneyKnowledge | None, localizer: Localizer
) -> WebPage:
    """Why a pay link leads nowhere, what is known of the money, and what to do."""
    title, body = _CLOSED[closed]
    if known is None:
        return message_page(title, body, localizer)
    if closed is UnpayableReason.PAID:
        title = title if known.money is MoneyClaim.TAKEN else page_words.RETURN_TITLE
        body = page_words.RETURN_BODY
    return message_page(title, body, localizer, money_sentence(known, localizer))


def returned_page(facts: TopUpFacts, localizer: Localizer, way_back: str | None) -> WebPage:
    """For whoever comes back from the gateway's page: what is known, how much, and the chat."""
    top_up, say = facts.top_up, localizer.text
    paid, here = facts.known.money in _EVER_PAID, facts.known.money is MoneyClaim.TAKEN
    rows = (
        PageRow(say(words.SLOTS[Slot.ACCOUNT]), localizer.format(TypedText(facts.account_title))),
        PageRow(say(words.SLOTS[Slot.AMOUNT]), localizer.format(top_up.amount)),
        PageRow(
            say(words.PAID if paid else words.TOTAL), localizer.format(top_up.total), strong=True
        ),
        PageRow(say(words.TOP_UP_ID), top_up.id),
    )
    sentences = {
        "title": say(page_words.RETURN_PAID_TITLE if here else page_words.RETURN_TITLE),
        "body": return_sentence(facts.known, top_up.status, localizer),
        "close": say(page_words.RETURN_BODY),
        "way_back": way_back or "",
        "link": say(page_words.RETURN_LINK),
    }
    return _page("returned.html", sentences, rows, localizer)


def message_page(title: str, body: str, localizer: Localizer, *before: str) -> WebPage:
    """A title and one sentence, after those that were said already."""
    spoken = " ".join((*before, localizer.text(body)))
    sentences = {"title": localizer.text(title), "body": spoken}
    return _page("base.html", sentences, (), localizer)


def _page(
    template: str, sentences: dict[str, str], rows: tuple[PageRow, ...], localizer: Localizer
) -> WebPage:
    on_every_page = {
        "sandbox_title": localizer.text(page_words.SANDBOX_TITLE),
        "sandbox_body": localizer.text(page_words.SANDBOX_BODY),
    }
    words_of_page = on_every_page | sentences
    return WebPage(template, words_of_page, rows, localizer.language, localizer.direction)
