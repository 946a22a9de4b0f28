"""Asks chat platforms who somebody is at this moment, within their rate limits."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from conversations.protocol.events import ConversationKey, Membership, Said
from conversations.protocol.places import Chat, WholeChat
from conversations.protocol.ports import ChatAdapter, ChatError, Incoming, Verdict
from conversations.words.surface_words import BARRED
from service.common.services import Services
from service.lanes import pacing
from service.lanes.failures import log_failure
from service.people.access import CheckedPerson, Doubt, channels_to_ask
from service.ports.store import Store, StoreUnavailable, Task, TaskKind, Tx

SHARES_SECONDS = 1.0
STANDING_SECONDS = 1.0
# What a platform said when a delivery came counts so long; then it is asked again.
STANDING_FRESH = timedelta(seconds=60)
# The place, of no platform, where questions about members wait for a limit.
LOOK_UPS = "members"
# Whoever answers so tells nobody, until somebody changes something there.
_REFUSED = frozenset({Verdict.SHUT_OUT, Verdict.GONE})
_CHANGE = "nobody is let in as its member: make the bot an administrator or a member, or unlink it"
_TOLD = "it tells who is a member again"
log = logging.getLogger(__name__)

Answer = bool | ChatError


class MembershipChecker:
    """Asks the chat adapters within their pace. Fail closed: nobody gets in on an old memory."""

    def __init__(
        self, store: Store, adapters: Mapping[str, ChatAdapter], services: Services
    ) -> None:
        self._store, self._adapters, self._services = store, adapters, services
        self._asking: dict[tuple[ConversationKey, str], asyncio.Task[Answer]] = {}

    async def check_sender(self, incoming: Incoming, received_at: datetime) -> CheckedPerson:
        """The sender of a delivery as they are now, however long the delivery waited."""
        key, standing = incoming.key, incoming.membership
        if abs(self._services.sources.now() - received_at) >= STANDING_FRESH:
            standing = await self.membership_of(key)
        if _is_for_everybody(incoming):
            return CheckedPerson(key, standing)
        return await self._in_channels(key, standing)

    async def check_person(self, key: ConversationKey) -> CheckedPerson:
        """A person as they are now."""
        return await self._in_channels(key, await self.membership_of(key))

    async def membership_of(self, key: ConversationKey) -> Membership:
        """How a person stands now; unknown when the platform does not say in time."""
        adapter = self._adapters.get(key.platform)
        if adapter is None:
            return Membership.UNKNOWN
        try:
            return await asyncio.wait_for(adapter.membership(key), STANDING_SECONDS)
        except (TimeoutError, ChatError):
            log.warning("standing_unknown platform=%s tenant=%s", key.platform, key.tenant)
            return Membership.UNKNOWN
        except StoreUnavailable:
            raise
        except Exception as error:
            log_failure(log, error, "standing_unknown platform=%s tenant=%s", *_bot(key))
            return Membership.UNKNOWN

    async def wait_until_idle(self) -> None:
        """Return once every question that is under way has its answer."""
        while self._asking:
            await asyncio.wait(self._asking.values())

    async def _in_channels(self, key: ConversationKey, standing: Membership) -> CheckedPerson:
        """With the linked channels they are in, and whether one could not be asked about."""
        adapter = self._adapters.get(key.platform)
        if standing in BARRED or adapter is None:
            return CheckedPerson(key, standing)
        linked, open_tasks = await self._store.transact(
            lambda tx: (channels_to_ask(tx, key), _open_tasks(tx))
        )
        if not linked:
            return CheckedPerson(key, standing)
        answers = await self._answers(adapter, key, linked)
        if _is_news(key, answers, open_tasks):
            await self._store.transact(lambda tx: self._note(tx, key, answers, open_tasks))
        inside = frozenset(channel for channel, answer in answers.items() if answer is True)
        return CheckedPerson(key, standing, inside, _doubt(linked, answers))

    async def _answers(
        self, adapter: ChatAdapter, key: ConversationKey, channels: Sequence[str]
    ) -> dict[str, Answer]:
        """What the platform says in time, or said a moment ago; late answers serve who is next."""
        tasks: dict[str, asyncio.Task[Answer]] = {}
        known: dict[str, Answer] = {}
        try:
            async with asyncio.timeout(SHARES_SECONDS):
                known |= await adapter.was_in(key, frozenset(channels))
                await self._ask(adapter, key, [one for one in channels if one not in known], tasks)
                if tasks:
                    await asyncio.wait(tasks.values())
        except (TimeoutError, ChatError) as error:
            said = str(error) or "no answer in time"
            log.warning("membership_unknown platform=%s tenant=%s: %s", *_bot(key), said)
        return known | {one: task.result() for one, task in tasks.items() if task.done()}

    async def _ask(
        self,
        adapter: ChatAdapter,
        key: ConversationKey,
        channels: list[str],
        tasks: dict[str, asyncio.Task[Answer]],
    ) -> None:
        """Begin to ask about channels, in their order, as soon as the platform's pace lets us."""
        left = channels
        while left:
            ask = partial(self._admitted, adapter=adapter, key=key, most=len(left))
            count, again_at = await self._store.transact(ask)
            tasks |= {each: self._begun(adapter, key, each) for each in left[:count]}
            left = left[count:]
            wait = (again_at - self._services.sources.now()).total_seconds()
            if wait >= SHARES_SECONDS:
                # Whoever asks in a minute is told; nobody waits here for nothing.
                return
            await asyncio.sleep(wait)

    def _admitted(
        self, tx: Tx, adapter: ChatAdapter, key: ConversationKey, most: int
    ) -> tuple[int, datetime]:
        """How many questions may go out now, and when to come for more."""
        now = self._services.sources.now()
        for count in range(most):
            again_at = pacing.reserve_send(tx, _place(key), adapter.lookup_paces(), now)
            if again_at is not None:
                return count, again_at
        return most, now

    def _begun(
        self, adapter: ChatAdapter, key: ConversationKey, channel: str
    ) -> asyncio.Task[Answer]:
        """Ask once, however many wait for it."""
        name = key, channel
        if name not in self._asking:
            task = asyncio.create_task(self._told(adapter, key, channel))
            self._asking[name] = task
            task.add_done_callback(lambda _: self._asking.pop(name, None))
        return self._asking[name]

    async def _told(self, adapter: ChatAdapter, key: ConversationKey, channel: str) -> Answer:
        try:
            return await adapter.is_in(key, channel)
        except ChatError as error:
            log.warning("membership_unknown platform=%s tenant=%s: %s", *_bot(key), error)
            if (wait := error.retry_after) is not None:
                told, now = (error.limit, wait), self._services.sources.now()
                paces = adapter.lookup_paces()
                with suppress(Exception):  # a limit that is not kept is told to us once more
                    await self._store.transact(
                        lambda tx: pacing.apply_platform_wait(tx, _place(key), paces, told, now)
                    )
            return error
        except StoreUnavailable:
            raise
        except Exception as error:
            # An answer of a form that nobody thought of says nothing of anybody.
            log_failure(log, error, "membership_unknown platform=%s tenant=%s", *_bot(key))
            return ChatError(type(error).__name__, Verdict.OUTAGE)

    def _note(
        self, tx: Tx, key: ConversationKey, answers: Mapping[str, Answer], known: frozenset[str]
    ) -> None:
        """Tell an operator of what is refused, until it no longer is."""
        now = self._services.sources.now()
        for channel, answer in answers.items():
            subject = _subject(key, channel)
            if _is_refused(answer) and subject not in known:
                detail = f"{answer}; {_CHANGE}"
                tx.tasks.add(Task(TaskKind.MEMBERS_REFUSED, subject, detail, now))
            elif isinstance(answer, bool) and subject in known:
                tx.tasks.close(TaskKind.MEMBERS_REFUSED, subject, _TOLD, now)


def _is_for_everybody(incoming: Incoming) -> bool:
    """Whether the answer is the same for whoever it was, so that nobody need be asked."""
    event = incoming.event
    return isinstance(event, Said) and event.public


def _is_refused(answer: Answer) -> bool:
    return isinstance(answer, ChatError) and answer.verdict in _REFUSED


def _is_news(key: ConversationKey, answers: Mapping[str, Answer], known: frozenset[str]) -> bool:
    """Whether an operator knows less of a refusal than we do, or still of one that is over."""
    return any(
        _is_refused(answer) is not (_subject(key, channel) in known)
        for channel, answer in answers.items()
        if isinstance(answer, bool) or _is_refused(answer)
    )


def _doubt(linked: Sequence[str], answers: Mapping[str, Answer]) -> Doubt | None:
    """Silence is more than a refusal: it may be over in a minute."""
    unknown = [answers.get(channel) for channel in linked]
    left = [answer for answer in unknown if not isinstance(answer, bool)]
    if not left:
        return None
    refused = all(answer is not None and _is_refused(answer) for answer in left)
    return Doubt.REFUSED if refused else Doubt.SILENT


def _open_tasks(tx: Tx) -> frozenset[str]:
    kind = TaskKind.MEMBERS_REFUSED
    return frozenset(task.subject for task in tx.tasks.open() if task.kind is kind)


def _subject(key: ConversationKey, channel: str) -> str:
    return f"{key.platform}/{key.tenant}/{channel}"


def _place(key: ConversationKey) -> Chat:
    return Chat(key.platform, key.tenant, WholeChat(LOOK_UPS))


def _bot(key: ConversationKey) -> tuple[str, str]:
    return key.platform, key.tenant
