"""The demo's parts alone: its folder, its ports, the bot that keeps ending. No bot runs here."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from collections.abc import Container
from contextlib import closing, suppress
from dataclasses import asdict
from itertools import count
from pathlib import Path

import pytest

from playground.bot.child import Child
from playground.bot.folder import DemoRefused, Folder
from playground.bot.program import HOST, Answer, Program
from playground.demo.demo import listen, reserved_port
from playground.page.world import seed


def test_a_fresh_demo_forgets_the_last_one(tmp_path: Path) -> None:
    """--fresh removes what was there and makes new secrets."""
    with closing(Folder(tmp_path / "demo")) as first:
        before = first.kept
        (first.path / "old").mkdir()
        (first.path / "old" / "file").write_text("old")

    with closing(Folder(tmp_path / "demo", fresh=True)) as second:
        assert not (second.path / "old").exists()
        assert second.kept.secret_key != before.secret_key


def test_a_demo_keeps_its_secrets(tmp_path: Path) -> None:
    """Without --fresh the next start has the same secrets, so its pay links stay good."""
    with closing(Folder(tmp_path)) as first:
        before = first.kept

    with closing(Folder(tmp_path)) as second:
        assert second.kept == before


def test_an_older_demo_goes_on(tmp_path: Path) -> None:
    """What a version before did not make is made now, and nothing else is changed."""
    with closing(Folder(tmp_path)) as first:
        known = asdict(first.kept)
    file = tmp_path / "topup-bot-demo.json"
    older = {name: value for name, value in known.items() if not name.startswith("stripe")}
    file.write_text(json.dumps(older))

    with closing(Folder(tmp_path)) as second:
        kept = asdict(second.kept)
    assert kept["stripe_api_key"].startswith("sk_test_")
    assert {name: kept[name] for name in older} == older


@pytest.mark.parametrize("fresh", [False, True])
def test_a_folder_of_something_else_is_left_alone(tmp_path: Path, fresh: bool) -> None:
    """What no demo made is neither used nor removed."""
    (tmp_path / "thesis.txt").write_text("ten years")

    with pytest.raises(DemoRefused, match="left alone"):
        Folder(tmp_path, fresh=fresh)
    assert [each.name for each in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_in_the_folder_s_place_is_refused(tmp_path: Path) -> None:
    """The sentence says what is in the way."""
    (tmp_path / "demo").write_text("")

    with pytest.raises(DemoRefused, match="is a file"):
        Folder(tmp_path / "demo")


def test_damaged_secrets_are_refused_until_fresh(tmp_path: Path) -> None:
    """A demo that cannot read its secrets says so, does not guess, and can begin anew."""
    file = tmp_path / "topup-bot-demo.json"
    file.write_text('{"secret_key"')

    with pytest.raises(DemoRefused, match="--fresh"):
        Folder(tmp_path)
    with closing(Folder(tmp_path, fresh=True)) as begun:
        assert begun.kept.secret_key


def test_a_taken_port_gives_way_to_the_next() -> None:
    """The page is served at the first free port from the wanted one on."""
    with socket.create_server((HOST, 0)) as taken:
        wanted = taken.getsockname()[1]
        with listen(wanted) as listener:
            assert wanted < listener.getsockname()[1] <= wanted + 50


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the bot could not listen itself")
def test_the_port_of_the_bot_is_kept_for_it(tmp_path: Path) -> None:
    """A program that takes any free port is not given it, and the bot listens there each time."""
    with closing(Folder(tmp_path)) as folder, reserved_port(folder, 0) as port:
        for _ in range(2):
            with socket.create_server((HOST, port)):
                pass
            with socket.socket() as other, pytest.raises(OSError, match="in use"):
                other.bind((HOST, port))
        assert folder.kept.bot_port == port


class Busy:
    """Commands of a bot on a machine that has no time for some of them, counted from zero."""

    def __init__(self, slow: Container[int]) -> None:
        self._slow = slow
        self._calls = count()
        self.done: list[tuple[str, ...]] = []

    async def run(self, *arguments: str) -> Answer:
        if next(self._calls) in self._slow:
            return Answer(-1, "", "The command took too long.")
        known = [{"id": each[2]} for each in self.done if each[:2] == ("accounts", "add")]
        self.done.append(arguments)
        return Answer(0, json.dumps(known), "")


@pytest.mark.parametrize("slow", [{0}, {1}, {1, 2}, {3}, {4}, {0, 1}, {1, 4}], ids=str)
async def test_a_busy_machine_has_its_accounts_all_the_same(slow: set[int]) -> None:
    """Whichever command takes too long at the start, both accounts are there, made once."""
    commands = Busy(slow)

    assert await seed(commands) == ""
    added = [each[2] for each in commands.done if each[:2] == ("accounts", "add")]
    assert sorted(added) == ["acme-cloud", "acme-tokyo"]
    linked = {each[2] for each in commands.done if each[:2] == ("accounts", "link")}
    assert linked == set(added)


async def test_a_start_that_never_succeeds_is_told() -> None:
    """After a few tries it is a sentence, and no endless wait."""
    assert await seed(Busy(range(1_000))) == "The command took too long."


async def test_a_killed_bot_is_started_again_at_once(tmp_path: Path) -> None:
    """Killed by a person, as often as they like: it never waits longer than the first time."""
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "__init__.py").touch()
    (tmp_path / "bot" / "__main__.py").write_text("import time\ntime.sleep(60)")
    said: list[str] = []
    child = Child(Program(tmp_path, {}), f"http://{HOST}:9", say=said.append)
    assert not child.kill()

    keeping = asyncio.create_task(child.keep_running())
    for _ in range(3):
        async with asyncio.timeout(60):
            while not child.kill():
                await asyncio.sleep(0.01)
    async with asyncio.timeout(60):
        while len(said) < 3:
            await asyncio.sleep(0.01)
    keeping.cancel()
    with suppress(asyncio.CancelledError):
        await keeping

    assert {line.rpartition(".")[0].rpartition(" in ")[2] for line in said} == {"0.5 s"}


async def test_a_bot_that_keeps_ending_is_shown_with_its_last_lines(tmp_path: Path) -> None:
    """Each end is one line; at the third in a row the log's end is shown too."""
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "__init__.py").touch()
    # Python looks in the folder where it runs first, so this is the bot that it finds there.
    (tmp_path / "bot" / "__main__.py").write_text("raise SystemExit('no luck today')")
    said: list[str] = []
    told = asyncio.Event()

    def say(line: str) -> None:
        said.append(line)
        if "no luck" in line:
            told.set()

    child = Child(Program(tmp_path, {}), f"http://{HOST}:9", say=say)
    keeping = asyncio.create_task(child.keep_running())
    await asyncio.wait_for(told.wait(), 60)
    keeping.cancel()
    with suppress(asyncio.CancelledError):
        await keeping

    ended = [line for line in said if line.startswith("The bot ended (exit code 1).")]
    assert len(ended) == 3
    assert said[-1].splitlines()[-1] == "no luck today"
    assert child.ready is False
