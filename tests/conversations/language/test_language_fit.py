"""Every view in every language within the platforms' limits, with each fact still on it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from slack_sdk.models.views import View as Modal

from adapters.chat.slack import render as slack
from adapters.chat.telegram.render import render as telegram
from conversations.protocol.actions import Pick
from conversations.protocol.events import Event
from conversations.protocol.ports import Message
from conversations.protocol.views import Form, View
from tests.adapters.slack.test_slack_render import blocks_of
from tests.adapters.telegram.test_telegram_render import MAX_UNITS, Reader, units
from tests.support.dialogs.walks import (
    WALKS,
    Shown,
    every_card,
    message_of,
    openings,
    other_views,
    walk,
)
from tests.support.house.languages import EVERY, PSEUDO, SHIPPED, localizer

CALLBACK_BYTES_MAX = 64
TOAST_MAX = 200
DENY_MAX = 30
FALLBACK_MAX = 3_000
# An amount with its sign, in any place: $1,234.50, 1.234,50 €, €5.00.
AMOUNT = re.compile(r"[$€¥]\s?\d[\d.,]*\d|\d[\d.,]*\d\s?[$€¥]")
# Labels and answers that are facts: ids, names of accounts, commands.
NO_LANGUAGE = re.compile(r"TU-|\u2068|/topup")
TURNS = re.compile("[\u202a-\u202e\u2066\u2067]")
ID = re.compile(r"TU-\w+|pay_\w+|TX-\d+|\S+@\S+\w")


def all_views(language: str) -> Iterator[View]:
    somebody = localizer(language)
    yield from (view for _, view in every_card(somebody))
    yield from other_views(somebody)


def in_slack(message: Message) -> tuple[list[dict[str, Any]], list[str]]:
    """The checked blocks, and the labels of their buttons."""
    made = blocks_of(message)
    assert len(slack.fallback_text(message.view)) <= FALLBACK_MAX
    elements = [each for block in made if block["type"] == "actions" for each in block["elements"]]
    for element in elements:
        if "confirm" in element:
            assert len(element["confirm"]["deny"]["text"]) <= DENY_MAX
    return made, [element["text"]["text"] for element in elements]


def in_telegram(message: Message) -> tuple[str, list[str]]:
    """The words after the checked HTML, and the labels of the buttons."""
    made = telegram(message)
    assert units(made.text) <= MAX_UNITS
    buttons = [
        each for line in (made.keyboard.inline_keyboard if made.keyboard else ()) for each in line
    ]
    for button in buttons:
        if isinstance(button.callback_data, str):
            assert len(button.callback_data.encode()) <= CALLBACK_BYTES_MAX
    return Reader(made.text).words, [button.text for button in buttons]


def check_message(view: View) -> None:
    """Both chats take it; labels stay apart; every fact of the view can be read there."""
    check_direction([*parts(view), view.fallback, *(label for label, _ in labelled(view))])
    message = message_of(view)
    made, slack_labels = in_slack(message)
    words, telegram_labels = in_telegram(message)
    shown = [each for block in made for each in texts(block)]
    for labels in (slack_labels, telegram_labels):
        assert len(labels) == len(set(labels))
    shown, words = [spaced(each) for each in shown], spaced(words)
    facts = [fact for text in parts(view) for fact in facts_in(text)]
    for fact in facts:
        assert any(fact in text for text in shown), fact
        assert fact in words, fact


def labelled(view: View) -> Iterator[tuple[str, object]]:
    """Each button's label, and what it does."""
    yield from ((choice.label, choice.action) for line in view.choices for choice in line)


def check_direction(texts: Iterable[str]) -> None:
    """Nobody's name turns around what stands beside it: no overrides, and isolates are closed."""
    for text in texts:
        assert not TURNS.search(text), text
        assert text.count("\u2068") == text.count("\u2069"), text


def facts_in(text: str) -> list[str]:
    """Amounts and ids, which no language may change or drop."""
    plain = spaced(text)
    return [*AMOUNT.findall(plain), *ID.findall(plain)]


def spaced(text: str) -> str:
    """With every space an ordinary one: apps may put one for another."""
    return " ".join(text.split())


def parts(view: View) -> Iterator[str]:
    yield view.title
    yield from view.body
    yield from (row.value for row in view.rows)
    yield view.hint


def texts(part: Any) -> Iterator[str]:
    """Every text in a block, as a person reads it."""
    if isinstance(part, list):
        for each in part:
            yield from texts(each)
    elif isinstance(part, dict):
        if isinstance(part.get("text"), str):
            yield part["text"]
        for each in part.values():
            yield from texts(each)


def check_form(form: Form) -> None:
    made = slack.render_form(form)
    Modal(**{name: made[name] for name in made}).validate_json()
    for name in ("title", "submit", "close"):
        assert 1 <= len(made[name]["text"]) <= 24


def check(shown: Shown) -> None:
    for view in shown.views:
        check_message(view)
    for form in shown.forms:
        check_form(form)
        check_direction(option.label for field in form.fields for option in field.options)


@pytest.mark.parametrize("language", EVERY)
def test_every_card_fits(language: str) -> None:
    """Cards in every state, alerts and the home page, in the longest language too."""
    for view in all_views(language):
        check_message(view)


@pytest.mark.parametrize("language", EVERY)
def test_every_opening_fits(language: str) -> None:
    """The first answer to every kind of line: questions, problems, reviews, lists and forms."""
    for shown in openings(localizer(language)):
        check(shown)


@pytest.mark.parametrize("language", EVERY)
@settings(max_examples=25)
@given(history=WALKS)
def test_every_walk_fits(language: str, history: list[tuple[Event, int]]) -> None:
    """Whatever happens, both chats take what is shown, and no fact is lost on the way."""
    check(walk(history, localizer(language)))


def test_no_card_says_anything_but_through_the_catalogue() -> None:
    """Each title, sentence and label of every card is in the made-up language."""
    for view in all_views(PSEUDO):
        check_translated(said_on(view))


@settings(max_examples=25)
@given(history=WALKS)
def test_nothing_is_said_but_through_the_catalogue(history: list[tuple[Event, int]]) -> None:
    """Questions, problems, forms and answers too; only facts stay as they are."""
    shown = walk(history, localizer(PSEUDO))
    check_translated(one for one in shown.sentences if not NO_LANGUAGE.match(one))
    for view in shown.views:
        check_translated(said_on(view))
    for form in shown.forms:
        check_translated((form.title, form.submit, form.close))
        check_translated(part for field in form.fields for part in (field.label, field.hint))


def check_translated(said: Iterable[str]) -> None:
    for sentence in said:
        assert not sentence or "\u200f" in sentence, sentence


def said_on(view: View) -> Iterator[str]:
    """The view's own words: not the ids, names and commands that are its facts."""
    yield from (view.title, *view.body, view.hint)
    yield from (row.label for row in view.rows if not NO_LANGUAGE.match(row.label))
    for choice in (choice for line in view.choices for choice in line):
        if not isinstance(choice.action, Pick):
            yield from (choice.label, choice.confirm or "", choice.deny or "")


@settings(max_examples=25)
@given(history=WALKS)
def test_languages_differ_in_words_only(history: list[tuple[Event, int]]) -> None:
    """The same events give the same cards, buttons and amounts, whoever reads them."""
    english, other = (walk(history, localizer(language, "en")) for language in ("en", PSEUDO))

    assert len(english.views) == len(other.views)
    assert len(english.sentences) == len(other.sentences)
    for view, same in zip(english.views, other.views, strict=True):
        assert actions(view) == actions(same)
        assert amounts(view) == amounts(same)
        assert len(view.rows) == len(same.rows)


def actions(view: View) -> list[object]:
    return [action for _, action in labelled(view)]


def amounts(view: View) -> list[str]:
    return sorted(fact for text in parts(view) for fact in facts_in(text))


def check_whole(view: View) -> None:
    message = message_of(view)
    labels = [spaced(button.label) for line in message.buttons for button in line]
    made, in_blocks = in_slack(message)
    assert [spaced(label) for label in in_blocks] == labels
    assert in_telegram(message)[1] == labels
    assert made[0]["text"]["text"] == view.title


@pytest.mark.parametrize("language", SHIPPED)
def test_no_card_is_cut_in_a_language_we_ship(language: str) -> None:
    """Buttons and titles of every card are short enough to be shown whole."""
    for view in all_views(language):
        check_whole(view)


@pytest.mark.parametrize("language", SHIPPED)
@settings(max_examples=25)
@given(history=WALKS)
def test_nothing_is_cut_in_a_language_we_ship(
    language: str, history: list[tuple[Event, int]]
) -> None:
    """Buttons, titles and answers to a press are short enough to be shown whole."""
    shown = walk(history, localizer(language))
    for view in shown.views:
        check_whole(view)
    for form in shown.forms:
        made = slack.render_form(form)
        assert (form.title, form.submit, form.close) == tuple(
            made[name]["text"] for name in ("title", "submit", "close")
        )
    assert all(len(sentence) <= TOAST_MAX for sentence in shown.sentences)
