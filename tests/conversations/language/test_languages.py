"""Languages: every catalogue is whole, and the longest language fits where people read it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib import import_module
from itertools import chain
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from adapters.settings import Misconfigured
from billing.methods import PaymentMethod
from billing.money import Money
from billing.topups import TopUpStatus
from bot.settings.config import Settings, load
from bot.settings.gateways import METHOD_NAMES
from conversations.drafts.line_parser import topic_of
from conversations.drafts.names import method_named
from conversations.text.localizer import Localizer
from conversations.words import card_words, words
from service.common.languages import commands_in, language_of, load_catalogues, preferred_language
from tests.support.house.languages import (
    COMMAND,
    PLACEHOLDER,
    PSEUDO,
    TEMPLATE,
    localizer,
    pseudo_catalogue,
    sentences,
)
from tests.support.house.source import ROOT

EXTRACT = "Run the two pybabel commands of docs/translating.md, then translate."
LANGUAGES = sorted(load_catalogues())
SYMBOL = re.compile(r"^[^\w{]*")
DESCRIPTION_MAX = 256

WORDS = sorted((ROOT / "conversations" / "words").glob("*words.py"))


def opened(path: Path, language: str | None = None) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def catalogue_of(language: str) -> Catalog:
    return opened(ROOT / f"conversations/locales/{language}/LC_MESSAGES/topup_bot.po", language)


def assert_none(offenders: list[str], remedy: str) -> None:
    assert not offenders, "\n  ".join([remedy, *offenders])


# --- catalogues --------------------------------------------------------------------------------


def test_the_template_has_every_sentence() -> None:
    """What translators start from is what the product says, no more and no less."""
    listed = {message.id for message in opened(ROOT / TEMPLATE) if message.id}

    assert_none([str(each) for each in listed ^ set(sentences())], EXTRACT)


def _said(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case Mapping():
            yield from chain.from_iterable(map(_said, chain(value.keys(), value.values())))
        case list() | tuple() | set() | frozenset():
            yield from chain.from_iterable(map(_said, value))
        case _:
            pass


def test_what_the_words_say_is_what_is_translated() -> None:
    """A sentence in a table of words that the catalogue spells otherwise is said in English."""
    modules = [import_module(f"conversations.words.{path.stem}") for path in WORDS]
    said = {each for module in modules for each in _said(vars(module))}
    files = {f"conversations/words/{path.name}" for path in WORDS}
    files_seen: set[str] = set()
    for message in opened(ROOT / TEMPLATE):
        if message.id and files.issuperset(file for file, _ in message.locations):
            assert message.id in said
            files_seen.update(file for file, _ in message.locations)
    assert files_seen == files


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_translated(language: str) -> None:
    """A catalogue has each sentence, none of them unsure, and none that nobody says any more."""
    catalogue = catalogue_of(language)
    missing = [each for each in sentences() if each not in catalogue or not catalogue[each].string]
    stale = [str(each.id) for each in catalogue if each.id and each.id not in sentences()]
    unsure = [str(each.id) for each in catalogue if each.id and each.fuzzy]

    assert_none(missing, f"Not in {language}. {EXTRACT}")
    assert_none([*stale, *map(str, catalogue.obsolete)], f"Remove from {language}:")
    assert_none(unsure, f"Marked fuzzy in {language}; check and unmark:")


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_what_is_not_language(language: str) -> None:
    """Facts, slash commands, the symbol in front and the end mark are those of the English."""
    known = load_catalogues()[language]
    for sentence, spoken in known.items():
        for kept in (PLACEHOLDER, COMMAND):
            assert set(kept.findall(spoken)) == set(kept.findall(sentence)), sentence
        symbol, spoken_symbol = SYMBOL.match(sentence), SYMBOL.match(spoken)
        if not sentence[:1].isascii():
            assert symbol
            assert spoken_symbol
            assert symbol[0] == spoken_symbol[0], sentence
        for mark in (".", "?", ":", "…"):
            assert spoken.endswith(mark) == sentence.endswith(mark), sentence


def test_german_is_set_as_german() -> None:
    """German has German quotation marks, and says Sie throughout."""
    for spoken in load_catalogues()["de"].values():
        assert not re.search(r"[\"“][^“]*”|\"", spoken), spoken
        assert not re.search(r"\b([Dd]u|[Dd]ein\w*|[Dd]ir|[Dd]ich)\b", spoken), spoken


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_a_language_suggests_are_understood(language: str) -> None:
    """The method words that the bot proposes mean that method where it is offered."""
    say = localizer(language).text
    for key, names in METHOD_NAMES.items():
        offered = (PaymentMethod(key, "any"),)
        assert method_named(say(names.typed), METHOD_NAMES, offered) == key
        assert method_named(say(names.label), METHOD_NAMES) == key


def test_a_shared_word_means_what_is_offered() -> None:
    """Two methods take cards: "card" is the first of them that is offered, or else the usual."""
    card, stripe = PaymentMethod("card", "sandbox"), PaymentMethod("stripe", "stripe")

    assert method_named("card", METHOD_NAMES, (stripe, card)) == "stripe"
    assert method_named("Karte", METHOD_NAMES, (card, stripe)) == "card"
    assert method_named("card", METHOD_NAMES, (stripe,)) == "stripe"
    assert method_named("card", METHOD_NAMES) == "card"


def test_german_words_are_understood() -> None:
    """What German speakers type, whatever their profile says."""
    topics = {
        "Guthaben": "balance",
        "KONTOSTAND": "balance",
        "verlauf": "history",
        "abbrechen": "cancel",
        "Stornieren TU-1": "cancel",
        "Hilfe": "help",
    }
    for line, topic in topics.items():
        found = topic_of(line)
        assert found is not None
        assert found[0].value == topic
    for word, key in (("Überweisung", "bank_transfer"), ("ueberweisung", "bank_transfer")):
        assert method_named(word, METHOD_NAMES) == key
    assert method_named("Kreditkarte", METHOD_NAMES) == "card"


@pytest.mark.parametrize("language", ["en", "de", "fr"])
def test_commands_are_listed_in_a_language(language: str) -> None:
    """Names stay as they are typed; meanings are short enough for Telegram."""
    listed = commands_in(language)

    assert [name for name, _ in listed] == [name for name, _ in words.COMMANDS]
    assert all(1 <= len(meaning) <= DESCRIPTION_MAX for _, meaning in listed)
    assert (listed == words.COMMANDS) == (language != "de")


# --- who hears which ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("locale", "language"),
    [("de", "de"), ("de-AT", "de"), ("de_CH", "de"), ("DE", "de"), ("fr-CA", "en"), ("", "en")],
)
def test_a_locale_falls_back_to_its_language_and_then_to_english(
    locale: str, language: str
) -> None:
    """de-AT hears German; a language without a catalogue, English."""
    assert language_of(locale, load_catalogues()) == language


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        ("de-CH,de;q=0.9,en;q=0.8", "de-CH"),
        ("fr, en-GB;q=0.8, de;q=0.5", "en-GB"),
        ("fr", None),
        ("", None),
        (";,,=", None),
        ("*", None),
        ("xx," * 9 + "de", "de"),
        ("de-" + "x" * 32, "de-" + "x" * 32),
    ],
)
def test_a_browser_is_answered_in_the_first_language_we_speak(
    header: str, locale: str | None
) -> None:
    """Where no card tells the language, Accept-Language does."""
    assert preferred_language(header, load_catalogues()) == locale


@pytest.mark.parametrize("header", ["xx," * 10 + "de", "de-" + "x" * 33, "de" + "-" * 60_000])
def test_102_no_more_is_looked_at_than_anybody_means(header: str) -> None:
    """Neither the eleventh language of a list, nor a tag that is longer than any there is."""
    assert preferred_language(header, load_catalogues()) is None
    assert language_of(header, load_catalogues()) == "en"


def test_amounts_are_written_by_region() -> None:
    """Austria and Germany share the sentences, not the way to write money."""
    fifty = Money(5_000, "EUR")
    german = {
        locale: localizer("de", locale).text(card_words.TITLES[TopUpStatus.CREDITED], amount=fifty)
        for locale in ("de-DE", "de-AT")
    }

    assert german == {
        "de-DE": "✅ 50,00\u00a0€ gutgeschrieben",
        "de-AT": "✅ €\u00a050,00 gutgeschrieben",
    }


def test_a_sentence_without_translation_stays_english() -> None:
    """Better a sentence in English than none."""
    assert Localizer("de", language="de", catalogue={}).text(words.FEE) == "Fee"


@pytest.mark.parametrize(("given", "locale"), [("en", "en"), ("de-at", "de_AT"), ("DE", "de")])
def test_an_operator_picks_the_default_locale(given: str, locale: str) -> None:
    """DEFAULT_LOCALE takes either spelling."""
    settings = Settings.from_values({"secret_key": "k" * 32, "default_locale": given})

    assert load(settings).people.locale == locale


@pytest.mark.parametrize("given", ["", "german", "xx-YY", "../de"])
def test_a_default_locale_that_is_none_is_refused(given: str) -> None:
    """The start names the setting."""
    settings = Settings.from_values({"secret_key": "k" * 32, "default_locale": given})

    with pytest.raises(Misconfigured, match="DEFAULT_LOCALE"):
        load(settings)


# --- clocks ------------------------------------------------------------------------------------

AT = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
LATER = AT.replace(hour=1)


@pytest.mark.parametrize(
    ("locale", "zone", "before", "after"),
    [
        ("de", "Europe/Berlin", "01:30 MEZ", "03:30 MESZ"),
        ("en", "Europe/Berlin", "1:30\u202fAM CET", "3:30\u202fAM CEST"),
        ("en", "America/New_York", "8:30\u202fPM EDT", "9:30\u202fPM EDT"),
        ("de", "America/New_York", "20:30 EDT", "21:30 EDT"),
        ("en", "Asia/Kathmandu", "6:15\u202fAM UTC+05:45", "7:15\u202fAM UTC+05:45"),
        ("de", "America/Sao_Paulo", "21:30 UTC-03:00", "22:30 UTC-03:00"),
        ("en", "UTC", "12:30\u202fAM UTC", "1:30\u202fAM UTC"),
        ("en", "No/Such_Place", "12:30\u202fAM UTC", "1:30\u202fAM UTC"),
    ],
)
def test_a_clock_says_its_zone(locale: str, zone: str, before: str, after: str) -> None:
    """Every time of day names its zone in words, also over the night the clocks change."""
    somebody = Localizer(locale, zone)

    assert (somebody.format_time(AT), somebody.format_time(LATER)) == (before, after)


def test_a_date_is_the_local_one() -> None:
    """Half past midnight in London's winter is still yesterday in New York."""
    assert Localizer("en", "America/New_York").format_date_time(AT) == (
        "Mar 28, 2026, 8:30\u202fPM EDT"
    )
    assert Localizer("de", "Europe/Berlin").format_date_time(AT) == "29.03.2026, 01:30 MEZ"


# --- the made-up language ----------------------------------------------------------------------


def test_the_made_up_language_is_longer_and_runs_both_ways() -> None:
    """40 % longer, with a direction mark, and with every fact still in it."""
    for sentence, spoken in pseudo_catalogue().items():
        assert len(spoken) >= 1.4 * len(sentence)
        assert "\u200f" in spoken
        assert PLACEHOLDER.findall(spoken) == PLACEHOLDER.findall(sentence)
    assert localizer(PSEUDO).direction == "rtl"
    assert localizer("de").direction == "ltr"
