"""What the bot prints for an operator runs as printed, and ids that match nobody are refused."""

from __future__ import annotations

import asyncio
import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.console import KEY as CONSOLE
from adapters.storage.store import open_store
from bot.wiring.traits import TRAITS
from conversations.protocol.events import ConversationKey
from service.money.accounts import OperatorError
from service.people.access import accounts_of
from service.people.account_links import link_command, linked_name, parse_link
from service.ports.records import LinkKind
from tests.support.bots.operator_place import Operator, operator

__all__ = ["operator"]

KEYS = {
    "workspace": ConversationKey("slack", "T0ACME", "U1", "U1"),
    "organisation": ConversationKey("slack", "E1.T1", "U1", "U1"),
    "private": ConversationKey("telegram", "7", "123456789", "123456789"),
    "group": ConversationKey("telegram", "7", "-1001234567890", "123456789"),
    "topic": ConversationKey("telegram", "7", "-1001234567890/7", "123456789"),
    "nobody": ConversationKey("telegram", "7", "-5", ""),
    "terminal": CONSOLE,
}


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_126_a_line_that_is_printed_runs_and_lets_in(
    operator: Operator, key: ConversationKey
) -> None:
    """On every platform, for every kind of tenant; and the same words take it back."""
    line = shlex.split(link_command(key, TRAITS[key.platform]).replace("ACCOUNT", "acme"))
    assert operator.types("accounts", "add", "acme").code == 0
    assert operator.types(*line[1:]).code == 0
    assert asyncio.run(_let_in(operator, key)) == ["acme"]
    back = [word.replace("link", "unlink") if word == "link" else word for word in line[1:]]
    assert operator.types(*back, "--reason", "they left").code == 0


async def _let_in(operator: Operator, key: ConversationKey) -> list[str]:
    """The accounts of whoever this is, in the chat where the line was shown."""
    store = open_store(f"sqlite:///{operator.database}")
    try:
        found = await store.transact(lambda tx: accounts_of(tx, key, frozenset({key.chat})))
    finally:
        await store.close()
    return [one.account.id for one in found]


@given(
    platform=st.sampled_from(["slack", "telegram"]),
    number=st.integers(1, 2**52 - 1),
    topic=st.none() | st.integers(1, 10**9),
    organisation=st.sampled_from(["", "E0ABC.", "E1."]),
    kind=st.sampled_from(LinkKind),
)
def test_126_137_what_a_platform_calls_somebody_is_taken_as_it_is(
    platform: str, number: int, topic: int | None, organisation: str, kind: LinkKind
) -> None:
    """Read back, a link is spelled as it was typed."""
    words = {
        ("slack", LinkKind.TEAM): f"{organisation}T{number}",
        ("slack", LinkKind.CHANNEL): f"{organisation}T{number}/C{number}",
        ("telegram", LinkKind.PERSON): str(number),
        ("telegram", LinkKind.CHANNEL): f"-{number}" if topic is None else f"-{number}/{topic}",
    }
    typed = words.get((platform, kind))
    if typed is not None:
        assert linked_name(parse_link("acme", TRAITS[platform], kind, f" {typed}\n")) == typed


@pytest.mark.parametrize(
    ("platform", "kind", "typed", "right"),
    [
        ("telegram", LinkKind.PERSON, "06123456789", "phone number"),
        ("telegram", LinkKind.PERSON, "+31 6 1234 5678", "phone number"),
        ("telegram", LinkKind.PERSON, "0", "such as 123456789"),
        ("telegram", LinkKind.PERSON, "٣٤٥", "such as 123456789"),
        ("telegram", LinkKind.PERSON, "12²", "such as 123456789"),
        ("telegram", LinkKind.PERSON, "-5", "such as 123456789"),
        ("telegram", LinkKind.PERSON, "@kim", "such as 123456789"),
        ("telegram", LinkKind.PERSON, "9" * 17, "such as 123456789"),
        ("telegram", LinkKind.CHANNEL, "-0100", "-1001234567890"),
        ("telegram", LinkKind.CHANNEL, "-100/007", "-1001234567890/7"),
        ("telegram", LinkKind.CHANNEL, "1001234567890", "below zero"),
        ("telegram", LinkKind.CHANNEL, "-१००", "below zero"),
        ("telegram", LinkKind.CHANNEL, "@team", "below zero"),
        ("slack", LinkKind.TEAM, "E0ABC", "E0ABC.T0A"),
        ("slack", LinkKind.TEAM, "E1.E1", "such as T0A"),
        ("slack", LinkKind.TEAM, "t0acme", "such as T0A"),
        ("slack", LinkKind.TEAM, "U0ANA", "such as T0A"),
        ("slack", LinkKind.CHANNEL, "T0A/D0B", "team/channel"),
        ("slack", LinkKind.CHANNEL, "T0A/crm", "team/channel"),
        ("slack", LinkKind.CHANNEL, "E1/C0B", "team/channel"),
    ],
)
def test_137_an_id_that_matches_nobody_is_refused(
    platform: str, kind: LinkKind, typed: str, right: str
) -> None:
    """It would be stored and let nobody in; the sentence says what would be right."""
    with pytest.raises(OperatorError, match=right):
        parse_link("acme", TRAITS[platform], kind, typed)


def test_137_a_minus_from_a_copied_text_is_a_minus() -> None:
    """Documents set a longer one."""
    link = parse_link("acme", TRAITS["telegram"], LinkKind.CHANNEL, "\N{MINUS SIGN}1001234567890")
    assert link.external_id == "-1001234567890"


def test_137_what_an_earlier_version_stored_can_be_taken_back(
    operator: Operator, tmp_path: Path
) -> None:
    """However it is spelled; what is not there is named with what would be right."""
    operator.types("accounts", "add", "acme")
    operator.runs_sql(
        "INSERT INTO links (account, platform, tenant, kind, external_id, created_at)"
        " VALUES ('acme', 'telegram', '', 'person', '06123456789', 0)"
    )
    leave = ("accounts", "unlink", "acme", "--telegram-person")
    assert operator.types(*leave, "06123456789", "--reason", "typo").code == 0
    again = operator.types(*leave, "06123456789", "--reason", "typo")
    assert (again.code, "phone number" in again.err) == (2, True)
