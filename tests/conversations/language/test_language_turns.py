"""The whole bot in a person's language: cards, answers, the pay page, alerts, refusals."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from conversations.protocol.events import Idle, Said
from conversations.protocol.ports import Incoming
from service.chat.turns import Turn, take_turn
from service.common.context import context_of
from service.money import alerts
from service.ports.store import SavedState, Tx
from tests.support.bots.bot_place import ACCOUNT, ANA, BEN, BotPlace, bot_place
from tests.support.chats.pocket_chat import button, key_of


async def speaks(place: BotPlace, person: str, locale: str, zone: str) -> None:
    """A person whose language and clock the chat told us before."""

    def work(tx: Tx) -> None:
        tx.conversations.save(key_of(person), SavedState(Idle(), place.clock(), locale, zone))

    await place.app.store.transact(work)


async def test_a_german_tops_up_in_german(tmp_path: Path) -> None:
    """From the review to the credited card, the pay page in between, on the Austrian clock."""
    async with bot_place(tmp_path) as place:
        await speaks(place, ANA, "de-AT", "Europe/Vienna")
        await place.does(ANA, text="/topup 50 USD Karte bitte")
        assert place.chat.newest(ANA).view.title == "🔎 Ihre Aufladung prüfen"
        await place.presses(ANA, "$\u00a050,75 bestätigen")
        card = place.chat.newest(ANA)
        page = await place.web.get(button(card, "$\u00a050,75 bezahlen").url or "")

    assert card.view.title == "⏳ Wartet auf Zahlung"
    assert any(row.label == "Zahlbar bis" and row.value.endswith("MEZ") for row in card.view.rows)
    assert '<html lang="de" dir="ltr">' in page.text
    assert "Ihre Aufladung bezahlen" in page.text
    assert "Testumgebung." in page.text
    assert "Diese Seite gilt bis" in page.text


async def test_pages_speak_as_the_card_does_also_when_it_is_over(tmp_path: Path) -> None:
    """The language is the card's, whatever browser opens the link, and whenever."""
    english = {"accept-language": "en"}
    async with bot_place(tmp_path) as place:
        await speaks(place, ANA, "de", "Europe/Berlin")
        await place.does(ANA, text="/topup 50 USD Karte")
        await place.presses(ANA, "50,75")
        url = button(place.chat.newest(ANA), "50,75").url or ""
        returned = await place.web.get(await place.return_address(url), headers=english)
        await place.quiet()
        await place.presses(ANA, "Diese Aufladung abbrechen")
        over = await place.web.get(url, headers=english)

    assert "Ihre Zahlung" in returned.text
    assert "Dieser Zahlungslink gilt nicht mehr" in over.text


async def test_without_a_card_the_browser_is_asked(tmp_path: Path) -> None:
    """A broken link and a wrong address answer in the first language of the browser we speak."""
    german = {"accept-language": "de-CH,de;q=0.9"}
    async with bot_place(tmp_path) as place:
        broken = await place.web.get("/pay/broken", headers=german)
        missing = await place.web.get("/nowhere", headers=german)
        french = await place.web.get("/pay/broken", headers={"accept-language": "fr"})

    assert "Dieser Zahlungslink ist ungültig" in broken.text
    assert missing.text.startswith("Hier gibt es nichts.")
    assert '<html lang="en" dir="ltr">' in french.text


async def test_what_the_chat_says_now_counts_more_than_before(tmp_path: Path) -> None:
    """Who changes the language of the chat is answered in the new one, and it is kept."""
    async with bot_place(tmp_path) as place:
        await speaks(place, ANA, "en", "UTC")
        asked = Incoming(key_of(ANA), Said("", command=True), locale="de-CH")
        await place.app.store.transact(
            lambda tx: take_turn(context_of(tx, place.app.services), Turn(asked))
        )
        await place.quiet()
        first = place.chat.newest(ANA).view.title
        await place.does(ANA, text="hilfe")

    assert first == "➕ Aufladen: wie viel?"
    assert place.chat.newest(ANA).view.title == "👋 Ein Konto aufladen"


async def test_alerts_reach_each_person_in_their_language(tmp_path: Path) -> None:
    """Who never wrote to us hears the default language."""
    async with bot_place(tmp_path) as place:

        def work(tx: Tx) -> None:
            german = SavedState(Idle(), place.clock(), "de", "Europe/Berlin")
            tx.conversations.save(replace(key_of(ANA), chat=ANA), german)
            tx.accounts.set_threshold(ACCOUNT, 2_000)
            alerts.update_alert(context_of(tx, place.app.services), ACCOUNT)

        await place.app.store.transact(work)
        await place.quiet()
        titles = {ref.chat: one.view.title for ref, one in place.chat.messages.items()}

    assert titles == {
        ANA: "🔻 Guthaben niedrig: \u2068Team Alpha\u2069",
        BEN: "🔻 Low balance: \u2068Team Alpha\u2069",
    }


async def test_channels_hear_the_default_language(tmp_path: Path) -> None:
    """DEFAULT_LOCALE is for whoever has no language of their own."""
    async with bot_place(tmp_path) as place:
        services = replace(place.app.services, locale="de-DE")

    assert (services.localizer().language, services.localizer("fr").language) == ("de", "en")
    assert services.localizer("en-GB").text("Fee") == "Fee"
    assert services.localizer().text("Fee") == "Gebühr"
