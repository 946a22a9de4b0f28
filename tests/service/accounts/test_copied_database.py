"""A copy of a database, as for staging, is noticed, and deals in no real money until told to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from pydantic import SecretStr

from adapters.gateways.stripe.settings import OFFICIAL, Stripe
from billing.marks import InstallationMarks, MarkStatus
from billing.topups import Mode
from bot.wiring.place import place_of
from conversations.protocol.ports import Message
from service.common.ids import Sources
from service.common.services import Merchant
from service.money import marks
from service.money.marks import Deployment
from service.ports.store import Account, Link, LinkKind, Tx
from tests.support.bots.bot_place import ANA, BEN, START, BotPlace, Clock, Dice
from tests.support.bots.operator_place import Operator, operator
from tests.support.bots.settle_place import MARK, SettlePlace, settle_place
from tests.support.bots.stripe_bot_place import stripe_bot
from tests.support.bots.stripe_place import WEBHOOK_SECRET, StripePlace
from tests.support.chats.pocket_chat import PLATFORM, TENANT, button

__all__ = ["operator"]

LIVE = Stripe(SecretStr("sk_live_forTheTestsOnly"), SecretStr(WEBHOOK_SECRET), OFFICIAL)
HERE, STAGING = "https://pay.example", "https://staging.example"
CLOSED = "live_money_closed"
ONE, TWO = Deployment({"PUBLIC_URL": "1"}), Deployment({"PUBLIC_URL": "2"})
WHY = ("--reason", "moved to the new machine")


@asynccontextmanager
async def _bot(database: Path, public_url: str) -> AsyncIterator[BotPlace]:
    """A bot that takes real money, whose person has an account for that."""
    async with stripe_bot(database, StripePlace(), use=LIVE, public_url=public_url) as place:

        def work(tx: Tx) -> None:
            tx.accounts.add(Account("real", "Real Money", "USD", Mode.LIVE), START)
            for person in (ANA, BEN):
                tx.accounts.unlink(Link("team-a", PLATFORM, TENANT, LinkKind.PERSON, person))
                tx.accounts.link(Link("real", PLATFORM, TENANT, LinkKind.PERSON, person), START)

        await place.app.store.transact(work)
        # What the original heard is in the copy, too.
        place.names = count(len(place.rows("deliveries")) + 1).__next__
        yield place


async def _asks(place: BotPlace, person: str = ANA) -> Message:
    await place.does(person, text="/topup 50 USD")
    return place.chat.newest(person)


async def test_121_a_copy_takes_no_real_money_until_somebody_says_which_it_is(
    tmp_path: Path, operator: Operator, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says why and what to type, people read a sentence, and it is ready all the same."""
    async with _bot(tmp_path / "first.db", HERE) as first:
        asked = await _asks(first)
        await first.presses(ANA, "Confirm")
        link = button(first.chat.newest(ANA), "Pay").url or ""
    operator.database.write_bytes((tmp_path / "first.db").read_bytes())
    async with _bot(operator.database, STAGING) as copy:
        refused = await _asks(copy, BEN)
        pages = [await copy.web.get(link), await copy.web.post(link)]
        ready = await copy.web.get("/readyz")
    told = [one.getMessage() for one in caplog.records if CLOSED in one.getMessage()]

    assert "Review" in asked.view.title
    assert any("closed until the operator" in line for line in refused.view.body)
    assert [page.status_code for page in pages] == [503, 503]
    assert all("real money are closed" in page.text for page in pages)
    assert ready.status_code == 200
    assert len(told) == 1
    assert all(word in told[0] for word in ("PUBLIC_URL", "installation renew", "confirm"))


@pytest.mark.parametrize(("command", "keeps"), [("confirm", True), ("renew", False)])
async def test_121_a_person_says_which_it_is(
    operator: Operator, caplog: pytest.LogCaptureFixture, command: str, keeps: bool
) -> None:
    """Confirmed, it goes on under its mark; renewed, under a new one. Either way it serves."""
    async with _bot(operator.database, HERE):
        pass
    before = operator.marks()
    operator.patch.setenv("PUBLIC_URL", STAGING)
    asked = await asyncio.to_thread(operator.types, "installation", "show")
    told = await asyncio.to_thread(operator.types, "installation", command, *WHY)
    after = operator.marks()
    async with _bot(operator.database, STAGING) as place:
        review = await _asks(place)

    assert (told.code, told.err) == (0, "")
    assert "Served elsewhere before, by: PUBLIC_URL" in asked.out
    assert (after[0] == before[0], len(after)) == ((True, 1) if keeps else (False, 2))
    assert CLOSED not in caplog.text
    assert "Review" in review.view.title
    assert WHY[1] in str(operator.runs_sql("SELECT detail FROM audit"))


def test_121_a_command_to_adopt_looks_back(operator: Operator) -> None:
    """It notes the mark with its reason, and has the gateways' lists looked through; once."""
    told = [operator.types("adopt", "in_0123456789abcdef", *WHY) for _ in range(2)]
    wrong = operator.types("adopt", "TU-12345678", *WHY)
    silent = operator.types("adopt", "in_0123456789abcdef")

    assert [one.code for one in told] == [0, 0]
    assert "looks through" in told[0].out
    assert "ours already" in told[1].out
    assert (wrong.code, silent.code) == (2, 2)
    assert "no mark such as in_" in wrong.err
    assert operator.runs_sql("SELECT count(*) FROM lanes WHERE kind = 'recover'") == [(1,)]
    assert operator.runs_sql("SELECT act FROM audit") == [("mark_adopted",)]


# --- rules -----------------------------------------------------------------------------------


@pytest.fixture
def rows() -> Iterator[SettlePlace]:
    """A database in memory, of an installation that has a mark, and lives nowhere yet."""
    with settle_place() as made:
        yield made


def _begins(rows: SettlePlace, place: Deployment, *modes: Mode) -> tuple[str, ...]:
    """A bot with a merchant account for each of these kinds of money begins at that place."""
    sources, merchants = Sources(Clock(), Dice("marks")), _merchants(*modes)
    return rows.do(lambda tx: marks.check_deployment(tx, place, merchants, sources))


def _merchants(*modes: Mode) -> tuple[Merchant, ...]:
    return tuple(Merchant("stripe", "acct", mode) for mode in modes)


def test_121_play_money_may_live_anywhere(rows: SettlePlace) -> None:
    """Nothing is noted, nothing is refused; where real money was taken, the log has a line."""
    moved = [_begins(rows, place, Mode.SANDBOX) for place in (ONE, TWO)]
    _begins(rows, ONE, Mode.LIVE)
    moved.append(_begins(rows, TWO, Mode.SANDBOX))

    assert moved == [(), (), ("PUBLIC_URL",)]


def test_121_real_money_begins_under_a_mark_that_no_copy_has(rows: SettlePlace) -> None:
    """Two copies of a database that was tried out go live: two marks, and both know the old."""
    begun = rows.do(lambda tx: tx.marks.read())
    first = _begins(rows, ONE, Mode.LIVE)
    live = rows.do(lambda tx: tx.marks.read())
    page = rows.do(lambda tx: tx.audit.page(1, 9))
    again = _begins(rows, ONE, Mode.LIVE)

    assert live.own not in (None, begun.own)
    assert live.adopted == {begun.own}
    assert first == again == ()
    assert rows.do(lambda tx: tx.marks.read()) == live
    acts = [(each.entry.actor, each.entry.act, each.entry.subject) for each in page if each.entry]
    assert acts == [("bot", "mark_renewed", live.own)]


@pytest.mark.parametrize("order", [1, -1])
def test_121_a_copy_with_one_real_merchant_among_others_is_closed(
    rows: SettlePlace, order: int
) -> None:
    """Whatever the sandbox beside it: what is served elsewhere takes no real money."""
    modes = (Mode.LIVE, Mode.SANDBOX)[::order]
    moved = [_begins(rows, place, *modes) for place in (ONE, TWO)]

    assert moved == [(), ("PUBLIC_URL",)]


def test_121_an_installation_keeps_the_mark_that_it_made_first() -> None:
    """It is made where there is none, and the same is told from then on."""
    sources = Sources(Clock(), Dice("first"))
    with settle_place() as place:
        place.do(lambda tx: tx.marks.put(MARK, MarkStatus.FORMER, START))
        first, again = [place.do(lambda tx: marks.own_mark(tx, sources)) for _ in range(2)]
        stored = place.do(lambda tx: tx.marks.read()).own

    assert first == again == stored
    assert first != MARK


def test_121_a_backup_from_before_there_were_marks_gets_the_one_it_replaces() -> None:
    """It goes on as the same installation, at the same place."""
    replaced = InstallationMarks("in_00000000000000ff", place=ONE.text)
    with settle_place() as place:
        place.do(lambda tx: tx.marks.put(MARK, MarkStatus.FORMER, START))
        place.do(lambda tx: marks.take_over_marks(tx, replaced, START))
        found = place.do(lambda tx: tx.marks.read())

    assert (found.own, found.place) == (replaced.own, replaced.place)


def test_121_a_renewed_copy_has_a_mark_of_its_own(rows: SettlePlace) -> None:
    """It is told, and is the one that is stored; the old one is another's from then on."""
    sources = Sources(Clock(), Dice("renewed"))
    mark = rows.do(lambda tx: marks.renew_mark(tx, TWO, "staging", sources))
    found = rows.do(lambda tx: tx.marks.read())

    assert (found.own, found.place) == (mark, TWO.text)
    assert found.former == {MARK}


def test_121_a_mark_is_adopted_once(rows: SettlePlace) -> None:
    """Its own is none to adopt, and the trail has the one that was, once."""
    theirs = "in_00000000000000ee"
    adopted = [
        rows.do(partial(marks.adopt_mark, mark=each, reason="lost", now=START))
        for each in (theirs, theirs, MARK)
    ]
    page = rows.do(lambda tx: tx.audit.page(1, 9))

    assert adopted == [True, False, False]
    assert [each.entry.subject for each in page if each.entry] == [theirs]


def test_121_a_restore_keeps_the_marks_of_what_it_replaces(rows: SettlePlace) -> None:
    """Of a backup from before there were marks, and of one that was made under another."""
    replaced = InstallationMarks("in_00000000000000ff", frozenset({"in_00000000000000ee"}))
    rows.do(lambda tx: marks.take_over_marks(tx, replaced, START))

    assert rows.do(lambda tx: tx.marks.read()).adopted == {replaced.own, *replaced.adopted}


def test_121_a_place_is_what_the_settings_say() -> None:
    """Another address or file differs; a password, a user and another spelling do not."""
    first = place_of(HERE, "postgresql://a:secret@db:5432/topup")
    same = place_of(HERE, "postgresql://b:changed@db:5432/topup")
    here = Path("topup.db").resolve()

    assert first.differs(same.text) == ()
    assert first.differs(place_of(STAGING, "postgresql://db:5432/copy").text) == (
        "PUBLIC_URL", "DATABASE_URL"
    )  # fmt: skip
    assert place_of(HERE, "sqlite:///topup.db") == place_of(HERE, f"sqlite:///{here}")
    assert all(word not in first.text for word in ("secret", "pay.example", "db:5432"))
