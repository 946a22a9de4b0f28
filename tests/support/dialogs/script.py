"""Reads dialogs, the feature list in plain text.

A dialog is a file `tests/dialogs/<name>.txt`. Its first line is `# ` and a sentence that says the
behaviour; more `# ` lines may explain. Then come accounts and circumstances, then lines
`who> what`. Indented lines below a line are details of what is shown: each a row `Label: value`,
or part of a sentence. `{top-up}` stands for the id of the newest top-up. `slack|` or `telegram|`
in front of a line says that it holds in that chat only, however its messages come and go.

    account ID "Title" CUR balance 22.10 alert below 20 team shared
                             all after the currency may be left out. In Slack it is linked to the
                             channel #cloud-billing, in Telegram to the person; `shared` also to
                             the other person; `team` makes it a team's in Telegram, too
    language de              you have your chat in this language; everybody else's is English
    signup open              whoever writes may have an account of their own
    only slack               the dialog is for that platform (slack, telegram)

    you> /topup 50           types in private; Slack has one command, so /balance is typed there
                             as /topup balance
    you> [Label]             presses the button with that label on the newest message that has it
    you> [Label] twice       presses it again before anything could happen
    you> [old: Label]        presses such a button that an edit has removed, or an older message's
    you channel> text        types in the Slack channel; in Telegram the same as `you>`
    you group> text          types in a Telegram group; in Slack the same as `you channel>`
    other> …                 the same by another person: who may use the account in Slack, and in
                             Telegram where it is `shared`. Another's button is pressed by craft
    stranger> …              the same by somebody without any account
    guest> …                 the same by a guest of the Slack workspace, who is in the channel
    home>                    opens the bot's home tab in Slack; it is a card, the oldest there is
    shortcut> Name           runs the Slack shortcut of that name, if need be on the newest message
    block>                   you block the bot in Telegram; `unblock>` lets it in again
    form> amount=50 method=card
                             Slack: fills the open form and submits it. Telegram: types the answers
                             to the questions, in the order asked
    form says> amount: part  an error under that field; in Telegram, in the question asked again

    bot> Title               something that appeared or changed since the last act, for whoever
                             acted, begins so; every new card must be named by the next act
    bot says> part           the same anywhere in it: a toast, words for their eyes only, a card
    channel> Title           as `bot>`, in the linked channel; in Telegram, where persons are told
    card> Title              your newest message with buttons begins so, changed or not
    buttons> One | Two       exactly these are on the card last named
    no change>               no card of whoever acted appeared or changed since the last act

    checkout>                opens the newest pay link and continues to the gateway's page;
    checkout> old            … the newest there ever was, whether it is still shown or not
    page says> part          on the web page opened last
    pay> 4242 4242 4242 4242 pays on that page, opening the newest pay link first if need be;
                             `approve` or `fail` behind the number answers 3-D Secure
    transfer>                the same by bank transfer; `transfer> bounces` never arrives
    wait> 20 seconds         time passes (seconds, minutes, hours, days), and what is due happens
    drop callbacks>          from now on the gateway's callbacks are lost

    spend> ID $5.00          another program draws the account down
    ledger> ID $72.10        the account's balance
    payments> 1 applied, 0 held
                             what became of all payments
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

PLATFORMS = ("slack", "telegram")
VERBS = frozenset(
    {
        "you",
        "you channel",
        "other",
        "you group",
        "stranger",
        "guest",
        "home",
        "shortcut",
        "block",
        "unblock",
        "form",
        "form says",
        "bot",
        "bot says",
        "channel",
        "card",
        "buttons",
        "no change",
        "checkout",
        "page says",
        "pay",
        "transfer",
        "wait",
        "drop callbacks",
        "spend",
        "ledger",
        "payments",
    }
)
_LINE = re.compile(
    r"(?:(?P<only>slack|telegram)\| )?(?P<verb>[a-z]+(?: [a-z]+)?)>(?: (?P<text>.*))?"
)
_CIRCUMSTANCE = re.compile(
    r"(?=language [a-z]{2}$|signup open$|only (?:slack|telegram)$)(\w+) (\w+)"
)
_ACCOUNT = re.compile(
    r'account (?P<id>[a-z0-9-]+) "(?P<title>[^"]+)" (?P<currency>[A-Z]{3})'
    r"(?: balance (?P<balance>-?[0-9.]+))?(?: alert below (?P<below>[0-9.]+))?"
    r"(?P<team> team)?(?P<shared> shared)?"
)


class ScriptError(Exception):
    """A dialog that cannot be read; the message names file and line."""


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account to begin with; amounts as written, "" where there is none."""

    id: str
    title: str
    currency: str
    balance: str
    alert_below: str
    team: bool
    shared: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One thing done or seen; `only` names the platform it is for, "" is all of them."""

    number: int
    verb: str
    text: str
    details: tuple[str, ...] = ()
    only: str = ""


@dataclass(frozen=True, slots=True)
class Dialog:
    """A transcript to play; `only` names the platform it is for, "" is all of them."""

    name: str
    sentence: str
    accounts: tuple[AccountLine, ...]
    lines: tuple[Line, ...]
    language: str = "en"
    signup: str = "closed"
    only: str = ""


def read_dialogs(folder: Path) -> list[Dialog]:
    """All dialogs of a folder, by name."""
    return [
        parse(path.stem, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.txt"))
    ]


def parse(name: str, text: str) -> Dialog:
    """The dialog in this text. Raises ScriptError."""
    first, _, rest = text.partition("\n")
    sentence = first.removeprefix("# ")
    if sentence == first or not sentence.endswith("."):
        raise ScriptError(f"{name}:1: begin with # and a sentence that says the behaviour")
    read = _Read()
    for number, written in enumerate(rest.splitlines(), start=2):
        try:
            read.take(number, written.rstrip())
        except ValueError as problem:
            raise ScriptError(f"{name}:{number}: {problem}: {written}") from None
    if not read.lines or not (read.accounts or "signup" in read.circumstances):
        raise ScriptError(f"{name}: a dialog has an account and something said")
    lines = tuple(read.lines)
    return Dialog(name, sentence, tuple(read.accounts), lines, **read.circumstances)


@dataclass(slots=True)
class _Read:
    """What was read of a dialog so far."""

    accounts: list[AccountLine] = field(default_factory=list)
    circumstances: dict[str, str] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)

    def take(self, number: int, written: str) -> None:
        if not written or written.startswith("#"):
            return
        circumstance = _CIRCUMSTANCE.fullmatch(written)
        if written.startswith(" "):
            self.lines.append(_with_detail(self.lines, written.strip()))
        elif circumstance is not None:
            self.circumstances[circumstance[1]] = circumstance[2]
        elif written.startswith("account "):
            self.accounts.append(_account(written))
        else:
            self.lines.append(_line(number, written))


def _with_detail(lines: list[Line], detail: str) -> Line:
    if not lines or lines[-1].verb not in ("bot", "channel", "card"):
        raise ValueError("a detail belongs below what is shown")
    shown = lines.pop()
    return Line(shown.number, shown.verb, shown.text, (*shown.details, detail), shown.only)


def _line(number: int, written: str) -> Line:
    found = _LINE.fullmatch(written)
    if found is None or found["verb"] not in VERBS:
        raise ValueError("not a line of a dialog")
    return Line(number, found["verb"], found["text"] or "", only=found["only"] or "")


def _account(written: str) -> AccountLine:
    found = _ACCOUNT.fullmatch(written)
    if found is None:
        raise ValueError("not an account")
    return AccountLine(
        id=found["id"],
        title=found["title"],
        currency=found["currency"],
        balance=found["balance"] or "",
        alert_below=found["below"] or "",
        team=found["team"] is not None,
        shared=found["shared"] is not None,
    )
