"""The made-up names of people in ledger and audit, which lead to nobody once erased."""

from __future__ import annotations

from conversations.protocol.events import ConversationKey
from conversations.protocol.people import person_of
from service.common.context import Context
from service.ports.store import Tx


def person_name(context: Context, key: ConversationKey) -> str:
    """The name of whoever acts, made at their first act; of who has no id, the place alone."""
    if not key.person:
        return key.actor_name
    person = person_of(key)
    known = context.tx.people.name_of(person)
    return known or context.tx.people.add(
        person, context.services.sources.new_person_name(), context.now
    )


def existing_name(tx: Tx, key: ConversationKey) -> str:
    """The same for somebody who only looks: "" for who never did anything."""
    if not key.person:
        return key.actor_name
    return tx.people.name_of(person_of(key)) or ""
