"""What others hold on to stays: settings, metrics, acts, kinds, phrases, messages and commands.

Lists may grow. What stood in one may not vanish, nor be called otherwise.
"""

from __future__ import annotations

import re

import pytest
from dotenv import dotenv_values

from bot.settings.config import Settings
from tests.support.golden.lists import LISTS
from tests.support.golden.write import FOLDER, path_of, read
from tests.support.house.source import name

WHO_LOSES = {
    "settings": "An operator's .env has it: accept the old name, and mean the same.",
    "metrics": "Dashboards and alerts name it: give the metric back its name, type and labels.",
    "lane_kinds": "Databases hold pending work of it: whoever upgrades would never see it done.",
    "audit_acts": "Audit trails hold it, and people search for it: write the word as before.",
    "log_phrases": "Operators look for it in their logs: log it in the same words as before.",
    "stored_words": "Databases hold it: it must be read, and written, as before.",
    "messages": "Translations are found by it: keep the English sentence, or translate it anew.",
    "commands": "Scripts and notes of operators hold it: keep it, beside a new one if need be.",
    "routes": "Platforms, gateways, browsers and monitors call it: serve it there as before.",
    "slack_app": "Slack apps were made with it, and nobody makes them anew for an upgrade.",
    "telegram_menu": "People type it: take the command as before.",
}
DECIDED = "If it is to end all the same, delete the line by hand and say so in CHANGELOG.md."
NEEDED = re.compile(r"(.*) \S+ \(required\)")


@pytest.fixture(scope="module", params=sorted(LISTS))
def listed(request: pytest.FixtureRequest) -> tuple[str, set[str], set[str]]:
    """A list's name, its entries as they were written, and those of today."""
    return request.param, set(read(request.param)), set(LISTS[request.param]())


def test_nothing_that_others_hold_vanishes(listed: tuple[str, set[str], set[str]]) -> None:
    """Each entry that was ever written down is there today, word for word."""
    file, written, today = listed
    assert written, (
        f"{name(path_of(file))} is not there: `python -m tests.support.golden.write` writes it"
    )
    gone = sorted(written - today)

    told = [f"{name(path_of(file))}: gone since: {each}" for each in gone]
    assert not gone, "\n".join([*told, WHO_LOSES[file], DECIDED])


def test_an_old_command_needs_nothing_more() -> None:
    """What an operator typed before works without another argument."""
    before, today = set(read("commands")), set(LISTS["commands"]())
    needed = [
        each for each in today - before if (at := NEEDED.fullmatch(each)) and at[1] in before
    ]

    assert not needed, f"A script that does without it would fail: {needed}"


def test_the_operators_file_has_every_setting() -> None:
    """So that each is read as it was; give a new one a line in tests/golden/operator.env."""
    assert set(dotenv_values(FOLDER / "operator.env")) == {
        each.upper() for each in Settings.names()
    }
