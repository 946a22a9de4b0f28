"""What a person can do in the emulated Slack; it knows the bot only by its address."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

import httpx

from playground.slack_blocks import interactive
from playground.slack_delivery import Answer, Delivery
from playground.slack_forms import Values, action_of, state_of
from playground.slack_hooks import ResponseUrls, answer
from playground.slack_modals import Modals, json_object
from playground.slack_payloads import (
    command_payload,
    event_payload,
    interaction,
    message_event,
    message_surface,
    view_payload,
)
from playground.slack_records import (
    SLACKBOT,
    Blocks,
    Channel,
    Json,
    Message,
    SlackError,
    User,
    View,
)
from playground.slack_state import state_for
from playground.slack_world import SlackWorld

# Slack waits 0, 60 and 300 seconds; a desk-top world has less patience.
_RETRY_DELAYS = (1.0, 5.0, 30.0)


class SlackWindow:
    """The window's acts. Each raises SlackError for what a real client would not let happen.

    `base_url` is where the bot reaches this emulator (scheme, host, port; for response URLs).
    """

    def __init__(
        self,
        world: SlackWorld,
        base_url: str,
        *,
        http: httpx.AsyncClient | None = None,
        retry_delays: Sequence[float] = _RETRY_DELAYS,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._world = world
        self._http = http or httpx.AsyncClient(trust_env=False)
        self._delivery = Delivery(world, self._http, tuple(retry_delays), sleep)
        self._modals = Modals(world, self._delivery, self._later)
        self._tasks: set[asyncio.Task[Any]] = set()
        self.hooks = ResponseUrls(world, base_url.rstrip("/"))

    def state(self, user_id: str) -> Json:
        """Everything the page needs to draw this person's window."""
        return state_for(self._world, self._user(user_id))

    async def say(self, user_id: str, channel_id: str, text: str, thread_ts: str = "") -> Json:
        """Send a message, or a slash command; answers `{"ts": …}` for a message, else `{}`."""
        user, channel = self._place(user_id, channel_id)
        if not text.strip():
            raise SlackError("no_text")
        if text.startswith("/"):
            await self._command(user, channel, text, thread_ts)
            return {}
        message = Message(
            self._world.next_ts(), channel.id, user.id, _escaped(text), thread_ts=thread_ts
        )
        self._world.add_message(message)
        if channel.is_im:
            self._emit(message_event(self._world, message))
        return {"ts": message.ts}

    async def press(
        self,
        user_id: str,
        channel_id: str,
        ts: str,
        action_id: str,
        block_id: str,
        *,
        value: object = None,
        values: Values | None = None,
    ) -> Json:
        """Press a button or choose in a message; `{"ok": false}` is Slack's warning sign.

        A button that an edit has since removed can still be pressed, as from a slow client.
        """
        world = self._world
        user, channel = self._place(user_id, channel_id)
        message = world.message(channel.id, ts)
        if message.ephemeral_to not in ("", user.id):
            raise SlackError("message_not_found")
        element = _element(world.earlier_blocks(message), block_id, action_id)
        payload = interaction(
            world,
            "block_actions",
            user,
            **message_surface(world, channel, message),
            state={"values": state_of(message.blocks, values or {})},
            response_url=self.hooks.issue(user.id, channel.id, message),
            trigger_id=world.issue_trigger(user.id),
            actions=[action_of(block_id, element, value, world.next_ts())],
        )
        return _acknowledged(await self._delivery.interaction(payload))

    async def press_in_view(
        self,
        user_id: str,
        view_id: str,
        action_id: str,
        block_id: str,
        *,
        value: object = None,
        values: Values | None = None,
    ) -> Json:
        """The same in the open modal or the App Home."""
        world, user = self._world, self._user(user_id)
        view = self._view(user, view_id)
        element = _element([view.body["blocks"]], block_id, action_id)
        view = world.keep_values(view, state_of(view.body["blocks"], values or {}))
        payload = interaction(
            world,
            "block_actions",
            user,
            container={"type": "view", "view_id": view.id},
            view=view_payload(world, view),
            trigger_id=world.issue_trigger(user.id, view.id),
            actions=[action_of(block_id, element, value, world.next_ts())],
        )
        return _acknowledged(await self._delivery.interaction(payload))

    async def submit_view(self, user_id: str, view_id: str, values: Values) -> Json:
        """Submit the topmost modal: `{"ok": true}`, or errors per block, or one error."""
        return await self._modals.submit(self._user(user_id), view_id, values)

    async def close_view(self, user_id: str, view_id: str, *, everything: bool = False) -> Json:
        """Cancel the topmost modal, or all of them (Slack's ✕)."""
        return self._modals.close(self._user(user_id), view_id, everything=everything)

    async def open_home(self, user_id: str) -> Json:
        """Look at the bot's Home tab."""
        user = self._user(user_id)
        event: Json = {
            "type": "app_home_opened",
            "user": user.id,
            "channel": self._world.open_im(user.id).id,
            "tab": "home",
            "event_ts": self._world.next_ts(),
        }
        home = self._world.homes.get(user.id)
        self._emit({**event, "view": view_payload(self._world, home)} if home else event)
        return {}

    async def settle(self) -> None:
        """Wait until every event has been delivered or given up."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def aclose(self) -> None:
        """Drop what is still to be delivered and close the connections."""
        for task in tuple(self._tasks):
            task.cancel()
        await self.settle()
        await self._http.aclose()

    async def _command(self, user: User, channel: Channel, text: str, thread_ts: str) -> None:
        name, _, rest = text.partition(" ")
        if name not in {command.name for command in self._world.commands}:
            return self._tell(user, channel, _NO_SUCH_COMMAND.format(_escaped(name)))
        if thread_ts:
            return self._tell(user, channel, f"`{name}` is not supported in threads. Sorry!")
        form = command_payload(self._world, user, channel, name, rest.strip())
        form["response_url"] = self.hooks.issue(user.id, channel.id)
        form["trigger_id"] = self._world.issue_trigger(user.id)
        reply = await self._delivery.command(form)
        error = reply.error
        if not error and reply.body.strip():
            error = self._show_reply(user, channel, reply)
        if error:
            self._tell(user, channel, f'`{name}` failed with the error "{error}"')
        return None

    def _show_reply(self, user: User, channel: Channel, reply: Answer) -> str:
        """Show what the bot answered to a command; the error's name if it cannot be shown."""
        body: Json | None = {"text": reply.body}
        if reply.content_type == "application/json":
            body = json_object(reply.body)
        if body is None:
            return "invalid_command_response"
        if not body:
            return ""
        try:
            answer(self._world, user.id, channel.id, body)
        except SlackError as refusal:
            return refusal.code
        return ""

    def _tell(self, user: User, channel: Channel, text: str) -> None:
        """Slackbot says something that only this person sees."""
        ts = self._world.next_ts()
        self._world.add_message(Message(ts, channel.id, SLACKBOT, text, ephemeral_to=user.id))

    def _emit(self, event: Json) -> None:
        self._later(self._delivery.event(event_payload(self._world, event)))

    def _later(self, work: Coroutine[Any, Any, object]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _user(self, user_id: str) -> User:
        user = self._world.users.get(user_id)
        if user is None or user.is_bot:
            raise SlackError("user_not_found")
        return user

    def _place(self, user_id: str, channel_id: str) -> tuple[User, Channel]:
        user, channel = self._user(user_id), self._world.channels.get(channel_id)
        if channel is None or user.id not in channel.members:
            raise SlackError("channel_not_found")
        return user, channel

    def _view(self, user: User, view_id: str) -> View:
        for view in self._world.views():
            if view.id == view_id and view.user == user.id:
                return view
        raise SlackError("not_found")


_NO_SUCH_COMMAND = (
    "`{}` is not a valid command. In Slack, all messages that start with the “/” character are"
    " interpreted as commands. To send it as a message, put a space before the “/”."
)


def _escaped(text: str) -> str:
    """As Slack hands on what people type: only these three characters are special in mrkdwn."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _element(versions: list[Blocks], block_id: str, action_id: str) -> Json:
    for blocks in versions:
        for block, element in interactive(blocks):
            if (block["block_id"], element["action_id"]) == (block_id, action_id):
                return element
    raise SlackError("action_not_found")


def _acknowledged(reply: Answer) -> Json:
    return {"ok": False, "error": reply.error} if reply.error else {"ok": True}
