"""What every store must do with an installation's marks; it knows no engine."""

from __future__ import annotations

from adapters.contracts.store import NOW, OpensStore, StoreUnderTest
from adapters.storage.store import UnitOfWork
from billing.marks import InstallationMarks, MarkStatus

_FIRST, _SECOND = "in_0000000000000001", "in_0000000000000002"


class MarksContract(OpensStore):
    """The marks that an installation knows."""

    async def test_121_there_is_one_own_mark(self, store: StoreUnderTest) -> None:
        """Who comes second, as of two bots that start at once, changes nothing."""
        before = await store.transact(lambda tx: tx.marks.read())
        await store.transact(lambda tx: tx.marks.put(_FIRST, MarkStatus.OWN, NOW))
        await store.transact(lambda tx: tx.marks.put(_SECOND, MarkStatus.OWN, NOW, "here"))

        assert before == InstallationMarks()
        assert await store.transact(lambda tx: tx.marks.read()) == InstallationMarks(_FIRST)

    async def test_121_a_mark_changes_what_it_is(self, store: StoreUnderTest) -> None:
        """From its own to another's, adopted again, and where it lives."""

        def work(tx: UnitOfWork) -> list[InstallationMarks]:
            seen = []
            for mark, standing, place in (
                (_FIRST, MarkStatus.OWN, "here"),
                (_FIRST, MarkStatus.FORMER, None),
                (_SECOND, MarkStatus.OWN, "there"),
                (_FIRST, MarkStatus.ADOPTED, None),
            ):
                tx.marks.put(mark, standing, NOW, place)
                seen.append(tx.marks.read())
            return seen

        assert await store.transact(work) == [
            InstallationMarks(_FIRST, place="here"),
            InstallationMarks(former=frozenset({_FIRST})),
            InstallationMarks(_SECOND, former=frozenset({_FIRST}), place="there"),
            InstallationMarks(_SECOND, frozenset({_FIRST}), place="there"),
        ]
