"""An alert needs somebody who can read it: operators are told, and who comes later hears it."""

from __future__ import annotations

import pytest

from tests.support.bots.operator_place import Operator, operator

__all__ = ["operator"]

NOBODY = "Nobody reads the alert of acme below $20.00 yet"


def cards(operator: Operator) -> list[str]:
    """The chats that are to show a card."""
    return [chat for (chat,) in operator.runs_sql("SELECT chat FROM cards ORDER BY chat")]


def test_139_an_alert_that_nobody_could_read_is_said(operator: Operator) -> None:
    """At add, link, list and unlink; a whole workspace is no place to tell it in."""
    added = operator.types("accounts", "add", "acme", "--alert-below", "20")
    assert NOBODY in added.out
    team = operator.types("accounts", "link", "acme", "--slack-team", "T1")
    assert NOBODY in team.out
    (listed,) = operator.types("accounts", "list", "--json").json
    assert listed["alert_unread"] is True
    person = operator.types("accounts", "link", "acme", "--telegram-person", "7")
    assert NOBODY not in person.out
    (listed,) = operator.types("accounts", "list", "--json").json
    assert listed["alert_unread"] is False
    gone = ("accounts", "unlink", "acme", "--telegram-person", "7", "--reason", "left")
    assert NOBODY in operator.types(*gone).out


def test_139_without_an_alert_nothing_is_said(operator: Operator) -> None:
    """Whoever wants none is not asked for readers."""
    assert "alert" not in operator.types("accounts", "add", "acme").out
    assert "alert" not in operator.types("accounts", "link", "acme", "--slack-team", "T1").out


@pytest.mark.parametrize(
    "reader",
    [
        ("--telegram-person", "7"),
        ("--telegram-group", "-1001"),
        ("--slack-channel", "T1/C1"),
    ],
)
def test_139_who_is_linked_later_hears_what_stands(
    operator: Operator, reader: tuple[str, str]
) -> None:
    """The balance fell while nobody could read it; the alert was not told, and now it is."""
    operator.types("accounts", "add", "acme", "--alert-below", "20")
    operator.types("accounts", "link", "acme", "--slack-team", "T1")
    operator.runs_sql("UPDATE accounts SET alert_card = '00000000000000aa' WHERE id = 'acme'")
    assert cards(operator) == []
    assert operator.types("accounts", "link", "acme", *reader).code == 0
    assert cards(operator) == [reader[1].rpartition("/")[2]]
