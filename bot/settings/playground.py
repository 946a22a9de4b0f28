"""The clock that a playground moves: only where nothing real can be reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic_settings import BaseSettings

from adapters.settings import SOURCE, Misconfigured, read_url
from service.common.clock import is_local_address


class PlaygroundEnvironment(BaseSettings):
    """The playground's settings as text."""

    model_config = SOURCE

    clock_offset_file: str = ""


@dataclass(frozen=True, slots=True)
class Playground:
    """The file with seconds to add to the clock, or None."""

    clock_offset_file: Path | None = None


def read_playground(found: PlaygroundEnvironment, apis: Mapping[str, str]) -> Playground:
    """The playground's settings, checked. `apis`: setting → the address that it holds.

    Raises Misconfigured where one of them is not on this machine.
    """
    if not found.clock_offset_file:
        return Playground()
    for name, url in apis.items():
        if not is_local_address(read_url(name, url)):
            raise Misconfigured(
                f"CLOCK_OFFSET_FILE is only for the playground, but {name} is not on this machine."
            )
    return Playground(Path(found.clock_offset_file))
