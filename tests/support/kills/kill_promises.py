"""What must hold when a bot was killed and lived again, over its rows and over what people saw."""

from __future__ import annotations

from itertools import groupby

from service.common.fail_points import FailPoint
from tests.support.bots.bot_place import Rows
from tests.support.kills.kill_child import CREDITED, REFUND, REFUNDED, Record, read_journal
from tests.support.kills.kill_harness import KILLED, Outcome

AMOUNT_MINOR = 5_000


def broken(outcome: Outcome) -> list[str]:
    """The promises that were not kept, in words."""
    tables = outcome.tables
    journal = read_journal(outcome.directory / "journal")
    cards = broken_cards(outcome, tables["cards"], journal)
    return [
        *broken_money(tables, refunded=outcome.case.method == REFUND),
        *broken_deliveries(tables),
        *cards,
    ]


def broken_money(tables: dict[str, Rows], *, refunded: bool) -> list[str]:
    """Credited once, for one payment of one checkout; the balance is the sum of its postings.

    What was sent back is reversed once, and nothing is left.
    """
    postings, documents = tables["postings"], tables["documents"]
    came = [each for each in postings if each["destination"].startswith("customer:")]
    went = [each for each in postings if each["source"].startswith("customer:")]
    found = {
        "booked": [each["kind"] for each in tables["transactions"]],
        "balance": [each["balance_minor"] for each in tables["accounts"]],
        "postings": minor(came) - minor(went),
        "payments": [(each["status"], each["disposition"]) for each in tables["payments"]],
        "top-ups": [each["status"] for each in tables["top_ups"]],
        "attempts": len(tables["attempts"]),
        "checkouts": sum(each["kind"] == "checkout" for each in documents),
    }
    left = 0 if refunded else AMOUNT_MINOR
    wanted = {
        "booked": ["credit", "reversal"] if refunded else ["credit"],
        "balance": [left],
        "postings": left,
        "payments": [("paid", "applied")],
        "top-ups": ["refunded" if refunded else "credited"],
        "attempts": 1,
        "checkouts": 1,
    }
    return [f"{name}: {found[name]}" for name in wanted if found[name] != wanted[name]]


def minor(postings: Rows) -> int:
    return sum(each["amount_minor"] for each in postings)


def broken_deliveries(tables: dict[str, Rows]) -> list[str]:
    """Every delivery was stored once and worked off; none is poison here."""
    names = [each["sender_id"] for each in tables["deliveries"]]
    left = [each["sender_id"] for each in tables["deliveries"] if each["done_at"] is None]
    wrong = [] if len(set(names)) == len(names) else [f"stored twice: {names}"]
    return [*wrong, *(f"not worked off: {name}" for name in left)]


def broken_cards(outcome: Outcome, cards: Rows, journal: list[Record]) -> list[str]:
    """The final state is shown in place; new messages double in the one window there is."""
    shows = [each for each in journal if "message" in each]
    newest = {each["message"]: each["title"] for each in shows}
    posts = [each for each in shows if not each["edit"]]
    last = REFUNDED if outcome.case.method == REFUND else CREDITED
    final = [each for each in shows if each["title"].startswith(last) and each["edit"]]
    crashed, perhaps = last_shows(outcome, shows)
    doubled = sum(not each["edit"] for each in crashed)
    most = doubled + sum(not each["edit"] for each in perhaps)
    wrong = [f"not shown: {each}" for each in cards if each["shown_rev"] != each["wanted_rev"]]
    if not doubled <= len(posts) - len(cards) <= most:
        wrong.append(f"{len(posts)} messages, {len(cards)} cards, {doubled} in the window")
    if not 1 <= len(final) <= 1 + len(crashed) + len(perhaps):
        wrong.append(f"the final state was sent {len(final)} times")
    if sum(title.startswith(last) for title in newest.values()) != 1:
        wrong.append(f"people see: {newest}")
    return wrong


def last_shows(outcome: Outcome, shows: list[Record]) -> tuple[list[Record], list[Record]]:
    """What was shown last in each life that was killed: in the window, and perhaps in it.

    A life that ends elsewhere may have been about to note what it showed just before.
    """
    last = {life: list(these)[-1] for life, these in groupby(shows, lambda each: each["life"])}
    killed = {
        life: where
        for life, (where, _) in enumerate(outcome.case.kills)
        if outcome.ends[life] == KILLED and life in last
    }
    return (
        [last[life] for life, where in killed.items() if where is FailPoint.CARD_SENT],
        [last[life] for life, where in killed.items() if where is not FailPoint.CARD_SENT],
    )
