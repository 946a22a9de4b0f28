"""Who somebody is, is judged anew for each workspace, organisation and group that is asked about.

What is remembered is compared with an oracle that remembers nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from adapters.chat.telegram.members import GroupMembers
from conversations.protocol.events import ConversationKey, Membership
from service.cards import homes
from service.common.context import context_of
from service.ports.records import Link, LinkKind
from tests.support.bots.bot_place import ACCOUNT, START
from tests.support.chats.slack_adapter_env import SlackWorld
from tests.support.chats.slack_bot_env import SlackBot, slack_bot
from tests.support.chats.slack_server import FakeSlack, Json

TENANTS = ("T1", "T2", "E1.T3", "E1.T4", "E9", "E9.", "E9.T9")
CHANNELS = ("C1", "C2")
GROUPS = ("-1", "-2", "-2/7")


@dataclass(slots=True)
class Someone:
    """A person as Slack keeps them: home team, the organisation's teams they are in, and flags."""

    team: str
    teams: tuple[str, ...] = ()
    flags: set[str] = field(default_factory=set)

    def record(self) -> Json:
        """Slack's record; of a partner who shares a channel it says no more than the team."""
        within = {"enterprise_user": {"id": "W", "teams": list(self.teams)}} if self.teams else {}
        return {"team_id": self.team, **within, **dict.fromkeys(self.flags, True)}

    def stands(self, team: str) -> Membership:
        """How they stand to a team, by what Slack's documentation says."""
        if "is_restricted" in self.flags:
            return Membership.GUEST
        at_home = team in (self.team, *self.teams) and team[:1] == "T" and not self.flags
        return Membership.MEMBER if at_home else Membership.OUTSIDER


def everybody() -> dict[str, Someone]:
    """A member, a guest, partners of a company and of an organisation, two of ours, who left."""
    return {
        "U1": Someone("T1"),
        "U2": Someone("T1", flags={"is_restricted"}),
        "U3": Someone("T2"),
        "U4": Someone("T3", ("T3", "T4")),
        "U5": Someone("T4", ("T4",)),
        "U6": Someone("T1", flags={"deleted"}),
        "U7": Someone("E9", ("T9",)),
    }


PEOPLE = st.sampled_from(sorted(everybody()))


class AskedInEveryOrder(RuleBasedStateMachine):
    """People of several workspaces, an organisation and groups, on both chats."""

    def __init__(self) -> None:
        super().__init__()
        self.people, self.seconds = everybody(), 0.0
        self.groups = {("-1", 1): "member", ("-2", 2): "administrator"}
        self.runner, self.stack = asyncio.Runner(), AsyncExitStack()
        self.slack = FakeSlack()
        self.slack.members = {"C1": ["U1", "U3"], "C2": ["U2", "U4"]}
        self.slack.people = {user: each.record() for user, each in self.people.items()}
        self.runner.run(self.stack.enter_async_context(self.slack.serving()))
        self.world = SlackWorld(self.slack)
        self.members = GroupMembers(self._ask, lambda: self.seconds, "token")

    async def _ask(self, group: str, person: int) -> Json:
        return {"status": self.groups.get((group, person), "left")}

    @rule(tenant=st.sampled_from(TENANTS), user=PEOPLE)
    def asks_of_a_workspace(self, tenant: str, user: str) -> None:
        """Nobody stands to one workspace as they stand to another."""
        key = ConversationKey("slack", tenant, user, user)
        found = self.runner.run(self.world.adapter.membership(key))
        assert found is self.people[user].stands(tenant.rpartition(".")[2])

    @rule(tenant=st.sampled_from(TENANTS), user=PEOPLE)
    def asks_of_channels(self, tenant: str, user: str) -> None:
        """A channel's members are in that channel and in no other."""
        key = ConversationKey("slack", tenant, user, user)
        adapter = self.world.adapter
        found = {each: self.runner.run(adapter.is_in(key, each)) for each in CHANNELS}
        assert found == {each: user in self.slack.members[each] for each in CHANNELS}
        assert self.runner.run(adapter.was_in(key, frozenset(CHANNELS))) == found

    @rule(person=st.integers(1, 3))
    def asks_of_groups(self, person: int) -> None:
        """A Telegram group's members are in that group, its topics, and in no other."""
        found = self.members.was_in(str(person), frozenset(GROUPS))
        for group in set(GROUPS) - set(found):
            found[group] = self.runner.run(self.members.is_in(str(person), group))
        inside = {group for group, someone in self.groups if someone == person}
        assert found == {each: each.partition("/")[0] in inside for each in GROUPS}

    @rule(user=PEOPLE, flag=st.sampled_from(["is_restricted", "deleted"]))
    def somebody_changes(self, user: str, flag: str) -> None:
        """They become a guest, leave, or come back; a minute later all is asked anew."""
        self.people[user].flags ^= {flag}
        self.slack.people[user] = self.people[user].record()
        self._later()

    @rule(group=st.sampled_from(["-1", "-2"]), person=st.integers(1, 3))
    def somebody_joins_or_leaves(self, group: str, person: int) -> None:
        """The same in a group."""
        if self.groups.pop((group, person), None) is None:
            self.groups[group, person] = "member"
        self._later()

    def teardown(self) -> None:
        self.runner.run(self.stack.aclose())
        self.runner.run(self.world.http.aclose())
        self.runner.close()

    def _later(self) -> None:
        self.seconds += 61
        self.world.later(61)


def test_104_nobody_is_judged_by_what_was_asked_about_somewhere_else() -> None:
    """Members, guests, partners and people of organisations, asked in every order."""
    few = settings(max_examples=30, stateful_step_count=25, deadline=None)
    run_state_machine_as_test(AskedInEveryOrder, settings=few)


async def test_104_105_a_partner_who_wrote_before_stays_a_partner(tmp_path: Path) -> None:
    """A direct message names their own company, a command ours: within one minute."""
    async with slack_bot(tmp_path) as place:
        link = Link(ACCOUNT, "slack", "T1", LinkKind.TEAM, "T1")
        await place.bot.app.store.transact(lambda tx: tx.accounts.link(link, START))
        place.slack.people["U9"] = {"team_id": "T2"}
        await place.world.say("balance", user="U9", team="T2", user_team="T2")
        told = (await place.world.command("balance", user_id="U9")).json()
        assert "another company" in told["text"]
        await place.opens_home("U9")
        assert "Team Alpha" not in place.home("U9")


# --- what was said of somebody earlier ---------------------------------------------------------


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[SlackBot]:
    async with slack_bot(tmp_path) as opened:
        yield opened


async def test_104_a_page_that_is_made_anew_is_for_who_they_are_now(place: SlackBot) -> None:
    """Whoever left since they opened their home sees no balance there any more."""
    await place.opens_home()
    assert "Team Alpha" in place.home()
    place.slack.people["U1"] = {"deleted": True}
    place.world.later(61)
    place.bot.clock.advance(seconds=61)
    services = place.bot.app.services
    ana = ConversationKey("slack", "T1", "U1", "U1")
    await place.bot.app.store.transact(
        lambda tx: homes.schedule_home_refresh(context_of(tx, services), ana)
    )
    await place.bot.quiet()
    assert "Team Alpha" not in place.home()


async def test_104_what_waited_is_judged_again(place: SlackBot) -> None:
    """A request that lay for an hour counts for who its sender is by now."""
    members = place.bot.app.turns.members
    adapter = place.world.adapter
    body = {
        "type": "command", "team": "T1", "user": "U1", "channel": "C1", "text": "balance",
        "standing": "member",
    }  # fmt: skip
    incoming = adapter.to_event(body)
    assert incoming is not None
    place.slack.people["U1"] = {"is_restricted": True}
    now = place.bot.clock.at
    assert (await members.check_sender(incoming, now)).membership is Membership.MEMBER
    late = await members.check_sender(incoming, now - timedelta(hours=1))
    assert late.membership is Membership.GUEST
