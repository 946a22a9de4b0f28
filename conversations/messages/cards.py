"""The card of a top-up, at every stage of its life."""

from __future__ import annotations

from datetime import UTC

from billing.money import Money
from billing.topups import (
    CREDITED_STATUSES,
    Disposition,
    HeldReason,
    Payment,
    PaymentStatus,
    TopUpStatus,
)
from conversations.messages.balances import overdrawn_text
from conversations.messages.claims import (
    money_sentence,
    processing_sentences,
    waiting_sentence,
)
from conversations.messages.text_alternative import alt_text
from conversations.protocol.actions import (
    CancelTopUp,
    CheckPayment,
    CopyText,
    OpenPayPage,
    ShowPayCode,
    Slot,
    StartNewDraft,
)
from conversations.protocol.facts import TopUpFacts
from conversations.protocol.views import ButtonStyle, Choice, PayQrCode, Row, View
from conversations.text.localizer import Localizer, TypedText
from conversations.words import card_words, surface_words, words

# What chats take for a clipboard.
COPY_MAX = 256
_ENDED_BADLY = frozenset({TopUpStatus.CANCELLED, TopUpStatus.EXPIRED, TopUpStatus.FAILED})
_MAY_NEED_SUPPORT = _ENDED_BADLY | {TopUpStatus.PROCESSING, TopUpStatus.PAID, TopUpStatus.DISPUTED}
_SAYS_NOTHING_TAKEN = _ENDED_BADLY | {TopUpStatus.AWAITING_PAYMENT}


def top_up_card(facts: TopUpFacts, localizer: Localizer, support: str) -> View:
    """What happened, whether money was taken, what happens next, and every id."""
    title = title_of(facts, localizer)
    body = (*_body(facts, localizer), *_held(facts, localizer, support))
    summary = localizer.text(
        card_words.TOP_UP_SUMMARY,
        top_up=facts.top_up.id,
        amount=facts.top_up.amount,
        account=TypedText(facts.account_title),
    )
    rows = tuple(_rows(facts, localizer, support))
    return View(
        title=title,
        fallback=alt_text(title, (summary, *body), rows),
        body=body,
        rows=rows,
        choices=_choices(facts, localizer, support),
    )


def pay_code_card(facts: TopUpFacts, localizer: Localizer, support: str) -> View:
    """An unpaid top-up's card with the pay link as a picture, and the same facts as text."""
    top_up, say, fact = facts.top_up, localizer.text, localizer.format
    title, body = say(card_words.CODE_TITLE), say(card_words.CODE_BODY)
    alt = say(card_words.CODE_ALT, total=top_up.total, top_up=top_up.id, code=facts.code)
    rows = (
        Row(say(words.SLOTS[Slot.ACCOUNT]), fact(TypedText(facts.account_title))),
        Row(say(words.TOTAL), fact(top_up.total)),
        Row(say(words.PAY_BY), localizer.format_date_time(top_up.expires_at)),
        Row(say(words.CODE), facts.code, code=True),
        Row(say(words.TOP_UP_ID), top_up.id, code=True),
    )
    picture = PayQrCode(top_up.id, top_up.revision, alt)
    choices = tuple(
        tuple(choice for choice in line if not isinstance(choice.action, ShowPayCode))
        for line in _choices(facts, localizer, support)
    )
    fallback = alt_text(title, (body,), rows)
    return View(title, fallback, (body,), rows, choices, picture=picture)


def credited_note(facts: TopUpFacts, localizer: Localizer) -> View:
    """A new message for somebody who waited: an edited card notifies nobody."""
    title = _about(card_words.CREDITED_NOTE, facts, localizer)
    rows = tuple(_id_rows(facts, localizer))
    return View(title=title, fallback=alt_text(title, (), rows), rows=rows)


def failed_note(facts: TopUpFacts, localizer: Localizer, support: str) -> View:
    """A new message where a payment failed: whoever relied on it has to do something else."""
    title = _about(card_words.FAILED_NOTE, facts, localizer)
    body = (*_body(facts, localizer), *_held(facts, localizer, support))
    rows = (*_id_rows(facts, localizer), Row(localizer.text(words.SUPPORT), support))
    again = Choice(localizer.text(words.START_AGAIN), StartNewDraft(facts.top_up.account))
    return View(title, alt_text(title, body, rows), body, rows, ((again,),))


def reversed_note(facts: TopUpFacts, localizer: Localizer, *, again: bool) -> View:
    """A new message where money went back, or is credited `again`: an edit notifies nobody."""
    told = card_words.REVERSED_NOTES.get(facts.top_up.status)
    sentence = card_words.REINSTATED_NOTE if again or told is None else told
    title = _about(sentence, facts, localizer)
    rows = (*_gone_rows(facts, localizer), *_balance_rows(facts, localizer))
    rows = (*rows, *_id_rows(facts, localizer))
    return View(title=title, fallback=alt_text(title, (), rows), rows=rows)


def progress_card(facts: TopUpFacts, who: str, localizer: Localizer) -> View:
    """Where a top-up stands, for a whole channel: who and how much, and nothing to press."""
    say, top_up = localizer.text, facts.top_up
    title = say(surface_words.PROGRESS[top_up.status], who=TypedText(who), amount=top_up.amount)
    begun_by = Row(say(surface_words.BEGUN_BY), localizer.format(TypedText(who)))
    rows = (begun_by, Row(say(words.TOP_UP_ID), top_up.id, code=True))
    return View(title=title, fallback=alt_text(title, (), rows), rows=rows)


def _about(sentence: str, facts: TopUpFacts, localizer: Localizer) -> str:
    account = TypedText(facts.account_title)
    return localizer.text(sentence, amount=facts.top_up.amount, account=account)


def title_of(facts: TopUpFacts, localizer: Localizer) -> str:
    """Symbol and word for where the top-up stands."""
    return localizer.text(card_words.TITLES[facts.top_up.status], amount=facts.top_up.amount)


def _body(facts: TopUpFacts, localizer: Localizer) -> tuple[str, ...]:
    top_up = facts.top_up
    if facts.held and top_up.status in _SAYS_NOTHING_TAKEN:
        # Money was taken: what became of it is told instead.
        return ()
    match top_up.status:
        case TopUpStatus.AWAITING_PAYMENT:
            declined = _why_declined(top_up.decline, localizer)
            return (waiting_sentence(facts.known, declined, localizer),)
        case TopUpStatus.CANCELLED | TopUpStatus.EXPIRED:
            return (money_sentence(facts.known, localizer),)
        case TopUpStatus.FAILED:
            failed = card_words.REFUSED if facts.known.refused else card_words.FAILED
            return (localizer.text(failed), money_sentence(facts.known, localizer))
        case TopUpStatus.PROCESSING:
            return processing_sentences(facts.known, localizer)
        case _:
            return _settled_body(facts, localizer)


def _settled_body(facts: TopUpFacts, localizer: Localizer) -> tuple[str, ...]:
    """A gateway said of a payment that it was made."""
    sentence = card_words.BODIES[facts.top_up.status]
    if facts.top_up.status is TopUpStatus.DISPUTED and facts.payment is not None:
        lost = not facts.payment.reversals.undecided_minor
        sentence = card_words.DISPUTE_LOST if lost else sentence
    return (localizer.text(sentence, account=TypedText(facts.account_title)),)


def _why_declined(decline: str | None, localizer: Localizer) -> str | None:
    if decline is None:
        return None
    return localizer.text(card_words.DECLINES.get(decline, card_words.DECLINE_OTHER))


def _held(facts: TopUpFacts, localizer: Localizer, support: str) -> tuple[str, ...]:
    return tuple(
        localizer.text(
            _held_sentence(payment),
            amount=payment.amount,
            payment=payment.display_ref,
            why=localizer.text(card_words.HELD_BECAUSE[payment.held_because]),
            support=support,
        )
        for payment in facts.held
        if payment.held_because is not None
    )


def _held_sentence(payment: Payment) -> str:
    if payment.disposition is not Disposition.HELD:
        return card_words.HELD_REFUNDED
    # Where it was paid to somebody else, or some is gone, nobody here can call it safe.
    safe = payment.held_because is not HeldReason.WRONG_MERCHANT
    whole = not payment.reversals.gone_minor(payment.amount.minor)
    return card_words.HELD if safe and whole else card_words.HELD_ELSEWHERE


def _rows(facts: TopUpFacts, localizer: Localizer, support: str) -> list[Row]:
    top_up, say, fact = facts.top_up, localizer.text, localizer.format
    rows = [
        Row(say(words.SLOTS[Slot.ACCOUNT]), fact(TypedText(facts.account_title))),
        Row(say(words.SLOTS[Slot.AMOUNT]), fact(top_up.amount)),
        Row(say(words.FEE), fact(top_up.fee) if top_up.fee.minor else say(words.NO_FEE)),
        Row(say(card_words.TOTALS[top_up.status]), fact(top_up.total)),
        Row(say(words.SLOTS[Slot.METHOD]), say(facts.method_label or top_up.method)),
    ]
    if top_up.status is TopUpStatus.AWAITING_PAYMENT:
        rows.append(Row(say(words.PAY_BY), localizer.format_date_time(top_up.expires_at)))
        rows.append(Row(say(words.CODE), facts.code, code=True))
    rows += [*_gone_rows(facts, localizer), *_balance_rows(facts, localizer)]
    rows += _id_rows(facts, localizer)
    if top_up.status in _ENDED_BADLY | {TopUpStatus.DISPUTED} or facts.held:
        rows.append(Row(say(words.STARTED_AT), localizer.format_date_time(top_up.created_at)))
        rows.append(Row(say(words.SUPPORT), support))
    return rows


def _gone_rows(facts: TopUpFacts, localizer: Localizer) -> tuple[Row, ...]:
    """What went back of the payment that was applied."""
    payment = facts.payment
    if payment is None or facts.top_up.status not in CREDITED_STATUSES:
        return ()
    gone = (
        (card_words.SENT_BACK, payment.reversals.sent_back_minor),
        (card_words.WITHHELD, payment.reversals.withheld_minor),
    )
    return tuple(
        Row(localizer.text(word), localizer.format(Money(minor, payment.amount.currency)))
        for word, minor in gone
        if minor
    )


def _balance_rows(facts: TopUpFacts, localizer: Localizer) -> tuple[Row, ...]:
    if facts.balance is None or facts.top_up.status not in CREDITED_STATUSES:
        return ()
    return (Row(localizer.text(words.NEW_BALANCE), overdrawn_text(facts.balance, localizer)),)


def _id_rows(facts: TopUpFacts, localizer: Localizer) -> list[Row]:
    say = localizer.text
    rows = [Row(say(words.TOP_UP_ID), facts.top_up.id, code=True)]
    payment = facts.payment
    if payment is not None and payment.status is not PaymentStatus.OPEN:
        rows.append(Row(say(words.PAYMENT_ID), payment.display_ref, code=True))
    if facts.transaction is not None:
        rows.append(Row(say(words.TRANSACTION_ID), facts.transaction, code=True))
    return rows


def _choices(
    facts: TopUpFacts, localizer: Localizer, support: str
) -> tuple[tuple[Choice, ...], ...]:
    lines = _next(facts, localizer)
    if facts.top_up.status in _MAY_NEED_SUPPORT or facts.held:
        copy = CopyText(_bundle(facts, support))
        return (*lines, (Choice(localizer.text(words.COPY_SUPPORT), copy),))
    return lines


def _next(facts: TopUpFacts, localizer: Localizer) -> tuple[tuple[Choice, ...], ...]:
    top_up, say = facts.top_up, localizer.text
    check = Choice(say(words.PAID_ALREADY), CheckPayment(top_up.id))
    again = Choice(say(words.START_AGAIN), StartNewDraft(top_up.account))
    match top_up.status:
        case TopUpStatus.AWAITING_PAYMENT:
            open_page = OpenPayPage(top_up.id, top_up.revision)
            pay = Choice(say(words.PAY, total=top_up.total), open_page, ButtonStyle.PRIMARY)
            cancel = Choice(
                say(words.CANCEL_TOP_UP),
                CancelTopUp(top_up.id),
                ButtonStyle.DANGER,
                confirm=say(words.CANCEL_SURE),
                deny=say(words.KEEP),
            )
            code = Choice(say(words.SHOW_CODE), ShowPayCode(top_up.id))
            return ((pay,), (check, code), (cancel,))
        case TopUpStatus.PROCESSING:
            return ((check,),)
        case TopUpStatus.CANCELLED | TopUpStatus.EXPIRED | TopUpStatus.FAILED:
            return ((again, check),)
        case TopUpStatus.PAID:
            return ()
        case (
            TopUpStatus.CREDITED
            | TopUpStatus.PARTLY_REFUNDED
            | TopUpStatus.REFUNDED
            | TopUpStatus.DISPUTED
        ):
            return _copies(facts, localizer)


def _bundle(facts: TopUpFacts, support: str) -> str:
    """One message to support, the same in any language; what finds no room is left out."""
    ids = [row.value for row in _id_rows(facts, Localizer())]
    started = f"{facts.top_up.created_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    bundle = ""
    for line in (*ids, started, support):
        longer = f"{bundle}\n{line}".strip()
        bundle = longer if len(longer) <= COPY_MAX else bundle
    return bundle


def _copies(facts: TopUpFacts, localizer: Localizer) -> tuple[tuple[Choice, ...], ...]:
    """The ids that support asks for, for the clipboard."""
    copies = [Choice(localizer.text(words.COPY_TOP_UP), CopyText(facts.top_up.id))]
    if facts.payment is not None and len(facts.payment.display_ref) <= COPY_MAX:
        copy = CopyText(facts.payment.display_ref)
        copies.append(Choice(localizer.text(words.COPY_PAYMENT), copy))
    return (tuple(copies),)
