"""500 histories of everything that may happen: the promises hold after every step."""

from __future__ import annotations

import os
from random import SystemRandom

import pytest

from tests.support.histories.restore import RestoredHistories
from tests.support.histories.run import SEED_MAX, play

PARTS, HISTORIES, STEPS = 4, 125, 10
RESTORED = 40


@pytest.mark.parametrize("part", range(PARTS))
def test_01_to_48_any_history_keeps_every_promise(part: int) -> None:
    """Whatever people, gateways, the chat, the clock and SIGKILL do, no promise is broken."""
    number = part if "CI" in os.environ else SystemRandom().randrange(SEED_MAX)
    print(
        f"python -m tests.support.histories.run --seed {number} "
        f"--histories {HISTORIES} --steps {STEPS}"
    )

    play(HISTORIES, number, STEPS)


def test_55_any_history_survives_going_back_to_a_backup() -> None:
    """Whenever that happens, nothing that was paid is lost, and nothing is credited twice."""
    number = 55 if "CI" in os.environ else SystemRandom().randrange(SEED_MAX)
    again = f"--seed {number} --histories {RESTORED} --steps {STEPS} --restores"
    print(f"python -m tests.support.histories.run {again}")

    play(RESTORED, number, STEPS, RestoredHistories)
