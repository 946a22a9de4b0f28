"""People as their platform knows them, and how an operator writes one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from conversations.protocol.events import ConversationKey

PERSON = "person-"
"""What the names begin with by which ledger and audit trail tell people apart."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as their platform knows them; the tenant is a workspace, or a bot."""

    platform: str
    tenant: str
    id: str

    @property
    def key(self) -> ConversationKey:
        """Their conversation alone with the bot, where its chat is named after them."""
        return ConversationKey(self.platform, self.tenant, self.id, self.id)

    @property
    def spelled(self) -> str:
        """As an operator writes it: `slack:T1/U1`, `telegram:4242/77`."""
        return f"{self.platform}:{self.tenant}/{self.id}"


@dataclass(frozen=True, slots=True)
class PersonTraces:
    """What leads to somebody: their ids, and the names that ledger and audit call them by."""

    person: Person
    names: tuple[str, ...]

    @property
    def legacy_account_id(self) -> str:
        """The id of the account that they signed up for, before accounts had ids of no meaning."""
        return f"{self.person.platform}-{self.person.id}"


class UndecidedMoney(Enum):
    """Why money of somebody's is still under way."""

    OPEN = auto()
    MAY_BE_PAID = auto()
    HELD = auto()
    REFUND = auto()
    BALANCE = auto()


def person_of(key: ConversationKey) -> Person:
    """Whose conversation it is."""
    return Person(key.platform, key.tenant, key.person)


def read_person(text: str) -> Person | None:
    """`slack:T1/U1`, or `telegram:77` without a tenant; None for what is neither.

    `slack:T1:U1`, too, as older rows of the audit trail have it.
    """
    platform, _, rest = text.strip().partition(":")
    between = "/" if "/" in rest else ":"
    tenant, _, person = rest.rpartition(between)
    return Person(platform.lower(), tenant, person) if platform and person else None
