"""Bugs that others really had, planted at run time: run.py shows that ours are found.

Each replaces functions of the product by ones with the bug, and never touches a file. As a pytest
plugin (`-p tests.support.planted.catalogue`) it plants the one that the environment names.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from billing.topups import HeldReason
from tests.support.planted import chat, claims, doors, found, money

PLANTED = "PLANTED_BUG"
HISTORIES = "tests/promises/test_histories.py"
Patches = Mapping[tuple[Any, str], Any]


@dataclass(frozen=True, slots=True)
class Mutation:
    """A bug, who had it, what it replaces, and the tests that must find it."""

    story: str
    patches: Callable[[], Patches]
    finders: tuple[str, ...] = (HISTORIES,)


def pytest_configure() -> None:
    """Plant what the environment asks for, before any test is imported."""
    name = os.environ.get(PLANTED)
    if name is not None:
        plant(MUTATIONS[name].patches())


def plant(patches: Patches) -> None:
    """Put the bug in. Raises AttributeError when what it replaces is no longer there."""
    for (owner, name), buggy in patches.items():
        getattr(owner, name)
        setattr(owner, name, buggy)


REVERSALS = ("tests/service/money/test_reversals.py",)
CASES = ("tests/promises/test_history_cases.py",)
SETTLE = ("tests/service/money/test_settle.py",)
RESTORE = ("tests/adapters/storage/test_restore.py",)
TRAIL = ("tests/service/work/test_audit_trail.py",)
CLAIMS = ("tests/conversations/test_claims.py",)
BUTTONS = ("tests/service/chat/test_bad_input_chat.py",)
WORK = ("tests/promises/test_bounded_work.py",)
CROWDS = ("tests/bot/web/test_connections.py",)
MUTATIONS = {
    "status checked outside the transaction": Mutation("AutoGPT #10672", money.checked_outside),
    "grant before mark": Mutation("The-Leetcode-City #392", money.grant_first),
    "callback credited without a fetch": Mutation("BEDOLAGA #248", money.without_fetch),
    "acknowledged before it is stored": Mutation(
        "openclaw #98806", chat.acknowledged_first, CASES
    ),
    "lost reply posted again": Mutation("slack-api-specs #10", chat.posted_again, CASES),
    "card forgotten when it fails": Mutation("clawpatrol #595", chat.shown_first, CASES),
    "dedupe by event id only": Mutation("opencode #28402", money.by_event, SETTLE),
    "late failure downgrades": Mutation("nearmerch #209", money.downgrades, SETTLE),
    "expired top-up ignores a late payment": Mutation("btcpay #3449", money.too_late, SETTLE),
    "amount not compared": Mutation(
        "Saleor #6428", money.not_compared(HeldReason.WRONG_AMOUNT), SETTLE
    ),
    "currency not compared": Mutation(
        "PayBridge #111", money.not_compared(HeldReason.WRONG_CURRENCY), SETTLE
    ),
    "mode not compared": Mutation(
        "fault row 17", money.not_compared(HeldReason.WRONG_MODE), SETTLE
    ),
    "merchant not compared": Mutation(
        "new-api #4353", money.not_compared(HeldReason.WRONG_MERCHANT), SETTLE
    ),
    "second payment applied": Mutation(
        "lnbits #2159", money.not_compared(HeldReason.SECOND_PAYMENT), SETTLE
    ),
    "refund without reversal": Mutation("elizaOS #10920", money.no_reversal, REVERSALS),
    "cumulative refund taken as a new one": Mutation(
        "elizaOS #10938", money.cumulative_as_new, REVERSALS
    ),
    "refund tried again by another key": Mutation(
        "12,000 charged twice", money.refund_key_new, ("tests/service/money/test_held.py",)
    ),
    "cancelled is asked about no more": Mutation(
        "BEDOLAGA #2598", money.cancel_ends_the_watch, CASES
    ),
    "reconcile ends at the first look": Mutation("song-nexus #12", money.no_second_look, CASES),
    "idempotency key new for each try": Mutation(
        "12,000 charged twice", money.new_key, ("tests/bot/web/test_web.py",)
    ),
    "restored and left alone": Mutation("fault row 55", money.left_alone, RESTORE),
    "trail sealed in pieces": Mutation("fault row 69", money.pages_apart, TRAIL),
    "stale button honoured": Mutation("clawpatrol #595", chat.stale_pressed, BUTTONS),
    "another person's button honoured": Mutation("hermes-agent #6735", chat.anybody, BUTTONS),
    "card number and token stored": Mutation("fault row 34", chat.kept_as_typed, BUTTONS),
    "offset advanced before store": Mutation(
        "python-telegram-bot #5329",
        chat.offset_first,
        ("tests/adapters/telegram/test_telegram_polling.py",),
    ),
    "told before the commit": Mutation(
        "openclaw #98806", chat.told_first, ("tests/adapters/storage/test_group_commit.py",)
    ),
    "every bot polls": Mutation(
        "fault row 59", chat.all_poll, ("tests/service/work/test_polls.py",)
    ),
    "a channel's name lets a person in": Mutation(
        "fault row 26", chat.any_kind_lets_in, ("tests/service/people/test_access.py",)
    ),
    "what a closed chat missed is forgotten": Mutation(
        "fault row 38", chat.gone_for_good, ("tests/service/work/test_delivery_patience.py",)
    ),
    "nothing was charged, before anybody asked": Mutation(
        "found row 115", claims.claimed_unasked, CLAIMS
    ),
    "called over while it is open": Mutation("found row 115", claims.stays_over),
    "a refusal told as an outage": Mutation("found row 116", claims.refused_as_outage, CLAIMS),
    "an answer that nobody can read told to nobody": Mutation(
        "found row 117", claims.never_unread, CLAIMS
    ),
    "one odd entry hides all": Mutation(
        "found row 118",
        claims.one_odd_hides_all,
        ("tests/adapters/stripe/test_stripe_reversals.py",),
    ),
    "unsigned callback taken": Mutation(
        "BEDOLAGA #1584", chat.unsigned, ("tests/bot/web/test_bad_input_http.py",)
    ),
    "quadratic redactor": Mutation("found row 101", doors.quadratic_redactor, WORK),
    "a language tag without end": Mutation("ours, found by trying it", doors.endless_tag, WORK),
    "every descriptor given away": Mutation(
        "ours, found by trying it", doors.everybody_accepted, CROWDS
    ),
    "idle connections keep their place": Mutation(
        "ours, found by trying it", doors.nobody_gives_way, CROWDS
    ),
    "standing remembered by person alone": Mutation(
        "found row 104", found.known_by_user_alone, ("tests/service/people/test_who_is_asking.py",)
    ),
    "standing not judged again": Mutation(
        "found row 104", found.judged_once, ("tests/adapters/slack/test_slack_people.py",)
    ),
    "a platform's silence taken for no": Mutation(
        "found row 124", found.silence_means_no, ("tests/service/people/test_membership.py",)
    ),
    "seal not renewed": Mutation(
        "found row 106", found.never_renewed, ("tests/service/work/test_keys.py",)
    ),
    "uninstalled by news of before": Mutation(
        "found row 107",
        found.uninstalled_by_old_news,
        ("tests/adapters/slack/test_slack_uninstalls.py",),
    ),
    "files that others can read": Mutation(
        "found row 113", found.readable_by_all, ("tests/adapters/storage/test_owned_files.py",)
    ),
    "a group's words stored": Mutation(
        "found row 109", found.others_words_stored, ("tests/service/privacy/test_kept.py",)
    ),
    "strangers' markup printed": Mutation(
        "found row 112", found.markup_printed, ("tests/service/people/test_strangers_words.py",)
    ),
    "another installation's payment taken": Mutation(
        "found row 121", found.anybodys_payment, ("tests/service/accounts/test_marks.py",)
    ),
    "hints read once": Mutation(
        "found row 122", found.one_page_of_hints, ("tests/house/test_limited_reads.py",)
    ),
    "an offered key looked up among typed words": Mutation(
        "found row 141", found.read_as_typed, ("tests/conversations/test_offered_methods.py",)
    ),
    "limits of dollars in every currency": Mutation(
        "found row 128", found.every_unit_a_dollar, ("tests/billing/test_limits.py",)
    ),
    "deliveries forgotten while they are repeated": Mutation(
        "found row 111", found.forgotten_too_soon, ("tests/service/privacy/test_retention.py",)
    ),
}
