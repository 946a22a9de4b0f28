"""Which tests share a process when there are several, and which begin first."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # it has none

# One demo and one Chromium; one play of each dialog.
SHARING = {"test_browser_": "browser", "test_dialogs": "dialogs", "test_outgoing": "dialogs"}
# Each test is a long run of its own.
APART = "test_histories"
# What takes longest, first of all: begun at the end, it would leave the other cores idle.
SLOW = (
    "browser",
    "dialogs",
    "test_postgres",
    APART,
    "test_demo.py",
    "test_sigkill",
    "test_time_travel",
    "test_settle_properties",
    "test_tasks",
    "test_wheel",
    "test_commands",
)


class Together(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """A file is a scope, and so are files that share something."""

    def __init__(self, config: Any, log: Any) -> None:
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        name = PurePath(file).name
        if name.startswith(APART):
            return nodeid
        return next((scope for start, scope in SHARING.items() if name.startswith(start)), file)

    def _assign_work_unit(self, node: Any) -> None:
        self.workqueue.move_to_end(min(self.workqueue, key=_turn), last=False)
        super()._assign_work_unit(node)


def _turn(scope: str) -> int:
    name = PurePath(scope.split("::", 1)[0]).name
    return next((at for at, start in enumerate(SLOW) if name.startswith(start)), len(SLOW))
