"""Use cases of an operator: export what is known of a person, and erase it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from conversations.protocol.people import PERSON, Person, PersonTraces, UndecidedMoney, read_person
from service.money.accounts import OPERATOR, OperatorError
from service.ports.chats import Traits
from service.ports.store import Tx

_SHOWN_MAX = 5
_WHY = {
    UndecidedMoney.OPEN: "top-ups of theirs are open, or paid and not credited yet: {}",
    UndecidedMoney.MAY_BE_PAID: "top-ups of theirs may still be paid: {}",
    UndecidedMoney.HELD: "payments of theirs are held (topup-bot held list): {}",
    UndecidedMoney.REFUND: "refunds of theirs are under way: {}",
    UndecidedMoney.BALANCE: "accounts that only they may use hold a balance; refund it, or link "
    "somebody else: {}",
}


def export_person(tx: Tx, text: str, traits: Traits) -> dict[str, Any]:
    """Every row about somebody, by table, as plain JSON. Raises OperatorError."""
    traces = find_person(tx, text, traits)
    rows = tx.personal.rows(traces)
    return {
        "person": traces.person.spelled,
        "names": list(traces.names),
        **{table: [_plain(row) for row in found] for table, found in rows.items()},
    }


def erase_person(tx: Tx, text: str, reason: str, now: datetime, traits: Traits) -> PersonTraces:
    """Drop what leads to somebody, once none of their money is under way. Raises OperatorError."""
    traces = find_person(tx, text, traits)
    for key in tx.personal.talks(traces):
        # Who is just being answered is answered first.
        tx.conversations.lock(key)
    undecided = tx.personal.undecided(traces, now)
    if undecided:
        raise OperatorError(f"Nothing was erased: {_sentence(undecided)}.")
    tx.personal.erase(traces, now)
    for name in traces.names or ("unnamed",):
        tx.audit.write(now, OPERATOR, "person_erased", name, {"reason": reason})
    return traces


def find_person(tx: Tx, text: str, traits: Traits) -> PersonTraces:
    """Whom an operator means. Raises OperatorError for nobody, and where it may be several."""
    person = (
        tx.people.person_named(text.strip())
        if text.strip().startswith(PERSON)
        else read_person(text)
    )
    if person is None:
        raise OperatorError(f"{text}: nobody is known so. {_how(traits)}")
    tenants = tx.personal.tenants(person.platform, person.id)
    if not tenants or (person.tenant and not {"", person.tenant} & set(tenants)):
        raise OperatorError(f"{text}: nothing is known of them. {_how(traits)}")
    own = [person.tenant] if person.tenant else [each for each in tenants if each] or [""]
    if len(own) > 1:
        which = ", ".join(Person(person.platform, each, person.id).spelled for each in own)
        raise OperatorError(f"{text}: say which of them: {which}.")
    whole = Person(person.platform, own[0], person.id)
    known = tx.people.find_all(whole.platform, whole.id)
    names = [name for name, one in known.items() if one.tenant in ("", whole.tenant)]
    return PersonTraces(whole, tuple(names))


def person_examples(traits: Traits) -> str:
    """How an operator writes a person, on every platform that has many."""
    return ", ".join(
        f"{each.platform}:{each.person_example}" for each in traits.values() if each.person_example
    )


def _how(traits: Traits) -> str:
    examples = person_examples(traits)
    return f"Write a person as {examples}, or as the audit trail does: person-…"


def _sentence(undecided: Sequence[tuple[UndecidedMoney, str]]) -> str:
    ids = {why: [id for each, id in undecided if each is why] for why, _ in undecided}
    return "; ".join(_WHY[why].format(_listed(found)) for why, found in ids.items())


def _listed(ids: Sequence[str]) -> str:
    more = len(ids) - _SHOWN_MAX
    return ", ".join(ids[:_SHOWN_MAX]) + (f" and {more} more" if more > 0 else "")


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _told(value) for name, value in row.items()}


def _told(value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat()
        case tuple():
            return [_told(each) for each in value]
        case _:
            return value
