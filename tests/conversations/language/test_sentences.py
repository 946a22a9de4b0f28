"""Whole sentences and slips of the pen: what they ask, and that they never begin a top-up."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.dialog.steps import step
from conversations.drafts.line_parser import topic_of
from conversations.drafts.sentences import find_typo
from conversations.protocol.actions import AnswerInPrivate, AskTopic, Slot, StartNewDraft, Topic
from conversations.protocol.events import Asking, Draft, Idle, Reviewing, Said, State
from conversations.protocol.facts import Terms
from conversations.protocol.views import PrivateReply, Step
from conversations.words.words import TOPIC_WORDS
from tests.support.dialogs.terms import TEAM_A, TEAM_B, terms

SMALL_TALK = (
    *("hello", "Hi!", "hey bot", "thanks", "Thank you!", "thanks a lot 🙏", "👍", "❤️", ":-)"),
    *("Hallo", "Moin!", "Guten Morgen", "danke", "Vielen Dank!", "is that all", "try again", "?!"),
    *("what can you do", "was kannst du", "so what", "nice top", "lol", "…"),
)
LEFT = (
    *("what is my balance?", "how much is left", "How much money do I have?", "what's left?"),
    *("how much is left on team-a?", "balance please", "my balance?", "credit remaining?"),
    *("wie viel Guthaben habe ich noch?", "Wieviel ist noch drauf?", "wie viel Geld habe ich"),
    *("was ist mein Kontostand", "Wie hoch ist das Guthaben von Team Alpha?"),
)
LASTING = (
    *("how long will my money last?", "how long does it last", "will the money last?"),
    *("how many days are left?", "when will I run out", "how many weeks do I have"),
    *("Wie lange reicht mein Geld?", "wie lange hält das noch", "reicht das noch?"),
    *("wie viele Tage noch?", "Wann ist das Guthaben aufgebraucht?", "wann ist es leer"),
)
BLANK = Draft("00000000000000dd")
UNTOUCHED: tuple[State, ...] = (
    Idle(),
    Asking(BLANK, Slot.ACCOUNT),
    Asking(BLANK, Slot.ACCOUNT, "00000000000000bb"),
)
PLACES = (terms(), terms(accounts=(TEAM_A,)))
TEAM_A_TWIN = replace(TEAM_A, id="twin", title="Team Twin")
LONG_WORDS = [word for word in TOPIC_WORDS if len(word) >= 6]


def title(taken: Step) -> str:
    told = [reply.view for reply in taken.replies if isinstance(reply, PrivateReply)]
    return [*told, *(show.view for show in taken.shows)][0].title


def pressed(taken: Step) -> list[object]:
    return [choice.action for line in taken.shows[0].view.choices for choice in line]


@pytest.mark.parametrize("said", SMALL_TALK)
@pytest.mark.parametrize("state", UNTOUCHED)
@pytest.mark.parametrize("place", PLACES)
def test_145_words_that_ask_for_nothing_get_help_with_buttons(
    said: str, state: State, place: Terms
) -> None:
    """They begin nothing and answer no question that stands: it stays where it is."""
    taken = step(state, Said(said), place)

    assert taken.state == state
    assert title(taken) == "👋 Top up an account"
    assert pressed(taken)[:2] == [StartNewDraft(), AskTopic(Topic.BALANCE)]


@pytest.mark.parametrize("said", LEFT + LASTING)
@pytest.mark.parametrize("command", [False, True])
@pytest.mark.parametrize("place", PLACES)
def test_145_a_question_about_money_is_answered(said: str, command: bool, place: Terms) -> None:
    """What is left is told with every account, of the time what is known; no draft moves."""
    reviewed = step(Idle(), Said("50 card team-a", command=True), place).state
    for state in (*UNTOUCHED, reviewed):
        taken = step(state, Said(said, command=command), place)

        assert taken.state == state
        assert title(taken) == ("💰 Balance" if said in LEFT else "⏳ How long it lasts")
        assert "$22.10" in taken.shows[0].view.fallback


@pytest.mark.parametrize(
    "said", ["50", "€50", "hello, 50 please", "50 team-a 👍", "thanks, 50 usd"]
)
def test_145_a_bare_amount_is_still_read(said: str) -> None:
    """An amount begins a top-up without any command, and courtesy around it is no slip."""
    taken = step(Idle(), Said(said), terms())

    assert isinstance(taken.state, Asking)
    assert taken.state.draft.amount_text == "50" or taken.state.draft.amount is not None
    assert "I do not know" not in taken.shows[0].view.fallback


@settings(max_examples=60)
@given(st.sampled_from(LONG_WORDS), st.data())
def test_174_a_slip_in_a_sub_word_is_asked_about(word: str, data: st.DataObject) -> None:
    """Two letters that changed places, one missing, one too many: did you mean that one?"""
    at = data.draw(st.integers(1, len(word) - 2))
    slips = (
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        word[:at] + word[at + 1 :],
        word[:at] + "x" + word[at:],
    )
    for slip in slips:
        if topic_of(slip) is not None:
            continue
        for command in (False, True):
            taken = step(Idle(), Said(slip, command=command), terms())
            (meant, *_) = pressed(taken)

            assert title(taken).startswith("🔎 Did you mean")
            assert isinstance(meant, AnswerInPrivate)
            assert topic_of(meant.words) == (TOPIC_WORDS[word], "")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("balence", "balance"),
        ("Kontostnad", "kontostand"),
        ("cancle TU-7K3M9Q2X", "cancel TU-7K3M9Q2X"),
        ("statsu tu-7k3m9q2x", "status TU-7K3M9Q2X"),
        ("hlife", "hilfe"),
        ("team-a", None),
        ("card", None),
        ("50", None),
        ("cancle everything", None),
        ("balence of my account", None),
        ("cancle “TU”", None),
    ],
)
def test_174_a_slip_keeps_what_stands_behind_it(said: str, meant: str | None) -> None:
    """An id goes with its word; names, amounts and longer sentences are no slips."""
    found = find_typo(said, terms())

    assert (found.line if found else None) == meant


def test_144_a_draft_of_which_nothing_was_typed_gives_way() -> None:
    """What has one answer only was typed by nobody: the account, and an alert's button."""
    for place in PLACES:
        unread = step(Idle(), Said("fifty", command=True), place).state
        alert = Draft(BLANK.id, account="team-a", origin="00000000000000cc")
        for state in (*UNTOUCHED, unread, Asking(alert, Slot.AMOUNT, "00000000000000bb")):
            taken = step(state, Said("50 usd card please", command=True), place)

            assert isinstance(taken.state, Reviewing)
            assert taken.shows[-1].view.title == "🔎 Review your top-up"


@pytest.mark.parametrize("typed", ["50", "card", "usd", "team-b"])
def test_144_a_draft_with_something_typed_comes_first(typed: str) -> None:
    """An amount, a method, a currency or an account: what was typed is not thrown away."""
    state = step(Idle(), Said(typed, command=True), terms()).state
    taken = step(state, Said("20 usd card", command=True), terms())

    assert taken.shows[-1].view.title == "📝 You have a draft"


@pytest.mark.parametrize(
    ("typed", "rows"),
    [
        ("12 card", {"Amount": "\u206812\u2069", "Method": "Card"}),
        ("card", {"Method": "Card"}),
        ("foo card 12", {"Amount": "\u206812\u2069", "Method": "Card"}),
        ("$12", {"Amount": "\u2068$12\u2069"}),
        ("USD card", {"Currency": "USD", "Method": "Card"}),
    ],
)
def test_147_what_is_known_stands_on_the_question(typed: str, rows: dict[str, str]) -> None:
    """Which account is asked beside the amount, method and currency that were understood."""
    place = terms(accounts=(TEAM_A, TEAM_A_TWIN, TEAM_B))
    taken = step(Idle(), Said(typed, command=True), place)
    shown = {row.label: row.value for row in taken.shows[0].view.rows}

    assert title(taken) == "➕ Top up: which account?"
    assert shown == rows


def test_149_an_error_names_accounts_as_people_know_them() -> None:
    """By their titles, which can be typed back; by id as well where two share a title."""
    twin = replace(TEAM_A, id="telegram-7001")
    for accounts, named in (
        ((TEAM_A, TEAM_B), "Team Alpha, Team Beta"),
        ((TEAM_A, twin, TEAM_B), "Team Alpha (team-a), Team Alpha (telegram-7001), Team Beta"),
    ):
        place = terms(accounts=accounts)
        told = step(Idle(), Said("foo", command=True), place).shows[0].view.fallback
        assert f"an account (\u2068{named}\u2069)" in told
    typed = step(Idle(), Said("50 Team Beta card", command=True), terms()).state
    assert isinstance(typed, Reviewing)
    assert typed.draft.account == TEAM_B.id
