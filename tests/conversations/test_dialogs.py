"""The feature list at work: every dialog in every chat, and all chats the same in the end."""

from __future__ import annotations

import pytest

from tests.support.dialogs.dialog_runs import DIALOGS, each, outcome, places_of
from tests.support.dialogs.script import ScriptError, parse

ENOUGH = 70
# Who blocks the bot misses cards: the operator is to know.
TOLD_TO_THE_OPERATOR = {"blocked": ("bot was blocked by the user", "until its chat is back")}


@pytest.mark.parametrize(
    ("name", "place"), each((name, place) for name in DIALOGS for place in places_of(name))
)
async def test_dialog(name: str, place: str) -> None:
    """The transcript holds line by line, all is shown, none is out of date, nothing is amiss."""
    found = await outcome(name, place)

    assert found.left_over == []
    assert found.untrue == []
    assert found.card_numbers == []
    known = TOLD_TO_THE_OPERATOR.get(name, ())
    assert [said for said in found.logged if not said.endswith(known)] == []


@pytest.mark.parametrize("name", each((name,) for name in DIALOGS))
async def test_all_chats_come_to_the_same(name: str) -> None:
    """The same dialog leaves the same books and the same final views, whichever way it came."""
    first, *others = places_of(name)
    wanted = (await outcome(name, first)).ending

    assert others
    for place in others:
        assert (await outcome(name, place)).ending == wanted, place


def test_there_are_enough_dialogs() -> None:
    """The feature list does not shrink unnoticed, and no two dialogs say the same sentence."""
    sentences = {dialog.sentence for dialog in DIALOGS.values()}

    assert len(sentences) == len(DIALOGS) >= ENOUGH


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("no sentence\n", "begin with #"),
        ("# A sentence.\nyou> hello\n", "has an account"),
        ('# A sentence.\naccount a "A" USD\nyou: hello\n', "t:3: not a line"),
        ('# A sentence.\naccount a "A" USD\nyou> hello\n  detail\n', "t:4: a detail belongs"),
        ("# A sentence.\nsignup maybe\nyou> hello\n", "t:2: not a line"),
        ("# A sentence.\nonly console\nyou> hello\n", "t:2: not a line"),
    ],
)
def test_a_dialog_that_cannot_be_read_is_refused(text: str, why: str) -> None:
    """A slip of the pen is named with its line; no line is ever left out in silence."""
    with pytest.raises(ScriptError, match=why):
        parse("t", text)
