"""Limits of a second or two, which a busy machine would reach by itself, are far away in tests.

A test about such a limit sets its own, and has what is late come only after it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from adapters.chat.slack import listener, people, web
from service.chat import inbox
from service.people import membership

# Where the product waits for somebody else in real time, and then goes on without.
LIMITS = (
    (listener, "_SKELETON_SECONDS"),
    (people, "_WAIT_SECONDS"),
    (web, "_PROMPT_SECONDS"),
    (inbox, "ANSWER_SECONDS"),
    (membership, "SHARES_SECONDS"),
)
_PATIENCE_SECONDS = 60.0


def be_patient(patch: pytest.MonkeyPatch) -> None:
    """Move the limits away until the patch ends; in a bot's own process that is never."""
    for module, name in LIMITS:
        patch.setattr(module, name, _PATIENCE_SECONDS)


@pytest.fixture(autouse=True)
def _patience() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        be_patient(patch)
        yield
