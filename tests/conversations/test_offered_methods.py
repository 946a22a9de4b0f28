"""Whatever a form, a button or a sentence offers as a way to pay is taken, in both chats."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest

from adapters import gateways
from adapters.chat.slack import events as slack
from adapters.chat.slack import payloads, render
from adapters.chat.telegram import events as telegram
from billing.methods import PaymentMethod
from conversations.dialog.steps import step
from conversations.drafts.checks import method_label
from conversations.protocol.actions import Pick, Slot
from conversations.protocol.events import Asking, Chose, Idle, Reviewing, Said, Submitted
from conversations.protocol.facts import Terms
from conversations.protocol.views import OpenForm
from tests.support.chats.telegram_bot_api import message
from tests.support.dialogs.terms import TEAM_A, terms
from tests.support.house.languages import SHIPPED, localizer

UNHEARD_OF = PaymentMethod("pay_by_bean", "beans")
AMOUNT = "50"


def shipped() -> Iterable[PaymentMethod]:
    """Every method that a module of adapters/gateways declares, and one of no module at all."""
    for module in pkgutil.walk_packages(gateways.__path__, f"{gateways.__name__}."):
        declared = vars(importlib.import_module(module.name))
        for name, value in declared.items():
            if name.endswith("METHODS"):
                yield from value
    yield UNHEARD_OF


METHODS = tuple(dict.fromkeys(shipped()))
PLACES = [pair for size in (1, 2, len(METHODS)) for pair in combinations(METHODS, size)]
OFFERED = [(language, place) for language in SHIPPED for place in PLACES]


def at(language: str, methods: tuple[PaymentMethod, ...]) -> Terms:
    return replace(terms(accounts=(TEAM_A,), methods=methods), localizer=localizer(language))


def sent(modal: dict[str, Any], method: str) -> Submitted:
    """Slack's request for a form that somebody sends, read as the bot reads it."""
    chosen = {
        block["block_id"]: block["element"]["initial_option"]
        for block in modal["blocks"]
        if "initial_option" in block["element"]
    }
    values: dict[str, Any] = {
        block: {"it": {"selected_option": option}} for block, option in chosen.items()
    }
    values["amount"] = {"it": {"value": AMOUNT}}
    values["method"] = {"it": {"selected_option": {"value": method}}}
    view = {**modal, "state": {"values": values}}
    who = {"id": "U1", "team_id": "T1"}
    stored = payloads.stored_body({"type": "view_submission", "user": who, "view": view})
    assert stored is not None
    incoming = slack.to_event(stored)
    assert incoming is not None
    assert isinstance(incoming.event, Submitted)
    return incoming.event


@pytest.mark.parametrize(("language", "methods"), OFFERED)
def test_141_every_option_of_slacks_form_is_taken(
    language: str, methods: tuple[PaymentMethod, ...]
) -> None:
    """Whichever way to pay the form offers, sending it leads to the review of that very way."""
    place = at(language, methods)
    opened = step(Idle(), Said("", command=True, form=True), place)
    (reply,) = opened.replies
    assert isinstance(reply, OpenForm)
    modal = render.render_form(reply.form)
    (select,) = [block["element"] for block in modal["blocks"] if block["block_id"] == "method"]
    keys = [option["value"] for option in select["options"]]

    assert keys == [one.key for one in methods]
    for key in keys:
        taken = step(opened.state, sent(modal, key), place)
        assert isinstance(taken.state, Reviewing)
        assert taken.state.draft.method == key


@pytest.mark.parametrize(("language", "methods"), OFFERED)
def test_141_every_button_and_every_typed_name_is_taken(
    language: str, methods: tuple[PaymentMethod, ...]
) -> None:
    """A press means that very way; its name or key, typed in Telegram, a way that is offered."""
    place = at(language, methods)
    asked = step(Idle(), Said(AMOUNT, command=True), place)
    presses = [
        choice.action
        for line in asked.shows[0].view.choices
        for choice in line
        if isinstance(choice.action, Pick)
    ]

    assert [one.value for one in presses] == [one.key for one in methods if len(methods) > 1]
    for press in presses:
        assert isinstance(asked.state, Asking)
        taken = step(asked.state, Chose(press, asked.shows[0].card), place)
        assert isinstance(taken.state, Reviewing)
        assert taken.state.draft.method == press.value
    for key in [one.key for one in methods]:
        for typed in (key, method_label(key, place)):
            incoming = telegram.to_event(message(1, f"/topup {AMOUNT} {typed}"), "9")
            assert incoming is not None
            assert isinstance(incoming.event, Said)
            taken = step(Idle(), incoming.event, place)
            assert isinstance(taken.state, Reviewing), typed
            assert taken.state.draft.method in [one.key for one in methods]


def test_141_an_account_is_taken_by_its_id_alone() -> None:
    """An account whose title is another one's id is not taken for it: money would follow."""
    other = replace(TEAM_A, id="team-z", title="team-a")
    place = terms(accounts=(other, TEAM_A))
    values = ((Slot.ACCOUNT, "team-a"), (Slot.AMOUNT, AMOUNT), (Slot.METHOD, "card"))
    by_form = step(Idle(), Submitted("d", values), place).state
    asked = step(Idle(), Said(AMOUNT, command=True), place)
    by_button = step(asked.state, Chose(Pick(Slot.ACCOUNT, "team-a"), place.new_id), place).state
    by_words = step(Idle(), Said(f"team-a {AMOUNT} card", command=True), place).state

    for state in (by_form, by_button, by_words):
        assert isinstance(state, Asking | Reviewing)
        assert state.draft.account == "team-a"
