"""What every chat adapter must do; it knows no platform.

A subclass named `Test…` in tests/ opens its own platform in `world` and says how a person's words
and presses are stored there. Everything else is inherited.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any, Literal, Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conversations.protocol.events import Said
from conversations.protocol.places import Chat
from conversations.protocol.ports import (
    Button,
    ChatAdapter,
    ChatError,
    Message,
    Pressed,
    UnreadableDelivery,
    Verdict,
)
from conversations.protocol.views import ButtonStyle, Row, View

Trouble = Literal["wait", "gone", "lost", "outage"]
WAIT = timedelta(seconds=7)

_MARKUP = "<!channel> & <b>x</b> <https://evil.example|pay> *a* _b_ `c` %s {0}"
_KEYS = st.sampled_from(["type", "text", "user", "team", "message", "chat", "values", "data", "x"])
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=6),
    max_leaves=20,
)


class ChatWorld(Protocol):
    """A platform with one empty chat that the adapter may write to."""

    @property
    def adapter(self) -> ChatAdapter:
        """The adapter under test, connected to this platform."""

    @property
    def chat(self) -> Chat:
        """Where to write."""

    def texts(self) -> list[str]:
        """The messages of the chat, oldest first: all their words as a person reads them."""

    def refuse(self, trouble: Trouble) -> None:
        """Make the next call fail so: told to wait `WAIT`, chat gone, message lost, or 5xx."""


class ChatContract(ABC):
    """Inherit it and give the three hooks."""

    @abstractmethod
    def world(self) -> AbstractAsyncContextManager[ChatWorld]:
        """A fresh platform and the adapter connected to it."""

    @abstractmethod
    def said(self, text: str) -> Mapping[str, Any]:
        """The stored body of a delivery in which a person types `text` to the bot in private."""

    @abstractmethod
    def pressed(self, token: str) -> Mapping[str, Any]:
        """The stored body of a delivery in which a person presses the button with that token."""

    async def test_typed_words_arrive_as_typed(self) -> None:
        """Words that look like commands of the platform's markup are still only words."""
        async with self.world() as world:
            incoming = world.adapter.to_event(self.said("50 USD & <b>card</b>"))
        assert incoming is not None
        assert incoming.key.platform == world.adapter.platform
        assert isinstance(incoming.event, Said)
        assert incoming.event.text == "50 USD & <b>card</b>"
        assert not incoming.event.bank_card_number

    async def test_a_removed_card_number_is_told(self) -> None:
        """The inbox marks a body from which it removed a card number; the event says so."""
        async with self.world() as world:
            incoming = world.adapter.to_event({**self.said("50"), "card_number": True})
        assert incoming is not None
        assert isinstance(incoming.event, Said)
        assert incoming.event.bank_card_number

    async def test_a_press_returns_its_token(self) -> None:
        """The token comes back untouched, in the conversation in which the person types."""
        async with self.world() as world:
            press = world.adapter.to_event(self.pressed("k3.AbC-_9"))
            words = world.adapter.to_event(self.said("50"))
        assert press is not None
        assert words is not None
        assert isinstance(press.event, Pressed)
        assert press.event.token == "k3.AbC-_9"
        assert press.key == words.key

    async def test_alien_bodies_mean_nothing(self) -> None:
        """Whatever JSON was stored, reading it raises nothing but Unreadable."""
        async with self.world() as world:
            adapter = world.adapter

            @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
            @given(body=st.dictionaries(_KEYS, _JSON, max_size=6))
            def reads(body: dict[str, Any]) -> None:
                with suppress(UnreadableDelivery):
                    adapter.to_event(body)

            reads()

    async def test_a_card_shows_every_word(self) -> None:
        """Title, sentences, rows, button labels and hint all reach the person."""
        async with self.world() as world:
            await world.adapter.show(world.chat, example(), replacing=None)
            (text,) = world.texts()
        for words in (
            "⏳ Waiting",
            "Nothing is charged",
            "Amount",
            "$50.00",
            "TU-7K3M",
            "Pay now",
        ):
            assert words in text
        assert "Link works" in text

    async def test_an_edit_stays_in_its_place(self) -> None:
        """The same message changes; there is no second one, and its reference stays."""
        async with self.world() as world:
            first = await world.adapter.show(world.chat, example(), replacing=None)
            second = await world.adapter.show(world.chat, example("✅ Credited"), replacing=first)
            (text,) = world.texts()
        assert second == first
        assert "✅ Credited" in text
        assert "⏳ Waiting" not in text

    async def test_an_edit_that_changes_nothing_succeeds(self) -> None:
        """Showing the same twice is the same picture, not an error."""
        async with self.world() as world:
            first = await world.adapter.show(world.chat, example(), replacing=None)
            assert await world.adapter.show(world.chat, example(), replacing=first) == first
            assert len(world.texts()) == 1

    async def test_150_what_is_to_be_away_is_deleted_once(self) -> None:
        """No message is left of it; tried again, as after a kill, it is found to be gone."""
        away = Message(replace(example("↓ Continued below").view, away=True))
        async with self.world() as world:
            first = await world.adapter.show(world.chat, example(), replacing=None)
            await world.adapter.show(world.chat, away, replacing=first)
            assert world.texts() == []
            with pytest.raises(ChatError) as caught:
                await world.adapter.show(world.chat, away, replacing=first)
        assert caught.value.verdict is Verdict.LOST

    async def test_28_typed_markup_is_only_text(self) -> None:
        """Text that somebody typed is shown letter by letter, wherever it stands."""
        view = View(_MARKUP, _MARKUP, (_MARKUP,), (Row("Name", _MARKUP),), hint=_MARKUP)
        async with self.world() as world:
            await world.adapter.show(world.chat, Message(view), replacing=None)
            (text,) = world.texts()
        assert text.count(_MARKUP) >= 4

    async def test_too_much_is_cut_not_refused(self) -> None:
        """However long its texts are, a card arrives with its title."""
        long = "é<&" * 3000
        rows = tuple(Row(f"{number} {long}", long, code=True) for number in range(60))
        view = View(f"⏳ Waiting {long}", long, (long, long), rows, hint=long)
        buttons = ((Button(long, ButtonStyle.PLAIN, token="t1"),),)
        async with self.world() as world:
            await world.adapter.show(world.chat, Message(view, buttons), replacing=None)
            (text,) = world.texts()
        assert "⏳ Waiting" in text

    async def test_a_wait_is_passed_on(self) -> None:
        """The platform's own waiting time comes back with the error."""
        async with self.world() as world:
            world.refuse("wait")
            with pytest.raises(ChatError) as caught:
                await world.adapter.show(world.chat, example(), replacing=None)
        assert caught.value.retry_after == WAIT
        assert caught.value.verdict is Verdict.OUTAGE

    async def test_a_chat_that_is_gone_is_told(self) -> None:
        """Nobody should try that chat again."""
        async with self.world() as world:
            world.refuse("gone")
            with pytest.raises(ChatError) as caught:
                await world.adapter.show(world.chat, example(), replacing=None)
        assert caught.value.verdict is Verdict.GONE

    async def test_a_lost_message_is_told(self) -> None:
        """The message to edit is no longer there; the chat is."""
        async with self.world() as world:
            ref = await world.adapter.show(world.chat, example(), replacing=None)
            world.refuse("lost")
            with pytest.raises(ChatError) as caught:
                await world.adapter.show(world.chat, example("✅ Credited"), replacing=ref)
        assert caught.value.verdict is Verdict.LOST

    async def test_an_outage_is_only_an_outage(self) -> None:
        """A 5xx says nothing of the chat or the message, so no card is given up for it."""
        async with self.world() as world:
            world.refuse("outage")
            with pytest.raises(ChatError) as caught:
                await world.adapter.show(world.chat, example(), replacing=None)
        assert caught.value.verdict is Verdict.OUTAGE
        assert caught.value.retry_after is None


def example(title: str = "⏳ Waiting") -> Message:
    """A card with everything that a card may have, but links."""
    return Message(
        View(
            title=title,
            fallback=f"{title}: $50.00 to Team A.",
            body=("Nothing is charged until you pay.",),
            rows=(Row("Amount", "$50.00"), Row("Top-up", "TU-7K3M", code=True)),
            hint="Link works for 60 minutes.",
        ),
        ((Button("Pay now", ButtonStyle.PRIMARY, token="tok1"),),),
        subject="TU-7K3M",
    )
