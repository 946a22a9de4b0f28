"""Plays a dialog line by line on a stage, and fails at the first line that does not hold."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

from billing.ledger import customer_account
from billing.money import format_money
from conversations.protocol.actions import Slot
from conversations.words import words
from service.common.context import context_of
from service.money.charges import ChargeRequest, charge_account
from service.ports.store import Account, Tx
from tests.support.dialogs.browser import Browser
from tests.support.dialogs.chats import Button, Person, Seen, Where, in_any_language, readable
from tests.support.dialogs.places import Stage
from tests.support.dialogs.script import Dialog, Line

_PRESS = re.compile(r"\[(?P<old>old: )?(?P<label>[^\]]+)\](?P<twice> twice)?")
_PAY = re.compile(r"(?P<number>[0-9 ]+?)(?: (?P<answer>approve|fail))?")
_UNITS = ("seconds", "minutes", "hours", "days")


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
        self._browser = Browser(stage.browser)
        self._verbs: dict[str, Callable[[str], Awaitable[None]]] = {
            "you": lambda text: self._acts(Person.YOU, text),
            "you channel": lambda text: self._acts(Person.YOU, text, Where.CHANNEL),
            "you group": lambda text: self._acts(Person.YOU, text, Where.GROUP),
            "other": lambda text: self._acts(Person.OTHER, text),
            "stranger": lambda text: self._acts(Person.STRANGER, text),
            "guest": lambda text: self._acts(Person.GUEST, text),
            "home": lambda _: self._does(stage.chat.open_home()),
            "shortcut": lambda text: self._does(stage.chat.run_shortcut(text)),
            "block": lambda _: self._does(stage.chat.block(blocked=True)),
            "unblock": lambda _: self._does(stage.chat.block(blocked=False)),
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
        self._stage.chat.speak(Person.YOU, self._dialog.language)
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

    async def _acts(self, who: Person, text: str, where: Where = Where.PRIVATE) -> None:
        pressed = _PRESS.fullmatch(text)
        if pressed is None:
            await self._begin(who)
            await self._stage.chat.say(who, text, where=where)
        else:
            button = self._find(who, pressed["label"], old=pressed["old"] is not None)
            await self._begin(who)
            times = 2 if pressed["twice"] else 1
            await asyncio.gather(*(self._stage.chat.press(who, button) for _ in range(times)))
        await self._stage.still()

    async def _does(self, act: Awaitable[None]) -> None:
        await self._begin(Person.YOU)
        await act
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
        asking = (slot for slot in Slot if title in in_any_language(words.ASK_TITLE[slot]))
        return next((slot.value for slot in asking), None)

    async def _spend(self, text: str) -> None:
        app, (account, amount) = self._stage.app, text.split()
        await self._begin(Person.YOU)
        drawn = ChargeRequest(account, amount, overdraw=True)
        await app.store.transact(lambda tx: charge_account(context_of(tx, app.services), drawn))
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
        await self._browser.open(self._link(old=text == "old"), self._lines())

    async def _pay(self, text: str) -> None:
        given = _PAY.fullmatch(text)
        assert given is not None, "pay> card number, approve or fail"
        await self._to_gateway()
        await self._browser.pay(given["number"], given["answer"])
        await self._stage.still()

    async def _transfer(self, text: str) -> None:
        await self._to_gateway()
        await self._browser.transfer(bounces=text == "bounces")
        await self._stage.still()

    async def _to_gateway(self) -> None:
        """Stay on the gateway's page that is open, unless a newer pay link is shown."""
        if not self._browser.at_gateway or self._link() not in ("", self._browser.link):
            await self._browser.open(self._link(), self._lines())
        await self._begin(Person.YOU)

    async def _page_says(self, text: str) -> None:
        assert text in self._browser.page, self._browser.page

    def _link(self, *, old: bool = False) -> str:
        """The newest pay link that is shown, or that ever was; "" when there is none."""
        seen = self._stage.chat.seen(Person.YOU)
        shown = [button for one in seen for button in one.buttons]
        known = [*self._past, *shown] if old else shown
        return next((each.url for each in reversed(known) if "/pay/" in each.url), "")

    def _lines(self) -> list[str]:
        return [line for one in self._stage.chat.seen(Person.YOU) for line in one.lines]

    # --- what is seen ----------------------------------------------------------------------------

    def _changed(self) -> list[Seen]:
        before = self._before[self._actor]
        return [one for one in self._stage.chat.seen(self._actor) if before.get(one.id) != one]

    def _shown(self, verb: str, title: str, details: tuple[str, ...]) -> None:
        seen = self._stage.chat.seen(Person.YOU) if verb == "card" else self._changed()
        if verb == "card":
            seen = [one for one in seen if one.buttons][-1:]
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
        newest = self._stage.rows("SELECT id FROM top_ups ORDER BY rowid DESC LIMIT 1")
        return str(newest[0][0]) if newest else "{top-up}"

    # --- the books -------------------------------------------------------------------------------

    async def _ledger(self, text: str) -> None:
        named, _, wanted = text.partition(" ")
        account = await self._stage.app.store.transact(partial(_account, named=named))
        assert account is not None
        summed = await self._stage.app.store.transact(
            lambda tx: tx.ledger.balance_minor(customer_account(account.id), account.currency)
        )
        assert summed == account.balance_minor
        assert format_money(account.balance).translate({0xA0: " "}) == wanted

    async def _payments(self, text: str) -> None:
        rows = self._stage.rows("SELECT disposition FROM payments WHERE disposition IS NOT NULL")
        found = [disposition for (disposition,) in rows]
        counted = f"{found.count('applied')} applied, {found.count('held')} held"
        assert counted == text, counted


def _account(tx: Tx, named: str) -> Account | None:
    """`telegram:7001` is the account of who signed up by that number."""
    platform, colon, person = named.partition(":")
    return tx.accounts.get(tx.accounts.links_to(platform, [person])[0].account if colon else named)


def _holds(detail: str, line: str) -> bool:
    """Whether the line has the detail, not just the beginning of a longer word or number."""
    return re.search(rf"(?<!\w){re.escape(detail)}(?!\w|[.,]\d)", line) is not None
