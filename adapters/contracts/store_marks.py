"""What every store must do with an installation's marks; it knows no engine."""

from __future__ import annotations

from adapters.contracts.store import NOW, OpensStore, StoreUnderTest
from adapters.storage.store import UnitOfWork
from billing.marks import Marks, Standing

_FIRST, _SECOND = "in_0000000000000001", "in_0000000000000002"


class MarksContract(OpensStore):
    """The marks that an installation knows."""

    async def test_121_there_is_one_own_mark(self, store: StoreUnderTest) -> None:
        """Who comes second, as of two bots that start at once, changes nothing."""
        before = await store.transact(lambda tx: tx.marks.read())
        await store.transact(lambda tx: tx.marks.put(_FIRST, Standing.OWN, NOW))
        await store.transact(lambda tx: tx.marks.put(_SECOND, Standing.OWN, NOW, "here"))

        assert before == Marks()
        assert await store.transact(lambda tx: tx.marks.read()) == Marks(_FIRST)

    async def test_121_a_mark_changes_what_it_is(self, store: StoreUnderTest) -> None:
        """From its own to another's, adopted again, and where it lives."""

        def work(tx: UnitOfWork) -> list[Marks]:
            seen = []
            for mark, standing, place in (
                (_FIRST, Standing.OWN, "here"),
                (_FIRST, Standing.FORMER, None),
                (_SECOND, Standing.OWN, "there"),
                (_FIRST, Standing.ADOPTED, None),
            ):
                tx.marks.put(mark, standing, NOW, place)
                seen.append(tx.marks.read())
            return seen

        assert await store.transact(work) == [
            Marks(_FIRST, place="here"),
            Marks(former=frozenset({_FIRST})),
            Marks(_SECOND, former=frozenset({_FIRST}), place="there"),
            Marks(_SECOND, frozenset({_FIRST}), place="there"),
        ]
