"""The sandbox: a gateway for trials, with hosted page, signed callbacks and no money.

The package alone loads no library; `gateway` does.
"""

from adapters.gateways.sandbox.methods import METHOD_NAMES
from adapters.gateways.sandbox.settings import NAME, SandboxVariables, read_sandbox
from adapters.gateways.traits import GatewayTraits

__all__ = ["TRAITS"]

TRAITS = GatewayTraits(
    name=NAME,
    environment=SandboxVariables,
    read=read_sandbox,
    method_names=METHOD_NAMES,
    for_trials=True,
)
