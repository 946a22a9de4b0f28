"""What the long lane throws at the bot: texts, histories, updates, altered tokens.

Each function takes a seed and a number of tries, tells its progress, and raises on the first
broken law. The seed is in the message of whoever calls it; the same seed tries the same things.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from random import Random
from typing import Any

from billing.amounts.amounts import (
    AmbiguousAmount,
    AmountContext,
    RefusedAmount,
    extract_amount,
    parse_amount,
)
from billing.money import Money, currency_exponent, format_money
from conversations.dialog.steps import step
from conversations.protocol.actions import (
    Action,
    AskSlot,
    ConfirmDraft,
    DropDraft,
    Pick,
    Slot,
    StartNewDraft,
)
from conversations.protocol.events import Chose, Event, FormMissed, Idle, Said, State, Submitted
from conversations.protocol.ports import Incoming, UnreadableDelivery
from service.common.signed_tokens import (
    PayLink,
    Press,
    read_pay_link,
    read_press,
    sign_pay_link,
    sign_press,
)
from tests.support.dialogs.terms import facts, terms
from tests.support.fuzz.amount_forms import CURRENCIES as EVERY_CURRENCY
from tests.support.fuzz.amount_forms import LOCALES as EVERY_LOCALE
from tests.support.fuzz.amount_forms import written

Progress = Callable[[], None]
_LOCALES = """en en_GB en_IN de de_AT de_CH fr fr_CH es es_MX it nl pl pt_BR sv da ja zh ar hi
ru tr"""
_CURRENCIES = "USD EUR JPY KWD CLF INR GBP CHF BRL TRY"
_WORDS = """50 $50 1,000 1.000 12,34 -5 0 1e9 NaN 1_000 0x10 50k usd EUR team-a team-b card bank
transfer foo cancel balance status history help TU-7K3M9Q2X ٥٠ ５０ ½ 💸 \u202e50 topup <b>
<!channel> {amount} %s \x00 \u2068"""
LOCALES, CURRENCIES, WORDS = _LOCALES.split(), _CURRENCIES.split(), _WORDS.split()
SECRET, OTHER_SECRET = b"k" * 32, b"l" * 32


def amounts(seed: int, tries: int, progress: Progress) -> None:
    """A rendered amount parses to itself, to a question holding it, or to a refusal."""
    dice = Random(seed)
    for _ in range(tries):
        currency, locale = dice.choice(CURRENCIES), dice.choice(LOCALES)
        money = Money(dice.randrange(1, 10 ** dice.randrange(1, 10)), currency)
        text = _rendered(dice, money, locale)
        reading = parse_amount(text, AmountContext(currency, locale, None, None))
        assert _is_or_holds(reading, money), (text, locale, money, reading)
        garbage = "".join(dice.choice(WORDS) for _ in range(dice.randrange(4)))
        parse_amount(garbage, AmountContext(currency, locale, None, None))
        extract_amount(_line(dice), AmountContext(currency, locale, 500, 200_000))
        progress()


def own_currencies(seed: int, tries: int, progress: Progress) -> None:
    """In every locale, script and short form an amount is read or refused, never as another."""
    dice = Random(seed)
    for _ in range(tries):
        locale, currency = dice.choice(EVERY_LOCALE), dice.choice(EVERY_CURRENCY)
        money = Money(dice.randrange(1, 10 ** dice.randrange(1, 12)), currency)
        context = AmountContext(currency, locale, None, None)
        for text in written(money, locale, dice):
            for reading in (parse_amount(text, context), extract_amount(text, context).reading):
                known = reading is None or _is_or_holds(reading, money)
                assert known, (text, locale, money, reading)
        progress()


def histories(seed: int, tries: int, progress: Progress) -> None:
    """Whatever is said and pressed, the machine answers, and keeps a state it understands."""
    dice = Random(seed)
    places = (terms(), terms(accounts=()), terms(methods=()), terms(history=(facts(),)))
    for _ in range(tries):
        state: State = Idle()
        place = dice.choice(places)
        for _ in range(dice.randrange(12)):
            taken = step(state, _event(dice), place)
            assert taken.shows or taken.replies or taken.effects, state
            state = taken.state
        progress()


def deliveries(
    to_event: Callable[[dict[str, Any]], Incoming | None], samples: Iterable[dict[str, Any]]
) -> Callable[[int, int, Progress], None]:
    """Bodies that were real before the dice changed them are read, ignored or quarantined."""
    known = tuple(json.dumps(sample) for sample in samples)

    def run(seed: int, tries: int, progress: Progress) -> None:
        dice = Random(seed)
        for _ in range(tries):
            body = json.loads(dice.choice(known))
            for _ in range(dice.randrange(1, 4)):
                body = changed(dice, body)
            with suppress(UnreadableDelivery):
                to_event(body if isinstance(body, dict) else {"body": body})
            progress()

    return run


def presses(seed: int, tries: int, progress: Progress) -> None:
    """No button payload is taken that we did not sign, letter for letter."""
    dice = Random(seed)
    for _ in range(tries):
        press = Press(dice.randbytes(8).hex(), dice.randrange(2**16), dice.randrange(30))
        token = sign_press(press, SECRET)
        assert press == read_press(token, SECRET)
        forged = _altered(dice, token)
        assert read_press(forged, SECRET) is None, (token, forged)
        assert read_press(token, OTHER_SECRET) is None
        progress()


def pay_links(seed: int, tries: int, progress: Progress) -> None:
    """No pay link opens that we did not sign, letter for letter."""
    dice = Random(seed)
    for _ in range(tries):
        link = PayLink(f"TU-{dice.randrange(10**8):08d}", dice.randrange(1, 9))
        token = sign_pay_link(link, SECRET)
        assert link == read_pay_link(token, SECRET)
        forged = _altered(dice, token)
        assert read_pay_link(forged, SECRET) is None, (token, forged)
        assert read_pay_link(token, OTHER_SECRET) is None
        progress()


def _rendered(dice: Random, money: Money, locale: str) -> str:
    plain = str(money.minor).rjust(currency_exponent(money.currency) + 1, "0")
    digits = currency_exponent(money.currency)
    whole, rest = (plain[:-digits], plain[-digits:]) if digits else (plain, "")
    dotted = f"{whole}.{rest}" if digits else whole
    return dice.choice(
        [
            format_money(money, locale),
            f"{dotted} {money.currency}",
            f"{money.currency} {dotted}",
            f"{dotted}{money.currency.lower()}",
        ]
    )


def _is_or_holds(reading: Money | AmbiguousAmount | RefusedAmount, money: Money) -> bool:
    match reading:
        case Money():
            return reading == money
        case AmbiguousAmount(readings):
            return money in readings
        case RefusedAmount():
            return True


def _event(dice: Random) -> Event:
    kinds: list[Callable[[], Event]] = [
        lambda: Said(_line(dice), dice.random() < 0.6, dice.random() < 0.5, dice.random() < 0.05),
        lambda: Chose(_action(dice), terms().new_id, dice.random() < 0.3),
        lambda: Submitted("d", tuple((slot, dice.choice(WORDS)) for slot in Slot)),
        FormMissed,
    ]
    return dice.choice(kinds)()


def _action(dice: Random) -> Action:
    actions: list[Action] = [
        Pick(Slot.ACCOUNT, dice.choice(["team-a", "team-b", "gone"])),
        Pick(Slot.AMOUNT, str(dice.randrange(-1, 300_000)), dice.choice(["USD", "EUR"])),
        Pick(Slot.METHOD, dice.choice(["card", "bank_transfer", "gone"])),
        AskSlot(dice.choice(list(Slot)), dice.random() < 0.5),
        StartNewDraft(_line(dice)),
        ConfirmDraft(),
        DropDraft(),
    ]
    return dice.choice(actions)


def _line(dice: Random) -> str:
    return " ".join(dice.choice(WORDS) for _ in range(dice.randrange(6)))


def _altered(dice: Random, token: str) -> str:
    """One bit of what the token says, one letter of how it is spelled, or its length."""
    raw = bytearray(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    bit = dice.randrange(len(raw) * 8)
    raw[bit // 8] ^= 1 << bit % 8
    at = dice.randrange(len(token))
    letter = dice.choice([one for one in "Aa0-_b=" if one != token[at]])
    return dice.choice(
        [
            base64.urlsafe_b64encode(raw).rstrip(b"=").decode(),
            token[:at] + letter + token[at + 1 :],
            token[: dice.randrange(len(token))],
            token + dice.choice("Ab=_"),
        ]
    )


def changed(dice: Random, value: Any) -> Any:
    """The value with something inside it dropped, swapped for another kind, or doubled."""
    odd: list[Any] = [None, -1, 2**70, 1.5, "", "\ud800", "x" * 500, [], {}, True, {"id": []}]
    if isinstance(value, dict) and value and dice.random() < 0.8:
        key = dice.choice(sorted(value))
        if dice.random() < 0.25:
            return {name: inner for name, inner in value.items() if name != key}
        return {**value, key: changed(dice, value[key])}
    if isinstance(value, list) and value and dice.random() < 0.8:
        at = dice.randrange(len(value))
        return [*value[:at], changed(dice, value[at]), *value[at + 1 :]]
    return dice.choice(odd)
