"""The clock that a playground moves: only where nothing real can be reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic_settings import BaseSettings

from adapters.settings import SOURCE, Misconfigured, read_url
from service.common.clock import is_local_address


class PlaygroundVariables(BaseSettings):
    """The playground's settings as text."""

    model_config = SOURCE

    clock_offset_file: str = ""


@dataclass(frozen=True, slots=True)
class PlaygroundClock:
    """The file with seconds to add to the clock, or None."""

    clock_offset_file: Path | None = None


def read_playground(found: PlaygroundVariables, apis: Mapping[str, str]) -> PlaygroundClock:
    """The playground's settings, checked. `apis`: setting → the address that it holds.

    Raises Misconfigured where one of them is not on this machine.
    """
    if not found.clock_offset_file:
        return PlaygroundClock()
    for name, url in apis.items():
        if not is_local_address(read_url(name, url)):
            raise Misconfigured(
                f"CLOCK_OFFSET_FILE is only for the playground, but {name} is not on this machine."
            )
    return PlaygroundClock(Path(found.clock_offset_file))
