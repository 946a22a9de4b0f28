"""What a bot that begins to serve does in its database first, and what it learns there."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.settings.config import Config
from bot.wiring.place import place_of
from bot.wiring.services import Begun, merchants_of
from service.cards.cards import retry_waiting
from service.common.context import Context
from service.common.ids import Sources
from service.common.keys import Keyring
from service.common.services import Services
from service.lanes.keys import ALL_ROWS, AUDIT_TRAIL, LaneKind
from service.money import marks, pay_links
from service.ports.store import Store, Tx


async def begin(
    config: Config,
    sources: Sources,
    store: Store,
    platforms: Sequence[str],
    services_after: Callable[[Begun], Services],
) -> Services:
    """The services of a bot that serves: `services_after` what its database told it.

    In one transaction seals are renewed, what is done now and then is scheduled, cards that wait
    for one of these platforms are shown, and it is seen whether the database was served elsewhere
    before. Raises StoreUnavailable.
    """
    keyring = Keyring(config.storage.keys)
    place = place_of(config.web.public_url, config.storage.database_url)
    merchants = merchants_of(config)

    def work(tx: Tx) -> tuple[Services, tuple[str, ...]]:
        now = sources.now()
        remembered = keyring.reseal(tx, now)
        tx.lanes.schedule(LaneKind.SEAL, AUDIT_TRAIL, now)
        tx.lanes.schedule(LaneKind.RETAIN, ALL_ROWS, now)
        for platform in platforms:
            retry_waiting(tx, platform, now)
        moved = marks.check_deployment(tx, place, merchants, sources)
        # Databases are set back while nothing serves them; what is looked for then is a lane.
        recovering = tx.lanes.next_due_at(LaneKind.RECOVER) is not None
        since, copied_at = now if recovering else None, tx.marks.read().copied_at
        services = services_after(Begun(remembered, not moved, since, copied_at))
        if not moved:
            # In a copy, another bot may be taking care of them.
            pay_links.give_up_misdirected(Context(tx, services, now))
        return services, moved

    services, moved = await store.transact(work)
    marks.log_moved(moved, merchants)
    return services
