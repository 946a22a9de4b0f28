"""Every view can be read, heard and told apart: words for each symbol, verbs for each button."""

from __future__ import annotations

import re
import unicodedata
from itertools import chain

import pytest
from hypothesis import given, settings

from conversations.messages.text_alternative import alt_text
from conversations.protocol.actions import Pick
from conversations.protocol.events import Event
from conversations.protocol.views import ButtonStyle, Choice, Form, Row, View
from tests.support.dialogs.walks import WALKS, Shown, every_card, openings, other_views, walk
from tests.support.house.languages import EVERY, PSEUDO, localizer

WORD = re.compile(r"[^\W\d_]{2,}")
ENDINGS = (".", "?", "!", "…", ":")
# What buttons say in the languages we ship: what happens when they are pressed.
VERBS = {
    "en": "Confirm Change Type Cancel Continue Start Top Pay paid Show Copy Keep",
    "de": "bestätigen ändern eingeben abbrechen fortsetzen beginnen aufladen bezahlen bezahlt"
    " zeigen kopieren behalten",
}


def words_of(text: str) -> list[str]:
    return WORD.findall(unicodedata.normalize("NFC", text))


def check_view(view: View, language: str) -> None:
    """A title in words, buttons that differ and say what they do, and all of it aloud."""
    assert words_of(view.title), view.title
    choices = [choice for line in view.choices for choice in line]
    labels = [choice.label.casefold() for choice in choices]
    assert len(labels) == len(set(labels)), labels
    for choice in choices:
        check_choice(choice, language)
    for row in view.rows:
        assert words_of(row.label) or row.label.startswith("TU-"), row
        assert any(character.isalnum() for character in row.value), row
    check_aloud(view)


def check_choice(choice: Choice, language: str) -> None:
    """A value where one is picked; a verb everywhere else, above all where it matters."""
    assert any(character.isalnum() for character in choice.label), choice
    if choice.style is not ButtonStyle.PLAIN or not isinstance(choice.action, Pick):
        assert words_of(choice.label), choice
    if not isinstance(choice.action, Pick) and language != PSEUDO:
        verbs = set(VERBS[language].casefold().split())
        assert verbs & set(choice.label.casefold().split()), choice.label
    assert bool(choice.confirm) == bool(choice.deny), choice
    if choice.confirm:
        assert choice.confirm.endswith(ENDINGS)
        assert words_of(choice.deny or "")
        assert choice.deny != choice.label


def check_aloud(view: View) -> None:
    """The fallback is whole sentences with everything that the card says."""
    spoken = view.fallback
    assert spoken.startswith(view.title)
    assert spoken.rstrip("\u200f").endswith(ENDINGS), spoken
    assert not re.search(r"[.?!…:][.?]|\s[.;]|\s\s|;\.", spoken), spoken
    for said in (*view.body, *(row.value for row in view.rows)):
        # Whole: 50,75 does not say 0,75.
        assert re.search(rf"(?<!\w){re.escape(said)}(?!\w)", spoken), (said, spoken)


def check_form(form: Form) -> None:
    """Each field and each button of a form is named in words, differently."""
    labels = [field.label for field in form.fields]
    assert len(labels) == len(set(labels))
    assert all(words_of(each) for each in (*labels, form.title, form.submit, form.close))
    assert form.submit != form.close
    for field in form.fields:
        options = [option.label for option in field.options]
        assert len(options) == len(set(options))
        assert all(any(letter.isalnum() for letter in each) for each in options)


@pytest.mark.parametrize("language", EVERY)
def test_every_card_can_be_read_without_colour_or_symbols(language: str) -> None:
    """A top-up's card in each state, each alert, and the bot's own page."""
    somebody = localizer(language)
    cards = (view for _, view in every_card(somebody))
    for view in chain(cards, other_views(somebody)):
        check_view(view, language)


@pytest.mark.parametrize("language", EVERY)
@settings(max_examples=25)
@given(history=WALKS)
def test_everything_on_the_way_can_be_read(
    language: str, history: list[tuple[Event, int]]
) -> None:
    """Whatever happens: questions, problems, answers and forms are in words."""
    check(walk(history, localizer(language)), language)


@pytest.mark.parametrize("language", EVERY)
def test_every_opening_can_be_read(language: str) -> None:
    """So is the first answer to every kind of line."""
    for shown in openings(localizer(language)):
        check(shown, language)


def check(shown: Shown, language: str) -> None:
    for view in shown.views:
        check_view(view, language)
    for form in shown.forms:
        check_form(form)
    for sentence in shown.sentences:
        assert words_of(sentence)


@pytest.mark.parametrize("language", EVERY)
def test_a_card_aloud_says_account_amount_state_and_id(language: str) -> None:
    """Who only hears a top-up's card knows which one it is, and how it stands."""
    somebody = localizer(language)
    for known, view in every_card(somebody):
        assert view.title in view.fallback
        assert somebody.format(known.top_up.amount) in view.fallback
        assert known.top_up.id in view.fallback
        about_account = known.account_title in view.fallback
        assert about_account or any(row.value == "\u2068@ana\u2069" for row in view.rows)


def test_states_differ_in_words() -> None:
    """Two states of a card never have the same title once its symbol is taken away."""
    for language in EVERY:
        titles = {
            known.top_up.status: tuple(words_of(view.title))
            for known, view in every_card(localizer(language))
            if view.choices or view.body
        }
        assert len(set(titles.values())) == len(titles)


def test_what_the_sentences_said_is_not_read_aloud_once_more() -> None:
    """A value is left out where it was said whole, and no other that only looks like it."""
    said, unsaid = Row("Total", "50,75"), Row("Fee", "0,75")

    assert alt_text("Pay 50,75", ("Now.",), (said, unsaid)) == "Pay 50,75. Now. Fee: 0,75."
    assert alt_text("Pay 50,75", ("",), (said,)) == "Pay 50,75."
