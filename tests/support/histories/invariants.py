"""The promises of the design that hold after any history, each a function over what is written.

They read rows and what the outside world knows, and use no rule of the product: a rule that is
wrong there must not excuse itself here.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from tests.support.histories.invariants_trail import all_sealed, chain_verifies
from tests.support.histories.seen import Row, Seen, Taken, key_of

CUSTOMER = "customer:"
_NOTHING_TAKEN = "No money was taken"
_ENDED = ("cancelled", "expired", "failed")
_MOVES = {
    "awaiting_approval": {"awaiting_payment", "rejected", "cancelled", "expired"},
    "awaiting_payment": {"processing", "paid", *_ENDED},
    "processing": {"paid", *_ENDED},
    **{ended: {"processing", "paid"} for ended in _ENDED},
    "paid": {"credited"},
    "credited": {"partly_refunded", "refunded", "disputed"},
    "partly_refunded": {"refunded", "disputed"},
    "disputed": {"credited", "partly_refunded", "refunded"},
    "refunded": {"disputed"},
}


def broken(seen: Seen) -> list[str]:
    """Every promise that does not hold at this moment, in words."""
    return [f"{name}: {what}" for name, check in ALWAYS.items() for what in check(seen)]


def unfinished(seen: Seen, *names: str) -> list[str]:
    """Every promise, or each of these, that does not hold although all was worked off."""
    checks = {name: FINALLY[name] for name in names or FINALLY}
    return [f"{name}: {what}" for name, check in checks.items() for what in check(seen)]


def credited_once(seen: Seen) -> Iterator[str]:
    """One credit for each applied payment; none but for a paid one of that sum and currency."""
    credits = Counter(
        _payment_of(each["reference"])
        for each in seen.tables["transactions"]
        if each["kind"] == "credit"
    )
    top_ups = {each["id"]: each for each in seen.tables["top_ups"]}
    applied = {
        key_of(each): top_ups[each["top_up"]]
        for each in seen.tables["payments"]
        if each["disposition"] == "applied"
    }
    decided = {each["subject"] for each in seen.tables["audit"] if each["act"] == "held_credited"}
    for key in credits.keys() | applied.keys():
        if credits[key] != 1 or key not in applied:
            yield f"{credits[key]} credits for {key}, applied: {key in applied}"
    for key, top_up in applied.items():
        taken = seen.taken.get(key)
        by_hand = key in decided
        if taken is None or not taken.paid or not _fits(taken, top_up, key, by_hand=by_hand):
            yield f"{key} was applied to {dict(top_up)}, and the gateway says {taken}"
    for top_up in top_ups.values():
        if top_up["status"] == "credited" and top_up not in applied.values():
            yield f"{top_up['id']} is called credited without a payment"


def balances_add_up(seen: Seen) -> Iterator[str]:
    """A stored balance is the sum of its postings, and every currency sums to zero."""
    sums = _sums(seen.tables["postings"])
    for account in seen.tables["accounts"]:
        end = CUSTOMER + account["id"], account["currency"]
        if sums[end] != account["balance_minor"]:
            yield f"{account['id']} holds {account['balance_minor']}, postings give {sums[end]}"
    totals: Counter[str] = Counter()
    for (_, currency), minor in sums.items():
        totals[currency] += minor
    yield from (f"{currency} sums to {minor}" for currency, minor in totals.items() if minor)


def nothing_lost(seen: Seen) -> Iterator[str]:
    """Each payment that a gateway calls paid is credited, or held where people see it."""
    known = {key_of(each): each for each in seen.tables["payments"]}
    for key, taken in seen.taken.items():
        row = known.get(key)
        if taken.paid and (row is None or row["disposition"] is None):
            yield f"{key} was paid, and is {row and row['status']} here"


def reversals_fit(seen: Seen) -> Iterator[str]:
    """What reversals took back of a payment is never more than its credit."""
    references = {each["id"]: each["reference"] for each in seen.tables["transactions"]}
    kinds = {each["id"]: each["kind"] for each in seen.tables["transactions"]}
    left: Counter[str] = Counter()
    credited: Counter[str] = Counter()
    for each in seen.tables["postings"]:
        number = each["transaction_id"]
        if kinds[number] in ("charge", "correction"):
            continue
        came = _to_customer(each)
        left[_payment_of(references[number])] += came
        if kinds[number] == "credit":
            credited[_payment_of(references[number])] += came
    for key, minor in left.items():
        if not 0 <= minor <= credited[key]:
            yield f"of {credited[key]} credited for {key}, {minor} are left"


def reversals_booked(seen: Seen) -> Iterator[str]:
    """What a gateway says is gone of a credited payment is gone here too, and nothing else."""
    booked = {
        key_of(each): each["reversed_minor"] - each["reinstated_minor"]
        for each in seen.tables["reversals"]
    }
    for each in seen.tables["payments"]:
        key = key_of(each)
        gone, known = seen.taken[key].gone_minor if key in seen.taken else 0, booked.get(key, 0)
        if each["disposition"] == "applied" and gone != known:
            yield f"{gone} of {key} is gone, and {known} is booked as gone"
        if each["disposition"] == "refunded" and gone != each["amount_minor"]:
            yield f"{key} is called refunded, and {gone} of it is gone"


def nothing_goes_back(seen: Seen) -> Iterator[str]:
    """A status only moves on, and money that was applied stays applied until it is refunded."""
    was = {each["id"]: each["status"] for each in seen.before.get("top_ups", [])}
    for each in seen.tables["top_ups"]:
        old = str(was.get(each["id"], each["status"]))
        if each["status"] not in _reachable(old):
            yield f"{each['id']} went from {old} to {each['status']}"
    had = {key_of(each): each["disposition"] for each in seen.before.get("payments", [])}
    for each in seen.tables["payments"]:
        applied = had.get(key_of(each)) == "applied"
        if applied and each["disposition"] not in ("applied", "refunded"):
            yield f"{key_of(each)} went from applied to {each['disposition']}"


def one_checkout(seen: Seen) -> Iterator[str]:
    """One checkout for each revision of a top-up; one idempotency key, one set of parameters."""
    revisions = {each["id"]: each["revision"] for each in seen.tables["top_ups"]}
    keys: defaultdict[str, set[str]] = defaultdict(set)
    parameters: defaultdict[str, set[str]] = defaultdict(set)
    for order in seen.orders:
        keys[order.reference].add(order.key)
        parameters[order.key].add(order.parameters)
    for reference, used in keys.items():
        if len(used) > revisions.get(reference, 0):
            yield f"{reference} was ordered by {len(used)} keys"
    yield from (f"{key} meant {said}" for key, said in parameters.items() if len(said) > 1)


def nothing_forgotten(seen: Seen) -> Iterator[str]:
    """Each accepted delivery is stored once; until it is done, a lane knows that it waits."""
    names = Counter(each["sender_id"] for each in seen.tables["deliveries"])
    yield from (f"{name} was accepted and is gone" for name in seen.accepted - names.keys())
    yield from (f"{name} is stored {times} times" for name, times in names.items() if times > 1)
    lanes = {each["key"] for each in seen.tables["lanes"]}
    for each in _pending(seen):
        if each["lane"] not in lanes:
            yield f"{each['sender_id']} waits, and no lane says so"


def all_worked_off(seen: Seen) -> Iterator[str]:
    """Each accepted delivery is processed or quarantined."""
    yield from (f"{each['sender_id']} is still pending" for each in _pending(seen))


def no_doubles(seen: Seen) -> Iterator[str]:
    """People see one message for each card, where the bot could know of the first."""
    for card, posts in seen.posts.items():
        if posts > 1 + seen.excused.get(card, 0):
            yield f"card {card} stands there {posts} times"


def all_shown(seen: Seen) -> Iterator[str]:
    """Each message shows what its card should show."""
    for each in seen.tables["cards"]:
        view = json.loads(each["wanted_view"])
        title, away = view["title"], view.get("away", False)
        shown = seen.titles.get(f"{each['message_chat']}/{each['message_id']}")
        stands = shown == title or (away and shown is None)
        if each["shown_rev"] != each["wanted_rev"] or not stands:
            yield f"card {each['id']} should show {title!r} and shows {shown!r}"


def nothing_leaks(seen: Seen) -> Iterator[str]:
    """No secret and no card number is in a row or in the log."""
    written = repr(seen.tables)
    for number, secret in enumerate(seen.secrets):
        if secret in written:
            yield f"secret {number} is in the database"
        if secret in seen.log:
            yield f"secret {number} is in the log"


def modes_apart(seen: Seen) -> Iterator[str]:
    """Sandbox money never reaches a live account, nor the other way round."""
    modes = {CUSTOMER + each["id"]: each["mode"] for each in seen.tables["accounts"]}
    references = {each["id"]: each["reference"] for each in seen.tables["transactions"]}
    for posting in seen.tables["postings"]:
        taken = seen.taken.get(_payment_of(references[posting["transaction_id"]]))
        for end in (posting["source"], posting["destination"]):
            if taken is not None and modes.get(end, taken.mode) != taken.mode:
                yield f"{taken.mode} money moved {end}"


def nothing_claimed(seen: Seen) -> Iterator[str]:
    """Who reads that nothing was taken was led to no page, or its gateway called it unpaid."""
    own = {each["card"] for each in seen.tables["top_ups"]}
    paid = {each["top_up"] for each in seen.tables["payments"] if each["status"] == "paid"}
    for card in seen.tables["cards"]:
        top_up = card["subject"]
        if not top_up or _NOTHING_TAKEN not in json.loads(card["wanted_view"])["fallback"]:
            continue
        for page, name in seen.led_to.items():
            if name == top_up and page not in seen.said_over:
                yield f"{top_up} says that nothing was taken, and {page} may be paid"
        if card["id"] in own and top_up in paid:
            yield f"{top_up} says that nothing was taken, and a payment is known"


Check = Callable[[Seen], Iterator[str]]
ALWAYS: dict[str, Check] = {
    "I1": credited_once,
    "I2": balances_add_up,
    "I4": reversals_fit,
    "I5": nothing_goes_back,
    "I6": one_checkout,
    "I7": nothing_forgotten,
    "I8": no_doubles,
    "I10": nothing_leaks,
    "I11": chain_verifies,
    "I12": modes_apart,
    "I13": nothing_claimed,
}
FINALLY: dict[str, Check] = {
    "I3": nothing_lost,
    "I4": reversals_booked,
    "I7": all_worked_off,
    "I8": all_shown,
    "I11": all_sealed,
}


def _payment_of(reference: str) -> str:
    return reference.split(":", 1)[0]


def _fits(taken: Taken, top_up: Row, key: str, *, by_hand: bool) -> bool:
    """An operator may credit money to a top-up of its own, whatever it was meant for."""
    asked = top_up["amount_minor"] + top_up["fee_minor"], top_up["currency"], top_up["mode"]
    ours = key.startswith(f"{top_up['gateway']}/{top_up['merchant_account']}/")
    same = asked == (taken.amount_minor, taken.currency, taken.mode)
    return ours and same and (by_hand or taken.reference == top_up["id"])


def _sums(postings: list[dict[str, Any]]) -> Counter[tuple[str, str]]:
    sums: Counter[tuple[str, str]] = Counter()
    for each in postings:
        sums[each["source"], each["currency"]] -= each["amount_minor"]
        sums[each["destination"], each["currency"]] += each["amount_minor"]
    return sums


def _to_customer(posting: Row) -> int:
    came = str(posting["destination"]).startswith(CUSTOMER)
    went = str(posting["source"]).startswith(CUSTOMER)
    return int(posting["amount_minor"]) * (came - went)


def _reachable(status: str) -> set[str]:
    found, fresh = {status}, [status]
    while fresh:
        further = _MOVES.get(fresh.pop(), set()) - found
        found |= further
        fresh += further
    return found


def _pending(seen: Seen) -> Iterator[dict[str, Any]]:
    for each in seen.tables["deliveries"]:
        if each["done_at"] is None and each["quarantined_at"] is None:
            yield each
