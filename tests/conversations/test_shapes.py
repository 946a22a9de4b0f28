"""Small shapes that others build on: tenants of installations, people, and what nobody told."""

from __future__ import annotations

import pytest

from billing.money import Money
from conversations.protocol.actions import ConfirmDraft, Slot
from conversations.protocol.events import (
    Asking,
    Chose,
    ConversationKey,
    Draft,
    FormMissed,
    Idle,
    Membership,
    Reviewing,
)
from conversations.protocol.facts import AccountFacts
from conversations.protocol.installations import Installation, installation_key, tenant_name
from conversations.protocol.people import PERSON, Person, PersonTraces, person_of, read_person
from conversations.protocol.places import home_of, read_chat
from conversations.protocol.ports import (
    AskedAbout,
    ChatError,
    Incoming,
    Message,
    MessageRef,
    Pressed,
    Verdict,
    thread_below,
)
from conversations.protocol.records import Card, CardReport, SavedState, SigningKey
from conversations.protocol.views import ButtonStyle, CardPointer, Field, Row, Toast, View
from conversations.text.safe_text import escape_unsafe, spreadsheet_cell
from tests.support.dialogs.terms import NOW, TEAM_A, terms


@pytest.mark.parametrize(
    ("enterprise", "team", "tenant", "key"),
    [
        ("", "T1", "T1", ("", "T1")),
        ("E1", "T1", "T1", ("", "T1")),
        ("E1", "", "E1.*", ("E1", "")),
    ],
)
def test_an_installation_is_found_by_whom_it_serves(
    enterprise: str, team: str, tenant: str, key: tuple[str, str]
) -> None:
    """One workspace, or all of an organisation; each of these leads to the organisation's."""
    made = Installation(enterprise, team, not team, "xoxb-secret")

    assert tenant_name(made) == tenant
    assert installation_key(tenant) == key
    assert installation_key("E1.T7") == ("E1", "")
    assert "xoxb-secret" not in repr(made)


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("slack:T1/U1", Person("slack", "T1", "U1")),
        ("telegram:77", Person("telegram", "", "77")),
        ("slack:E1.T1/U1", Person("slack", "E1.T1", "U1")),
        (":77", None),
        ("telegram:", None),
        ("slack:T1/", None),
        ("telegram", None),
        ("telegram77", None),
        ("", None),
    ],
)
def test_a_person_is_read_as_an_operator_writes_them(text: str, person: Person | None) -> None:
    """What names nobody is read as nobody: it may be about to be erased."""
    assert read_person(text) == person
    assert person is None or "/" not in text or person.spelled == text


def test_what_nobody_told_is_not_assumed() -> None:
    """No team, no closed gateway, no doubt, and the commands that every chat has."""
    known, place = AccountFacts("a", "A", "USD", TEAM_A.balance, TEAM_A.mode), terms()

    assert not known.team
    told = (place.live_closed, place.own_commands, place.administered, place.doubtful)
    assert not any(told)
    sent, pressed = Message(View("t", "t")), Pressed("token")
    assert (sent.protected, sent.card, sent.subject) == (False, "", None)
    forms = (pressed.form, pressed.by_link, AskedAbout("card").form)
    assert not any(forms)
    assert Incoming(ConversationKey("p", "t", "c", "u"), FormMissed()).name == ""


def test_a_message_that_was_not_taken_says_what_the_platform_said() -> None:
    """Its words alone; how long to wait is asked only where the platform said so."""
    error = ChatError("chat not found", Verdict.GONE)

    assert str(error) == "chat not found"
    assert (error.verdict, error.retry_after, error.limit) == (Verdict.GONE, None, "")
    assert ChatError("odd").verdict is Verdict.UNCLEAR


def test_what_is_stored_is_named_as_it_always_was() -> None:
    """Rows of before are found again: of threads, homes, people and the accounts they had."""
    key = ConversationKey("slack", "T1", "D1", "U1")
    ana = Person("slack", "T1", "U1")

    assert thread_below(read_chat("slack", "T1", "C1"), MessageRef("C1", "1.2")).id == "C1/1.2"
    assert home_of(key) == read_chat("slack", "T1", "home:U1")
    assert person_of(key) == ana
    assert ana.key == ConversationKey("slack", "T1", "U1", "U1")
    assert PersonTraces(ana, ()).legacy_account_id == "slack-U1"
    assert (PERSON, key.actor_name) == ("person-", "slack:T1:U1")
    verdicts = ["unclear", "outage", "shut_out", "lost", "gone", "hopeless"]
    assert list(map(str, Verdict)) == verdicts
    assert list(map(str, Membership)) == ["member", "remembered", "guest", "outsider", "unknown"]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("a\nb\rc\td", "a\\nb\\rc\\td"),
        ("\x00\x1b[31m\x7f\x9f", "\\x00\\x1b[31m\\x7f\\x9f"),
        ("\u202egnp\u2028\ufeff\ud800", "\\u202egnp\\u2028\\ufeff\\ud800"),
        ("\u061c", "\\u061c"),
        ("Zoë \\n 50 € \u0100\xa0", "Zoë \\n 50 € \u0100\xa0"),
    ],
)
def test_what_would_act_is_shown_and_all_else_stays(typed: str, shown: str) -> None:
    """Control characters and marks of direction by their escapes; a line end where it is kept."""
    assert escape_unsafe(typed) == shown
    assert escape_unsafe("a\n\tb", keep="\n") == "a\n\\tb"


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_no_cell_computes(begin: str) -> None:
    """Whatever stands before it that a spreadsheet skips; other cells are as they were."""
    for before in ("", " ", "'", "\t", "\n '"):
        told = spreadsheet_cell(f"{before}{begin}1+1")
        assert told == f"'{escape_unsafe(before)}{begin}1+1"
    assert spreadsheet_cell(f"1{begin}1") == f"1{begin}1"


def test_what_is_stored_of_a_conversation_keeps_its_names() -> None:
    """A state or a card that an older bot wrote is read again by these words."""
    draft = Draft("d")
    kinds = [each.kind for each in (Idle(), Asking(draft, Slot.AMOUNT), Reviewing(draft, "c"))]

    assert kinds == ["idle", "asking", "reviewing"]
    assert list(map(str, ButtonStyle)) == ["plain", "primary", "danger"]
    saved = SavedState(Idle(), NOW, "en", "UTC")
    assert (saved.made_by, saved.pointer) == ("", "")
    assert "sealed words" not in repr(SigningKey("now", "sealed words", NOW))


@pytest.mark.parametrize(
    ("draft", "empty"),
    [
        (Draft("d"), True),
        (Draft("d", origin="c"), True),
        (Draft("d", account="a"), False),
        (Draft("d", amount=Money(1, "USD")), False),
        (Draft("d", currency="USD"), False),
        (Draft("d", method="card"), False),
        (Draft("d", amount_text="5"), False),
    ],
)
def test_a_draft_is_empty_until_anything_is_filled_in(draft: Draft, empty: bool) -> None:
    """Where it was begun fills nothing in."""
    assert draft.is_empty is empty


@pytest.mark.parametrize(
    ("shown", "given_up", "waits"),
    [(1, False, True), (2, False, False), (3, False, False), (1, True, False), (2, True, False)],
)
def test_a_card_waits_until_it_shows_what_it_should(
    shown: int, given_up: bool, waits: bool
) -> None:
    """Not once it was given up: nobody is to wait for it then."""
    chat = read_chat("slack", "T1", "C1")
    report = CardReport("c", chat, "U1", None, "Title", 2, shown, given_up, None, 0, None)

    assert report.is_waiting is waits


def test_nothing_stands_out_unless_it_is_told() -> None:
    """A plain card, a quiet toast, a row to read, a field that leads nowhere."""
    view, field = View("t", "t"), Field(Slot.AMOUNT, "Amount")
    card = Card("c", read_chat("slack", "T1", "C1"), "U1", "en", "UTC", view, 1)
    flags = (view.away, Row("a", "b").code, field.leads, Toast("x").alert)

    assert not any((*flags, Chose(ConfirmDraft(), "c").form, card.shown_rev, card.tries))
    assert (view.hint, field.hint, CardPointer("p").title, CardPointer("p").close) == (
        "",
        "",
        "",
        "",
    )
