"""The emulated Telegram as a person uses it: its window, and what the world remembers."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest

from playground.telegram.html import Formatted, parse_html, trimmed, with_found_entities
from playground.telegram.parameters import read_dictionary
from playground.telegram.state import Json, Person
from playground.telegram.window import WindowRefusedError
from tests.support.chats.telegram_emulator import KIM, LEE, Clock, Place, a_world, telegram_place


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    async with telegram_place() as one:
        yield one


async def test_a_new_person_sees_an_empty_chat_with_a_start_button(place: Place) -> None:
    """Nothing has been said, and the bot may not write first."""
    state = await place.window.state(LEE)

    (chat,) = state["chats"]
    assert (chat["started"], chat["messages"], chat["title"]) == (False, [], "Top-up Bot")
    assert [one["name"] for one in state["people"]] == ["Kim", "Lee"]


async def test_pages_are_told_of_every_change(place: Place) -> None:
    """A person's message and the bot's answer each publish the topic."""
    await place.window.start(KIM)
    told = len(place.told.topics)
    await place.bot.send_message(KIM, "Hello")

    assert set(place.told.topics) == {"telegram"}
    assert 0 < told < len(place.told.topics)


async def test_a_message_is_ticked_twice_once_the_bot_has_taken_it(place: Place) -> None:
    """One tick while the update is queued, two after its confirmation."""
    await place.window.start(KIM)
    (chat,) = (await place.window.state(KIM))["chats"]
    before = chat["messages"][0]["seen"]
    await place.bot.get_updates(offset=2)
    (chat,) = (await place.window.state(KIM))["chats"]

    assert (before, chat["messages"][0]["seen"]) == (False, True)


async def test_a_deep_link_carries_its_payload(place: Place) -> None:
    """A button to t.me/bot?start=… answers the payload, and START sends it."""
    await place.window.start(KIM)
    link = InlineKeyboardButton("Continue", url="https://t.me/topup_bot?start=p_7Kq-1")
    other = InlineKeyboardButton("Docs", url="https://docs.example/start")
    sent = await place.bot.send_message(
        KIM, "Tap", reply_markup=InlineKeyboardMarkup([[link, other]])
    )

    own = await place.window.press(KIM, KIM, sent.message_id, 0, 0)
    foreign = await place.window.press(KIM, KIM, sent.message_id, 0, 1)
    await place.window.start(KIM, own["start"])

    assert (own, foreign) == ({"start": "p_7Kq-1"}, {"open": "https://docs.example/start"})
    assert place.world.state.updates[-1].body["text"] == "/start p_7Kq-1"
    with pytest.raises(WindowRefusedError, match="payload"):
        await place.window.start(KIM, "not allowed!")


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("/topup 5", True),
        ("/topup@topup_bot", True),
        ("/topup@other_bot", False),
        ("just talk", False),
    ],
)
async def test_in_a_group_the_bot_sees_what_is_meant_for_it(
    place: Place, text: str, seen: bool
) -> None:
    """Privacy mode: commands and replies to the bot, nothing else."""
    group = await place.window.new_group(KIM, "Team")
    before = len(place.world.state.updates)
    await place.window.say(LEE, group, text)

    assert (len(place.world.state.updates) > before) is seen


async def test_a_reply_to_the_bot_keeps_its_topic(place: Place) -> None:
    """In a forum an answer to the bot's message lands in the same topic and is delivered."""
    group = await place.window.new_group(KIM, "Team", ("Alerts", "Top-ups"))
    sent = await place.bot.send_message(group, "Low balance", message_thread_id=3)
    await place.window.say(LEE, group, "on it", reply_to=sent.message_id)

    newest = place.world.state.updates[-1].body
    assert (newest["text"], newest["message_thread_id"]) == ("on it", 3)
    assert newest["is_topic_message"]


async def test_what_the_app_would_not_let_a_person_do_is_refused(place: Place) -> None:
    """Gone buttons, other people's chats, empty and over-long messages."""
    await place.window.start(KIM)
    sent = await place.bot.send_message(KIM, "no buttons")

    with pytest.raises(WindowRefusedError, match="no buttons"):
        await place.window.press(KIM, KIM, sent.message_id, 0, 0)
    with pytest.raises(WindowRefusedError, match="no such chat"):
        await place.window.say(LEE, KIM, "let me in")
    with pytest.raises(WindowRefusedError, match="1 to 4096"):
        await place.window.say(KIM, KIM, " ")
    with pytest.raises(WindowRefusedError, match="no such person"):
        await place.window.state(1)
    await place.window.block(KIM)
    with pytest.raises(WindowRefusedError, match="blocked"):
        await place.window.say(KIM, KIM, "hello?")


async def test_the_window_speaks_json_only(place: Place) -> None:
    """Each act has a route; a form from another page, and nonsense, are refused."""
    base = "/window/telegram"
    started = await place.http.post(f"{base}/start", json={"user": KIM})
    said = await place.http.post(f"{base}/say", json={"user": KIM, "chat": KIM, "text": "hi"})
    form = await place.http.post(f"{base}/say", data={"user": KIM, "chat": KIM, "text": "hi"})
    nonsense = await place.http.post(f"{base}/say", json={"user": "Kim", "chat": KIM})
    broken = await place.http.post(
        f"{base}/block", content=b"\xff", headers={"Content-Type": "application/json"}
    )
    state = await place.http.get(f"{base}/state", params={"user": KIM})

    codes = [one.status_code for one in (started, said, form, nonsense, broken, state)]
    assert codes == [200, 200, 415, 400, 400, 200]
    assert [one["text"] for one in state.json()["chats"][0]["messages"]] == ["/start", "hi"]


async def test_a_fault_can_be_ordered_over_http(place: Place) -> None:
    """The panel's route reaches the next call of that method."""
    await place.window.start(KIM)
    order = {"method": "sendMessage", "kind": "server_error", "times": 1}
    ordered = await place.http.post("/window/telegram/fault", json=order)
    unknown = await place.http.post("/window/telegram/fault", json={"kind": "fire"})
    failed = await place.http.post(
        "/telegram/bot9001:emulated/sendMessage", json={"chat_id": KIM, "text": "x"}
    )

    assert (ordered.status_code, unknown.status_code, failed.status_code) == (200, 400, 500)


async def test_the_world_is_the_same_after_a_restart(tmp_path: Path) -> None:
    """People, messages, updates, commands and the waiting tap survive in the file."""
    kept = tmp_path / "telegram.json"
    world = a_world(kept)
    world.add_person(Person(7003, "Ana", "ana", "es"))
    async with telegram_place(world) as place:
        await place.window.start(KIM)
        markup = InlineKeyboardMarkup([[InlineKeyboardButton("Go", callback_data="go")]])
        sent = await place.bot.send_message(
            KIM, "<b>hi</b>", parse_mode="HTML", reply_markup=markup
        )
        await place.window.press(KIM, KIM, sent.message_id, 0, 0)
        await place.window.block(LEE)
        await place.bot.set_my_commands([("help", "Help")])
        before = await place.window.state(KIM)

    again = a_world(kept)

    assert again.state == world.state
    async with telegram_place(again) as place:
        assert await place.window.state(KIM) == before
        assert len(await place.bot.get_updates()) == 3


async def test_updates_are_forgotten_after_a_day(place: Place) -> None:
    """Telegram keeps what the bot has not fetched for 24 hours."""
    await place.window.start(KIM)
    place.clock.pass_seconds(24 * 60 * 60)
    await place.window.say(KIM, KIM, "still there?")

    assert [one.message.text for one in await place.bot.get_updates() if one.message] == [
        "still there?"
    ]


async def test_a_given_specification_decides_which_parameters_exist(tmp_path: Path) -> None:
    """The names come from the document instead of the built-in table."""
    built_in = read_dictionary(None)
    names: dict[str, Json] = {name: {"fields": []} for name in built_in.methods}
    fields = [{"name": "chat_id"}, {"name": "text"}, {"name": "colour"}]
    types: dict[str, Json] = {name: {"fields": []} for name in built_in.types}
    document = {"methods": {**names, "sendMessage": {"fields": fields}}, "types": types}
    path = tmp_path / "api.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    world = a_world(specification=path, clock=Clock())

    async with telegram_place(world) as place:
        await place.window.start(KIM)
        call = {"chat_id": KIM, "text": "x"}
        path_of_method = "/telegram/bot9001:emulated/sendMessage"
        known = await place.http.post(path_of_method, json={**call, "colour": "red"})
        gone = await place.http.post(path_of_method, json={**call, "parse_mode": "HTML"})

    assert (known.status_code, gone.status_code) == (200, 400)


def test_html_becomes_text_and_entities() -> None:
    """Nested tags, character references, UTF-16 offsets, and a link that Telegram drops."""
    source = (
        '<b>a<i>😀</i></b> <a href="https://x.example/?a=1&amp;b=2">link</a> '
        '<a href="javascript:alert(1)">no</a> <pre><code class="language-py">x</code></pre> '
        "<blockquote expandable>q</blockquote>&nbsp;&#65;"
    )
    formatted = parse_html(source, lambda url: url.startswith("https://"))

    assert formatted.text == "a😀 link no x q&nbsp;A"
    assert formatted.entities == (
        {"type": "bold", "offset": 0, "length": 3},
        {"type": "italic", "offset": 1, "length": 2},
        {"type": "text_link", "offset": 4, "length": 4, "url": "https://x.example/?a=1&b=2"},
        {"type": "pre", "offset": 12, "length": 1, "language": "py"},
        {"type": "expandable_blockquote", "offset": 14, "length": 1},
    )


def test_telegram_finds_links_and_commands_itself() -> None:
    """In plain text, but not inside code, and blanks around the text are dropped."""
    text = "  /topup@topup_bot see https://x.example/a, @lee_w or a@b.example \n"
    found = with_found_entities(trimmed(Formatted(text)))
    code = with_found_entities(Formatted("/help", ({"type": "code", "offset": 0, "length": 5},)))

    assert found.text == text.strip()
    assert [
        (one["type"], found.text[one["offset"] : one["offset"] + one["length"]])
        for one in found.entities
    ] == [
        ("bot_command", "/topup@topup_bot"),
        ("url", "https://x.example/a"),
        ("mention", "@lee_w"),
        ("email", "a@b.example"),
    ]
    assert [one["type"] for one in code.entities] == ["code"]


async def test_a_bot_removed_from_a_group_may_not_write(place: Place) -> None:
    """Removed from a group: forbidden there; the private chat is another matter."""
    group = await place.window.new_group(KIM, "Team")
    place.world.remove_bot(group)

    answer = await place.http.post(
        "/telegram/bot9001:emulated/sendMessage", json={"chat_id": group, "text": "x"}
    )

    assert answer.json()["description"] == "Forbidden: bot was kicked from the group chat"
    with pytest.raises(BadRequest, match="Chat not found"):
        await place.bot.get_chat("@nobody")
