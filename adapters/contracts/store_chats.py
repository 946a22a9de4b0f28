"""What every store must do when a chat moves, or is back after a while; it knows no engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from adapters.contracts.cards import record_failed, record_shown, want_card
from adapters.contracts.store import CHAT, NOW, OpensStore, StoreUnderTest, card
from adapters.storage.store import UnitOfWork
from billing.records import Account
from billing.topups import Mode
from conversations.protocol.delivery import ChatReachable
from conversations.protocol.places import Place, RefusedPlace, read_chat
from conversations.protocol.ports import ChatOpened, MessageRef, Verdict
from conversations.protocol.records import Card, RefusedCards
from service.cards.cards import dismiss_refusals, save_chat_reachable
from service.ports.records import Link, LinkKind

_THREAD = read_chat(CHAT.platform, CHAT.tenant, f"{CHAT.id}/7")
_LIKE_IT = read_chat(CHAT.platform, CHAT.tenant, f"{CHAT.id}7")
_ELSEWHERE = read_chat(CHAT.platform, "T2", CHAT.id)
_NEW = read_chat(CHAT.platform, CHAT.tenant, "D9")
_MESSAGE = MessageRef(CHAT.id, "1")


class ChatsContract(OpensStore):
    """Cards and links that follow a chat, and cards that wait for one to open."""

    async def test_refusals_are_told_until_something_is_shown(self, store: StoreUnderTest) -> None:
        """By chat and reason, with what was said; dismissed, they are told no more."""

        def work(tx: UnitOfWork) -> None:
            for name in ("a", "b", "c"):
                want_card(tx, card(name))
            want_card(tx, replace(card("d"), chat=_ELSEWHERE))
            for name in ("a", "b"):
                record_failed(tx, name, Verdict.GONE, "is_archived")
            for name in ("c", "d"):
                record_failed(tx, name, Verdict.SHUT_OUT, "token_revoked")

        await store.transact(work)
        gone = RefusedCards(CHAT, Verdict.GONE, "is_archived", 2)
        out = RefusedCards(CHAT, Verdict.SHUT_OUT, "token_revoked", 1)
        other = replace(out, chat=_ELSEWHERE)
        assert await store.transact(lambda tx: list(tx.cards.refusals())) == [gone, out, other]
        await store.transact(lambda tx: record_shown(tx, "c", 1, _MESSAGE))
        assert await store.transact(lambda tx: list(tx.cards.refusals())) == [gone, other]
        assert await self._dismisses(store, Verdict.SHUT_OUT, CHAT.place) is False
        assert await self._dismisses(store, Verdict.GONE, CHAT.place)
        assert await self._dismisses(store, Verdict.GONE, None) is False
        assert await store.transact(lambda tx: list(tx.cards.refusals())) == [other]

    async def test_what_is_dismissed_is_told_when_there_is_something_newer(
        self, store: StoreUnderTest
    ) -> None:
        """Or when the reason is another; not when the same is tried once more in vain."""

        def refuse(why: Verdict) -> Callable[[UnitOfWork], Card]:
            return lambda tx: record_failed(tx, "a", why)

        async def told() -> list[Verdict]:
            return [each.why for each in await store.transact(lambda tx: tx.cards.refusals())]

        await store.transact(lambda tx: want_card(tx, card("a")))
        await store.transact(refuse(Verdict.SHUT_OUT))
        assert await self._dismisses(store, Verdict.SHUT_OUT, None)
        await store.transact(refuse(Verdict.SHUT_OUT))
        assert await told() == []
        await store.transact(refuse(Verdict.HOPELESS))
        assert await told() == [Verdict.HOPELESS]
        assert await self._dismisses(store, Verdict.HOPELESS, CHAT.place)
        await store.transact(lambda tx: want_card(tx, card("a", title="Newer")))
        await store.transact(refuse(Verdict.HOPELESS))
        assert await told() == [Verdict.HOPELESS]

    async def _dismisses(self, store: StoreUnderTest, why: Verdict, place: Place | None) -> bool:
        refused = RefusedPlace("slack", "T1", place, why)
        return await store.transact(lambda tx: dismiss_refusals(tx, refused, NOW))

    async def test_a_chat_that_came_back_is_due_again(self, store: StoreUnderTest) -> None:
        """What was given up because it was gone, in its threads too, and dismissed or not.

        Not what no chat would take, nor what is elsewhere.
        """

        def work(tx: UnitOfWork) -> None:
            want_card(tx, card("gone"))
            want_card(tx, card("bad"))
            want_card(tx, replace(card("thread"), chat=_THREAD))
            want_card(tx, replace(card("like it"), chat=_LIKE_IT))
            want_card(tx, replace(card("other"), chat=_ELSEWHERE))
            record_failed(tx, "bad", Verdict.HOPELESS, "x")
            for name in ("gone", "thread", "like it", "other"):
                record_failed(tx, name, Verdict.GONE, "x")
            assert dismiss_refusals(tx, RefusedPlace("slack", "T1", CHAT.place, Verdict.GONE), NOW)
            assert save_chat_reachable(tx, _THREAD, ChatReachable(), NOW) == [CHAT, _THREAD]
            assert save_chat_reachable(tx, CHAT, ChatReachable(), NOW) == []

        await store.transact(work)
        assert [each.id for each in await store.transact(lambda tx: tx.cards.due_in(CHAT, 9))] == [
            "gone"
        ]
        assert await store.transact(lambda tx: tx.cards.due_in(_ELSEWHERE, 9)) == []

    async def test_cards_follow_their_chat(self, store: StoreUnderTest) -> None:
        """They are found under the new id, and forget messages that only the old one had."""

        def work(tx: UnitOfWork) -> None:
            want_card(tx, card("shown"))
            record_shown(tx, "shown", 1, _MESSAGE)
            want_card(tx, card("due"))
            want_card(tx, replace(card("other"), chat=_ELSEWHERE))
            tx.cards.move(CHAT, _NEW.id)

        await store.transact(work)
        found = await store.transact(lambda tx: [tx.cards.get(each) for each in ("shown", "due")])
        assert all(each is not None and each.chat == _NEW for each in found)
        assert all(each is not None and each.message is None for each in found)
        assert [each.id for each in await store.transact(lambda tx: tx.cards.due_in(_NEW, 9))] == [
            "due"
        ]
        other = await store.transact(lambda tx: tx.cards.get("other"))
        assert other is not None
        assert other.chat == _ELSEWHERE

    async def test_a_card_may_go_by_another_id(self, store: StoreUnderTest) -> None:
        """It is shown anew under the new one; where there is no such card nothing happens."""

        def work(tx: UnitOfWork) -> None:
            want_card(tx, card("old"))
            record_shown(tx, "old", 1, _MESSAGE)
            tx.cards.rename("old", "new")
            tx.cards.rename("none", "other")

        await store.transact(work)
        (due,) = await store.transact(lambda tx: tx.cards.due_in(CHAT, 9))
        assert (due.id, due.message) == ("new", None)
        assert await store.transact(lambda tx: tx.cards.get("old")) is None

    async def test_an_id_that_is_taken_stays_with_its_card(self, store: StoreUnderTest) -> None:
        """What would be told twice is told by the card that has the id; the other is dropped."""

        def work(tx: UnitOfWork) -> None:
            want_card(tx, card("old"))
            want_card(tx, card("new"))
            tx.cards.rename("old", "new")

        await store.transact(work)
        due = await store.transact(lambda tx: tx.cards.due_in(CHAT, 9))
        assert [each.id for each in due] == ["new"]
        assert await store.transact(lambda tx: tx.cards.get("old")) is None

    async def test_what_was_given_up_waits_for_its_chat(self, store: StoreUnderTest) -> None:
        """Once it is back, the chat and its threads show what they did not; no other chat does."""
        places = {"a": CHAT, "b": _THREAD, "c": _LIKE_IT, "d": _ELSEWHERE, "e": CHAT}

        def give_up(tx: UnitOfWork) -> None:
            for name, chat in places.items():
                want_card(tx, replace(card(name), chat=chat))
                record_failed(tx, name, Verdict.GONE, "blocked")
            record_shown(tx, "e", 1, _MESSAGE)

        await store.transact(give_up)
        waiting = await store.transact(lambda tx: save_chat_reachable(tx, CHAT, ChatOpened(), NOW))
        again = await store.transact(lambda tx: save_chat_reachable(tx, CHAT, ChatOpened(), NOW))

        def found(tx: UnitOfWork) -> dict[str, Sequence[Card]]:
            return {chat.id: tx.cards.due_in(chat, 9) for chat in (CHAT, _THREAD, _LIKE_IT)}

        due = await store.transact(found)
        assert list(waiting) == [CHAT, _THREAD]
        assert not again
        assert [(each.id, each.tries) for each in due[CHAT.id]] == [("a", 0)]
        assert [each.id for each in due[_THREAD.id]] == ["b"]
        assert not due[_LIKE_IT.id]

    async def test_a_card_is_added_once_and_kept_as_it_was_saved(
        self, store: StoreUnderTest
    ) -> None:
        """Whoever comes second is told, and changes nothing; its person and chat stay."""
        first = card("a")
        changed = replace(first, wanted_rev=3, shown_rev=2, message=_MESSAGE, tries=4, error="x")
        saved = replace(
            changed, given_up_rev=1, refused=Verdict.SHUT_OUT, dismissed=Verdict.SHUT_OUT
        )

        def work(tx: UnitOfWork) -> list[object]:
            found: list[object] = [tx.cards.add(first), tx.cards.add(saved), tx.cards.get("a")]
            tx.cards.save(replace(saved, person="U9", chat=_NEW))
            return [*found, tx.cards.get("a")]

        assert await store.transact(work) == [True, False, first, saved]

    async def test_chats_that_wait_are_found(self, store: StoreUnderTest) -> None:
        """Each once, of one platform; not what is shown or given up."""
        places = {"a": CHAT, "b": CHAT, "c": _THREAD, "d": _ELSEWHERE, "e": _LIKE_IT, "f": _NEW}

        def want(tx: UnitOfWork) -> None:
            for name, chat in places.items():
                want_card(tx, replace(card(name), chat=chat))
            record_shown(tx, "e", 1, _MESSAGE)
            record_failed(tx, "f", Verdict.GONE, "blocked")

        await store.transact(want)
        found = await store.transact(lambda tx: tx.cards.waiting(CHAT.platform))

        assert list(found) == [CHAT, _THREAD, _ELSEWHERE]
        assert not await store.transact(lambda tx: tx.cards.waiting("telegram"))

    async def test_links_follow_their_channel(self, store: StoreUnderTest) -> None:
        """Once, although the new one may be linked already; persons and others stay."""
        person = Link("ops", "telegram", "", LinkKind.PERSON, "-5")
        old = Link("ops", "telegram", "", LinkKind.CHANNEL, "-5")
        moved = replace(old, external_id="-1005")

        def work(tx: UnitOfWork) -> list[str]:
            for name in ("ops", "lab"):
                tx.accounts.add(Account(name, name.upper(), "USD", Mode.SANDBOX), NOW)
                tx.accounts.link(replace(old, account=name), NOW)
            tx.accounts.link(moved, NOW)
            tx.accounts.link(person, NOW)
            return sorted(tx.accounts.move_channel_links("telegram", "-5", "-1005"))

        assert await store.transact(work) == ["lab", "ops"]
        links = await store.transact(lambda tx: tx.accounts.links())
        assert set(links) == {person, moved, replace(moved, account="lab")}
        assert (
            await store.transact(lambda tx: tx.accounts.move_channel_links("slack", "-1005", "x"))
            == []
        )
