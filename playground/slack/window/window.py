"""What a person can do in the emulated Slack; it knows the bot only by its address."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

import httpx

from playground.slack.api.hooks import ResponseUrls
from playground.slack.api.oauth import OAuth
from playground.slack.blocks.blocks import interactive
from playground.slack.blocks.forms import Values, action_of, state_of
from playground.slack.events.delivery import ACK_SECONDS, Delivery
from playground.slack.events.payloads import (
    event_payload,
    interaction,
    message_action,
    message_event,
    message_surface,
    shortcut,
    view_payload,
)
from playground.slack.events.socket import Sockets
from playground.slack.window.commands import Commands, escaped
from playground.slack.window.modals import Modals
from playground.slack.world.installs import install_at_home, uninstall
from playground.slack.world.records import (
    Answer,
    Blocks,
    Channel,
    Installation,
    Json,
    Message,
    SlackError,
    User,
    View,
)
from playground.slack.world.state import state_for
from playground.slack.world.world import SlackWorld

# Slack waits 0, 60 and 300 seconds; a desk-top world has less patience.
_RETRY_DELAYS = (1.0, 5.0, 30.0)
_HOME_TABS = ("home", "messages")


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
        ack_seconds: float = ACK_SECONDS,
    ) -> None:
        self._world = world
        self._http = http or httpx.AsyncClient(trust_env=False)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._last_event: Json | None = None
        self.sockets = Sockets(world, base_url)
        self.oauth = OAuth(world)
        self.hooks = ResponseUrls(world, base_url.rstrip("/"))
        self.delivery = Delivery(
            world, self._http, tuple(retry_delays), sleep, self.sockets, ack_seconds
        )
        self._modals = Modals(world, self.delivery, self._later)
        self._commands = Commands(world, self.delivery, self.hooks)
        world.announcers.append(self._emit)

    def state(self, user_id: str) -> Json:
        """Everything the page needs to draw this person's window."""
        return {**state_for(self._world, self._user(user_id)), "sockets": len(self.sockets)}

    async def say(self, user_id: str, channel_id: str, text: str, thread_ts: str = "") -> Json:
        """Send a message, or a slash command; answers `{"ts": …}` for a message, else `{}`."""
        user, channel = self._place(user_id, channel_id)
        if not text.strip():
            raise SlackError("no_text")
        if text.startswith("/"):
            await self._commands.run(user, channel, text, thread_ts)
            return {}
        if thread_ts:
            thread_ts = self._world.thread_of(channel.id, thread_ts)
        app = self._world.app_of(channel.members[1]) if channel.is_im else None
        ts = self._world.next_ts()
        message = Message(ts, channel.id, user.id, escaped(text), thread_ts=thread_ts)
        self._world.add_message(message)
        if app:
            self._emit(app, message_event(self._world, message))
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
        user, channel, message = self._seen(user_id, channel_id, ts)
        element = _element(world.earlier_blocks(message), block_id, action_id)
        app = world.app_of(message.user)
        payload = interaction(
            world,
            "block_actions",
            user,
            app=app,
            **message_surface(world, channel, message),
            state={"values": state_of(message.blocks, values or {})},
            response_url=self.hooks.issue(user.id, channel.id, message, app.bot_user_id),
            trigger_id=world.issue_trigger(user.id, bot=app.bot_user_id),
            actions=[action_of(block_id, element, value, world.next_ts())],
        )
        return _acknowledged(await self.delivery.interaction(payload))

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
            app=world.app_of(view.bot),
            container={"type": "view", "view_id": view.id},
            view=view_payload(world, view),
            trigger_id=world.issue_trigger(user.id, view.id, view.bot),
            actions=[action_of(block_id, element, value, world.next_ts())],
        )
        return _acknowledged(await self.delivery.interaction(payload))

    async def submit_view(self, user_id: str, view_id: str, values: Values) -> Json:
        """Submit the topmost modal: `{"ok": true}`, or errors per block, or one error."""
        return await self._modals.submit(self._user(user_id), view_id, values)

    async def close_view(self, user_id: str, view_id: str, *, everything: bool = False) -> Json:
        """Cancel the topmost modal, or all of them (Slack's ✕)."""
        return self._modals.close(self._user(user_id), view_id, everything=everything)

    async def run_shortcut(
        self, user_id: str, callback_id: str, channel_id: str = "", ts: str = ""
    ) -> Json:
        """Run a global shortcut, or with a message one of its own, from anybody's message."""
        world, user = self._world, self._user(user_id)
        kind = "message" if ts else "global"
        app = world.app_for(user.team_id)
        known: list[tuple[str, str]] = [
            (one.callback_id, one.kind) for one in world.settings.shortcuts
        ]
        if app is None or (callback_id, kind) not in known:
            raise SlackError("shortcut_not_found")
        if ts:
            _, channel, message = self._seen(user_id, channel_id, ts)
            answer_at = self.hooks.issue(user.id, channel.id, message, app.bot_user_id)
            payload = message_action(world, app, user, callback_id, message, answer_at)
        else:
            payload = shortcut(world, app, user, callback_id)
        return _acknowledged(await self.delivery.interaction(payload))

    async def open_home(self, user_id: str, tab: str = "home") -> Json:
        """Look at the bot's Home or Messages tab; the bot hears of both."""
        user = self._user(user_id)
        app = self._world.app_for(user.team_id) or self._world.home()
        if tab not in _HOME_TABS:
            raise SlackError("tab_not_found")
        event: Json = {
            "type": "app_home_opened",
            "user": user.id,
            "channel": self._world.open_im(app, user.id).id,
            "tab": tab,
            "event_ts": self._world.next_ts(),
        }
        home = self._world.homes.get(user.id)
        if home and tab == "home":
            event["view"] = view_payload(self._world, home)
        self._emit(app, event)
        return {}

    async def redeliver(self) -> Json:
        """Deliver the last event once more, as Slack does when an acknowledgement was lost."""
        if self._last_event is None:
            raise SlackError("no_event_yet")
        return _acknowledged(await self.delivery.event_again(self._last_event))

    async def refresh_sockets(self) -> Json:
        """Ask the bot to open its sockets anew; how many there were."""
        return {"connections": await self.sockets.refresh()}

    async def remove_app(self, team_id: str) -> Json:
        """Uninstall the app from a workspace, or the organisation that the workspace is in."""
        app = self._world.app_for(team_id)
        if app is None:
            raise SlackError("app_not_found")
        uninstall(self._world, app)
        return {}

    async def restore_app(self) -> Json:
        """Install the app at home again, with the token that the bot has in its settings."""
        install_at_home(self._world)
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
        await self.sockets.aclose()
        await self._http.aclose()

    def _emit(self, app: Installation, event: Json) -> None:
        self._last_event = event_payload(self._world, app, event)
        self._later(self.delivery.event(self._last_event))

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

    def _seen(self, user_id: str, channel_id: str, ts: str) -> tuple[User, Channel, Message]:
        """A message that this person sees; SlackError channel_not_found, message_not_found."""
        user, channel = self._place(user_id, channel_id)
        message = self._world.message(channel.id, ts)
        if message.ephemeral_to not in ("", user.id):
            raise SlackError("message_not_found")
        return user, channel, message

    def _view(self, user: User, view_id: str) -> View:
        for view in self._world.views():
            if view.id == view_id and view.user == user.id:
                return view
        raise SlackError("not_found")


def _element(versions: list[Blocks], block_id: str, action_id: str) -> Json:
    for blocks in versions:
        for block, element in interactive(blocks):
            if (block["block_id"], element["action_id"]) == (block_id, action_id):
                return element
    raise SlackError("action_not_found")


def _acknowledged(reply: Answer) -> Json:
    return {"ok": False, "error": reply.error} if reply.error else {"ok": True}
