"""What the sandbox needs. It loads no library, so that every command may read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pydantic_settings import BaseSettings

from adapters.gateways.traits import OpenedGateway, Surroundings
from adapters.settings import SOURCE, check_local, read_number
from billing.topups import Mode

NAME = "sandbox"
MERCHANT_ACCOUNT = "sandbox_merchant"
SETTLE_SECONDS_MAX = 86_400


class SandboxVariables(BaseSettings):
    """The settings of the sandbox as text."""

    model_config = SOURCE

    sandbox_settle_seconds: str = "20"
    sandbox_callback_url: str = ""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """How long its bank transfer takes, and where its callbacks go; "" is straight to the bot."""

    name: ClassVar[str] = NAME
    mode: ClassVar[Mode] = Mode.SANDBOX
    merchant_account: ClassVar[str] = MERCHANT_ACCOUNT
    settle_seconds: float = 20
    callback_url: str = ""

    def open(self, around: Surroundings) -> OpenedGateway:
        """Put it to work, with its server in this process."""
        # Only here: a web framework comes with it, and most commands serve nobody.
        from adapters.gateways.sandbox.opening import open_sandbox

        return open_sandbox(self, around)


def read_sandbox(found: SandboxVariables, _named: bool, _public_url: str) -> Sandbox:
    """The sandbox, which a trial uses whatever GATEWAYS names. Raises Misconfigured."""
    seconds, url = found.sandbox_settle_seconds, found.sandbox_callback_url
    return Sandbox(
        settle_seconds=read_number("SANDBOX_SETTLE_SECONDS", seconds, 0, SETTLE_SECONDS_MAX),
        callback_url=check_local("SANDBOX_CALLBACK_URL", url) if url else "",
    )
