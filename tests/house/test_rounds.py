"""How benches compare: in turns, within a round, without the warm-up. Nothing is timed here."""

from __future__ import annotations

from collections.abc import Iterator

from bench.rounds import Race, Rival, compete


def rival(name: str, log: list[str], times: Iterator[float]) -> Rival:
    """Somebody who says when it is their turn, and takes as long as told."""

    async def run() -> tuple[float, ...]:
        log.append(name)
        seconds = next(times)
        return seconds, 10 * seconds

    return Rival(name, run)


async def test_rivals_run_in_turns_and_are_compared_within_each_round() -> None:
    """The machine grows slower all the time, and the ratio stays what it is in each round."""
    log: list[str] = []
    anchor = rival("anchor", log, iter([9.0, 1.0, 2.0, 4.0]))
    ours = rival("ours", log, iter([1.0, 2.0, 6.0, 8.0]))

    lines = await compete(Race("race", anchor, (ours,), ("p50", "p99")), 3, lambda: None)

    assert log == ["anchor", "ours"] * 4
    assert [line.what for line in lines] == ["race, ours, p50", "race, ours, p99"]
    assert [line.ratios for line in lines] == [[2.0, 3.0, 2.0]] * 2
    assert [line.ratio for line in lines] == [2.0, 2.0]
    assert lines[1].took == (20.0, 60.0, 80.0)


async def test_progress_is_told_after_every_turn() -> None:
    """Also during the warm-up, so that a bar with an end can be drawn."""
    told: list[None] = []
    names = ("anchor", "one", "two")
    anchor, *others = (rival(name, [], iter([1.0] * 3)) for name in names)

    await compete(Race("race", anchor, tuple(others), ("a", "b")), 2, lambda: told.append(None))

    assert len(told) == 3 * 3
