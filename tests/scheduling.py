"""Which tests run in the same process when there are several. It runs none."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # it has none

# One demo and one Chromium; one play of each dialog.
SHARING = {"test_browser_": "browser", "test_dialogs": "dialogs", "test_outgoing": "dialogs"}


class Together(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """A file is a scope, and so are files that share something."""

    def __init__(self, config: Any, log: Any) -> None:
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        name = PurePath(file).name
        return next((scope for start, scope in SHARING.items() if name.startswith(start)), file)
