"""Plays a dialog line by line on a stage, and fails at the first line that does not hold."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from urllib.parse import urljoin

import httpx

from billing.ledger import customer
from billing.money import format_money
from bot import accounts
from conversations import words
from conversations.actions import Slot
from tests import paying
from tests.dialog_chats import Button, Person, Seen, readable
from tests.dialog_places import Stage
from tests.dialog_script import Dialog, Line

_TOP_UP = re.compile(r"TU-[0-9A-Z]{8}")
_PRESS = re.compile(r"\[(?P<old>old: )?(?P<label>[^\]]+)\](?P<twice> twice)?")
_PAY = re.compile(r"(?P<number>[0-9 ]+?)(?: (?P<answer>approve|fail))?")
_CODE = f"{words.CODE}: "
_UNITS = ("seconds", "minutes", "hours", "days")
_ACTORS = {who.value: who for who in Person}


class Player:
    """One dialog on one stage."""

    def __init__(self, dialog: Dialog, stage: Stage) -> None:
        self._dialog, self._stage = dialog, stage
        self._actor = Person.YOU
        self._before: dict[Person, dict[str, Seen]] = {}
        self._named: set[str] = set()
        self._past: list[Button] = []
        self._card: Seen | None = None
        self._answers: dict[str, str] = {}
        self._errors: dict[str, str] = {}
        self._link, self._gateway, self._page = "", "", ""
        self._verbs: dict[str, Callable[[str], Awaitable[None]]] = {
            "you": lambda text: self._acts(Person.YOU, text),
            "you channel": lambda text: self._acts(Person.YOU, text, channel=True),
            "other": lambda text: self._acts(Person.OTHER, text),
            "stranger": lambda text: self._acts(Person.STRANGER, text),
            "form": self._form,
            "form says": self._form_says,
            "bot says": self._bot_says,
            "buttons": self._buttons,
            "no change": self._no_change,
            "checkout": self._checkout,
            "page says": self._page_says,
            "pay": self._pay,
            "transfer": self._transfer,
            "wait": self._wait,
            "drop callbacks": self._drop_callbacks,
            "spend": self._spend,
            "ledger": self._ledger,
            "payments": self._payments,
        }

    async def play(self) -> None:
        """Every line, top to bottom. Raises AssertionError, naming the line."""
        for account in self._dialog.accounts:
            await self._stage.open_account(account)
        await self._begin(Person.YOU)
        for line in self._dialog.lines:
            if line.only in ("", self._stage.chat.platform):
                await self._play(line)
        self._nothing_unnamed()

    async def _play(self, line: Line) -> None:
        text = line.text.replace("{top-up}", self._top_up())
        details = tuple(each.replace("{top-up}", self._top_up()) for each in line.details)
        try:
            if line.verb in ("bot", "channel", "card"):
                self._shown(line.verb, text, details)
            else:
                await self._verbs[line.verb](text)
        except Exception as error:
            where = f"{self._dialog.name}.txt:{line.number} on {self._stage.chat.platform}"
            error.add_note(f"{where}: {line.verb}> {line.text}\n{self._told()}")
            raise

    # --- acts ------------------------------------------------------------------------------------

    async def _acts(self, who: Person, text: str, *, channel: bool = False) -> None:
        pressed = _PRESS.fullmatch(text)
        if pressed is None:
            await self._begin(who)
            await self._stage.chat.say(who, text, channel=channel)
        else:
            button = self._find(who, pressed["label"], old=pressed["old"] is not None)
            await self._begin(who)
            presses = [self._stage.chat.press(who, button)] * (2 if pressed["twice"] else 1)
            await asyncio.gather(*presses)
        await self._stage.still()

    async def _begin(self, who: Person) -> None:
        """Remember what everybody sees before an act; what it changes is compared with this."""
        if self._before:
            self._nothing_unnamed()
        self._actor, self._named = who, set()
        for person in Person:
            seen = self._stage.chat.seen(person)
            self._before[person] = {one.id: one for one in seen}
            shown = [button for one in seen for button in one.buttons]
            if person is Person.YOU:
                self._past += [button for button in shown if button not in self._past]

    def _find(self, who: Person, label: str, *, old: bool) -> Button:
        mine = [*self._stage.chat.seen(who), *self._stage.chat.seen(Person.YOU)]
        shown = [button for one in mine for button in one.buttons if button.label == label]
        if old:
            newest = {button.place[:2] for button in shown[-1:]}
            past = [
                button
                for button in self._past
                if button.label == label and not (button in shown and button.place[:2] in newest)
            ]
            assert past, f"there never was another button {label}"
            return past[-1]
        assert shown, f"no button {label}"
        return shown[-1]

    async def _form(self, text: str) -> None:
        given = dict(pair.split("=", 1) for pair in text.split())
        self._answers |= given
        self._named |= {one.id for one in self._changed()}
        if self._stage.chat.forms:
            await self._begin(Person.YOU)
            self._errors = await self._stage.chat.submit(given)
            await self._stage.still()
        else:
            await self._answer_questions()

    async def _answer_questions(self) -> None:
        asked = self._asked()
        assert asked is not None, "nothing is asked"
        while asked is not None and asked in self._answers:
            self._named |= {one.id for one in self._changed()}
            await self._acts(Person.YOU, self._answers.pop(asked))
            before, asked = asked, self._asked()
            if asked == before:
                break

    def _asked(self) -> str | None:
        cards = [one for one in self._stage.chat.seen(Person.YOU) if one.card]
        title = cards[-1].title if cards else ""
        return next((slot.value for slot in Slot if title == words.ASK_TITLE[slot]), None)

    async def _spend(self, text: str) -> None:
        account, amount = text.split()
        app = self._stage.app
        await self._begin(Person.YOU)
        await app.store.transact(lambda tx: accounts.charge(tx, account, amount, "", app.desk))
        await self._stage.still()

    async def _wait(self, text: str) -> None:
        number, unit = text.split()
        unit = unit if unit in _UNITS else f"{unit}s"
        await self._begin(Person.YOU)
        await self._stage.wait(timedelta(**{unit: int(number)}))

    async def _drop_callbacks(self, _: str) -> None:
        self._stage.door.drops_callbacks = True

    # --- the browser -----------------------------------------------------------------------------

    async def _checkout(self, text: str) -> None:
        """GET shows and changes nothing; the code on the page is the card's."""
        seen = self._stage.chat.seen(Person.YOU)
        self._past += [b for one in seen for b in one.buttons if b not in self._past]
        link = next(b.url for b in reversed(self._past) if "/pay/" in b.url)
        if text != "old":
            link = self._newest_link()
        page = await self._stage.browser.get(link)
        self._link, self._gateway, self._page = link, "", _text(page)
        if page.status_code != httpx.codes.OK or not paying.forms(page):
            return
        codes = [
            line.removeprefix(_CODE)
            for one in seen
            for line in one.lines
            if line.startswith(_CODE)
        ]
        assert codes[-1] in self._page, f"the page does not show the code {codes[-1]}"
        [form] = paying.forms(page)
        answer = await self._stage.browser.post(urljoin(link, form.action))
        assert answer.status_code == httpx.codes.SEE_OTHER, answer.text
        self._gateway = answer.headers["location"]

    def _newest_link(self) -> str:
        links = [b.url for one in self._stage.chat.seen(Person.YOU) for b in one.buttons if b.url]
        assert links, "no pay link is shown"
        return links[-1]

    async def _pay(self, text: str) -> None:
        given = _PAY.fullmatch(text)
        assert given is not None, "pay> card number, approve or fail"
        url, browser = await self._at_gateway(), self._stage.browser
        page = await paying.pay_by_card(browser, url, given["number"])
        if given["answer"]:
            page = await paying.answer_3d_secure(
                browser, url, approve=given["answer"] == "approve"
            )
        self._page = _text(page)
        await self._stage.still()

    async def _transfer(self, text: str) -> None:
        url = await self._at_gateway()
        page = await paying.send_transfer(self._stage.browser, url, bounces=text == "bounces")
        self._page = _text(page)
        await self._stage.still()

    async def _at_gateway(self) -> str:
        """The gateway's page that is open, unless a newer pay link is shown."""
        shown = [b.url for one in self._stage.chat.seen(Person.YOU) for b in one.buttons if b.url]
        if not self._gateway or (shown and shown[-1] != self._link):
            await self._checkout("")
        await self._begin(Person.YOU)
        assert self._gateway, f"the pay page leads nowhere: {self._page}"
        return self._gateway

    async def _page_says(self, text: str) -> None:
        assert text in self._page, self._page

    # --- what is seen ----------------------------------------------------------------------------

    def _changed(self) -> list[Seen]:
        before = self._before[self._actor]
        return [one for one in self._stage.chat.seen(self._actor) if before.get(one.id) != one]

    def _shown(self, verb: str, title: str, details: tuple[str, ...]) -> None:
        seen = self._stage.chat.seen(Person.YOU) if verb == "card" else self._changed()
        if verb == "card":
            seen = [one for one in seen if any("TU-" in line for line in one.lines)][-1:]
        fitting = [
            one
            for one in reversed(seen)
            if one.card and one.title.startswith(title)
            if (one.channel if verb == "channel" else True)
            if all(any(_holds(each, line) for line in one.lines) for each in details)
        ]
        assert fitting, "not shown"
        self._card = fitting[0]
        self._named.add(fitting[0].id)

    async def _bot_says(self, text: str) -> None:
        saying = [one for one in self._changed() if any(text in line for line in one.lines)]
        assert saying, "not said"
        self._named.add(saying[-1].id)

    async def _form_says(self, text: str) -> None:
        slot, _, sentence = text.partition(": ")
        if self._stage.chat.forms:
            said = " ".join(readable(self._errors.get(slot, "")))
            assert sentence in said, f"said: {self._errors}"
        else:
            assert self._asked() == slot, f"asked: {self._asked()}"
            await self._bot_says(sentence)

    async def _buttons(self, text: str) -> None:
        labels = [button.label for button in self._card.buttons] if self._card else []
        assert labels == [each.strip() for each in text.split("|") if each.strip()], labels

    async def _no_change(self, _: str) -> None:
        assert not [one for one in self._changed() if one.card]

    def _nothing_unnamed(self) -> None:
        before = self._before[self._actor]
        fresh = [one for one in self._changed() if one.card and one.id not in before]
        unnamed = [one.title for one in fresh if one.id not in self._named]
        assert not unnamed, f"{self._dialog.name}: shown, but not in the dialog: {unnamed}"

    def _told(self) -> str:
        parts = [" / ".join(one.lines) for one in self._changed()]
        return "since the last act:\n  " + "\n  ".join(parts or ["nothing"])

    def _top_up(self) -> str:
        ids = [
            found
            for one in self._stage.chat.seen(Person.YOU)
            for found in _TOP_UP.findall(" ".join(one.lines))
        ]
        return ids[-1] if ids else "{top-up}"

    # --- the books -------------------------------------------------------------------------------

    async def _ledger(self, text: str) -> None:
        account_id, _, wanted = text.partition(" ")
        account = await self._stage.app.store.transact(lambda tx: tx.accounts.get(account_id))
        assert account is not None
        summed = await self._stage.app.store.transact(
            lambda tx: tx.ledger.balance_minor(customer(account_id), account.currency)
        )
        assert summed == account.balance_minor
        assert format_money(account.balance).translate({0xA0: " "}) == wanted

    async def _payments(self, text: str) -> None:
        rows = self._stage.rows("SELECT disposition FROM payments WHERE disposition IS NOT NULL")
        found = [disposition for (disposition,) in rows]
        counted = f"{found.count('applied')} applied, {found.count('held')} held"
        assert counted == text, counted


def _holds(detail: str, line: str) -> bool:
    """Whether the line has the detail, not just the beginning of a longer word or number."""
    return re.search(rf"(?<!\w){re.escape(detail)}(?!\w|[.,]\d)", line) is not None


def _text(page: httpx.Response) -> str:
    """What a page says, without its tags."""
    return " ".join(readable(html.unescape(re.sub(r"<[^>]+>", " ", page.text))))
