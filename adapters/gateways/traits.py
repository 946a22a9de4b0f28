"""What a gateway brings of its own, for settings and wiring. It loads no gateway's library."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from pydantic_settings import BaseSettings

from billing.methods import MethodNames
from billing.ports import PaymentGateway
from billing.topups import Mode

if TYPE_CHECKING:
    import httpx
    from starlette.types import ASGIApp

Document = dict[str, Any]
N_ = str
"""Marks the name of a way to pay for translation."""

CARD_WORDS = (
    *("card", "cards", "credit", "debit"),
    *("karte", "kreditkarte", "debitkarte", "kartenzahlung"),
)
"""What people type for a card, in every language at once: a team writes as it likes."""


class JsonDocuments(Protocol):
    """JSON objects by kind and key, in the bot's database, for a gateway that keeps its own books.

    Each change is atomic and durable.
    """

    async def change(
        self, kind: str, key: str, edit: Callable[[Document | None], Document]
    ) -> Document:
        """Store what `edit` makes of one document (None: there is none yet), and return it.

        `edit` may run more than once. When it raises, nothing changes and the error goes on.
        """

    async def get(self, kind: str, key: str) -> Document | None:
        """The document, if there is one."""

    async def all(self, kind: str) -> Sequence[Document]:
        """Every document of a kind, in any order."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a gateway is given beside its settings.

    Browsers find the bot at `public_url`, and this process at `local_url`. `secret_for` derives a
    key for a purpose, `new_id` gives 32 hexadecimal digits. `reach` is how what is outside this
    process is reached, where it is not by the network.
    """

    public_url: str
    local_url: str
    secret_for: Callable[[str], bytes] = field(repr=False)
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    documents: JsonDocuments
    reach: httpx.AsyncBaseTransport | None = None


@dataclass(frozen=True, slots=True)
class OpenedGateway:
    """A gateway at work, and the clients to close after it.

    `server` is what it serves itself at /NAME, and `beside` what it does meanwhile.
    """

    gateway: PaymentGateway
    clients: tuple[httpx.AsyncClient, ...]
    server: ASGIApp | None = None
    beside: Callable[[], AbstractAsyncContextManager[None]] | None = None


class ConfiguredGateway(Protocol):
    """A gateway with its settings, checked. Only `open` loads its library."""

    @property
    def name(self) -> str:
        """Its name in GATEWAYS, in addresses and in the ledger: `stripe`."""

    @property
    def mode(self) -> Mode:
        """Whether it takes real money."""

    @property
    def merchant_account(self) -> str:
        """Our account there; nobody is asked."""

    def open(self, around: Surroundings) -> OpenedGateway:
        """Put it to work."""


@dataclass(frozen=True, slots=True)
class GatewayTraits:
    """One gateway that GATEWAYS may name.

    `method_names` has the names of its ways to pay, by their keys. A key is unique over all
    gateways, since people pick by it; a word that several share means the first that is offered.
    `environment` has its settings as text. `read` checks them: it is told whether GATEWAYS names
    it, and PUBLIC_URL, gives None where it is not to be used, and raises Misconfigured. `apis`
    tells which settings hold addresses that it calls. One `for_trials` takes no real money.
    """

    name: str
    environment: type[BaseSettings]
    read: Callable[[Any, bool, str], ConfiguredGateway | None]
    method_names: Mapping[str, MethodNames]
    apis: Callable[[Any], Mapping[str, str]] = lambda _: {}
    for_trials: bool = False
